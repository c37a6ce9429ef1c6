// Policy documents inside stored answers, as people read them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableBody } from '../../src/contract/evidence-body.ts';
import { evidenceLines } from '../../src/web/model/evidence-lines.ts';

const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
};
const encoded = encodeURIComponent(JSON.stringify(policy));

describe('a stored answer', () => {
  it('shows an encoded policy as the document it is, wherever it stands', () => {
    const body = {
      Role: { AssumeRolePolicyDocument: encoded },
      RolePolicyList: [{ PolicyDocument: encoded }],
    };
    expect(readableBody(body)).toEqual({
      Role: { AssumeRolePolicyDocument: policy },
      RolePolicyList: [{ PolicyDocument: policy }],
    });
  });

  it('keeps the place that is cited marked, and what lies in it readable', () => {
    const lines = evidenceLines(
      JSON.stringify({ PolicyDocument: encoded, RoleName: 'r' }),
      '$.PolicyDocument',
    );
    const marked = lines
      .filter((line) => line.marked)
      .map(({ pieces }) => pieces.map(({ text }) => text).join(''));
    expect(marked.join('\n')).toContain('"s3:GetObject"');
    expect(
      lines.some(({ marked: hit, pieces }) => !hit && pieces.some(({ text }) => text.includes('RoleName'))),
    ).toBe(true);
  });

  it.each(['%7B', '%7Bx%7D', '%7B%ff%7D', 'a %7B%7D', `%7B${'%20'.repeat(60_000)}%7D`])(
    'keeps what does not decode to a document or is too long: %.20s',
    (text) => {
      expect(readableBody({ text })).toEqual({ text });
    },
  );

  it('stays any other JSON exactly', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        fc.pre(!/%7b/i.test(json));
        expect(JSON.stringify(readableBody(JSON.parse(json)))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });
});
