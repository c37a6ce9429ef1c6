// Answers as evidence: bounded, still JSON, and Unicode whatever AWS sent.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { boundedJson, clip, toJson } from '../../src/node/bounded-json.ts';

describe('bounded JSON', () => {
  test('is left alone when it fits, to the byte', () => {
    const value = { a: 'x'.repeat(90) };
    const bytes = JSON.stringify(value).length;
    expect(boundedJson(value, bytes)).toEqual({ text: JSON.stringify(value), truncated: false });
    expect(boundedJson(value, bytes - 1).truncated).toBe(true);
  });

  test('says how much of a list was left out', () => {
    const { text } = boundedJson(
      Array.from({ length: 5_000 }, (_, i) => ({ i })),
      4_000,
    );
    expect(JSON.parse(text).at(-1)).toMatch(/^\[… \d+ more items\]$/);
  });

  test('never exceeds its bound and is always JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 30, max: 500 }), (value, max) => {
        const { text } = boundedJson(toJson(value), max);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(max);
        expect(() => JSON.parse(text)).not.toThrow();
      }),
    );
  });
});

describe('data from elsewhere', () => {
  test('becomes JSON that can be signed, whatever text it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        expect(() => canonicalJson(toJson(value))).not.toThrow();
      }),
    );
    const odd = toJson({ '\ud800': ['\udfff', new Date(0), undefined], gone: undefined });
    expect(odd).toEqual({ '\ufffd': ['\ufffd', '1970-01-01T00:00:00.000Z', null] });
  });

  test('a cut never leaves half a character', () => {
    expect(clip('a😀', 2)).toBe('a\ufffd');
    expect(clip('a😀', 3)).toBe('a😀');
  });
});
