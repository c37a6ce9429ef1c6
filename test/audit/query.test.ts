import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAuditQuery } from '../../src/audit/query.ts';
import { LockkeeperError } from '../../src/kernel/errors.ts';

const now = Date.UTC(2026, 5, 1, 12);

describe('what people type', () => {
  test.each([
    ['', {}],
    ['checkout failed', { q: 'checkout failed' }],
    [
      'event:aws.started since:2h conv:conv_1 checkout',
      { event: 'aws.started', fromMs: now - 7_200_000, conversation: 'conv_1', q: 'checkout' },
    ],
    ['since:2026-05-31', { fromMs: Date.UTC(2026, 4, 31) }],
    ['until:2026-05-31T10:00', { toMs: Date.UTC(2026, 4, 31, 10) }],
    ['to:2026-05-31T10:00:00+02:00', { toMs: Date.UTC(2026, 4, 31, 8) }],
    ['before:12', { before: 12 }],
    ['arn:aws:ecs:us-east-1:1:service/x 10:30', { q: 'arn:aws:ecs:us-east-1:1:service/x 10:30' }],
    ['"two words" one', { q: 'two words one' }],
    ['EVENT:hub.started', { event: 'hub.started' }],
  ])('%j becomes a filter', (text, filter) => {
    expect(parseAuditQuery(text, now)).toEqual(filter);
  });

  test.each(['event:aws.begun', 'event:x', 'since:yesterday', 'until:2026-13-01', 'before:x', 'since:2y'])(
    '%j is refused with what there is instead',
    (text) => {
      expect(() => parseAuditQuery(text, now)).toThrow(LockkeeperError);
    },
  );

  test('an unknown event is answered with those of its area', () => {
    expect(() => parseAuditQuery('event:aws.begun', now)).toThrow('aws.started');
  });

  test('never fails in any other way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseAuditQuery(text, now);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(LockkeeperError);
        }
      }),
    );
  });
});
