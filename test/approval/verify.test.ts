// The node's verification list: what passes, what each line refuses, and that no line can be left out.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalChecks, verifyApproval } from '../../src/approval/verify.ts';
import { settledStates } from '../../src/contract/proposal.ts';
import { LockkeeperError } from '../../src/kernel/errors.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { hubKey, prepared, type SceneOptions, scene } from './fixtures.ts';

/** One forgery for each check: everything else about it is in order. */
const forgeries: Readonly<Record<string, { options: SceneOptions; code: string }>> = {
  signature: { options: { key: generateSigningKey() }, code: 'approval-refused' },
  proposal: { options: { approval: { proposal: 'prop_2' } }, code: 'approval-refused' },
  digest: { options: { approval: { digest: 'd'.repeat(64) } }, code: 'proposal-altered' },
  node: { options: { context: { nodeKey: generateSigningKey().publicKey } }, code: 'approval-refused' },
  'boot epoch': { options: { context: { bootEpoch: 'boot_2' } }, code: 'proposal-voided' },
  state: { options: { stored: { state: 'claimed' } }, code: 'proposal-not-pending' },
  expiry: { options: { context: { ageMs: 900_000 } }, code: 'proposal-expired' },
  'level claimed': {
    options: { approval: { level: 'independent' }, document: { assuranceMin: 'independent' } },
    code: 'approval-refused',
  },
  'level required': { options: { document: { assuranceMin: 'passkey' } }, code: 'approval-refused' },
  'excluded person': {
    options: { document: { quorum: { approvals: 2, exclude: ['person_2'] } } },
    code: 'approval-refused',
  },
  'counted person': { options: { stored: { counted: ['person_2'] } }, code: 'approval-refused' },
};

function refusalOf(options: SceneOptions): string {
  const { signed, context } = scene(options);
  try {
    verifyApproval(signed, context);
  } catch (error) {
    if (error instanceof LockkeeperError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a decision in order', () => {
  test('an approval passes and is returned as it was signed', () => {
    const { signed, context } = scene();
    expect(verifyApproval(signed, context)).toMatchObject({ decision: 'approve', person: { name: 'Ada' } });
  });

  test('it passes up to the last millisecond before expiry', () => {
    expect(refusalOf({ context: { ageMs: 899_999 } })).toBe('accepted');
    expect(refusalOf({ context: { ageMs: 900_000 } })).toBe('proposal-expired');
  });

  test('a denial is taken from anybody at any level, but not unsigned, late or about something else', () => {
    const deny = { decision: 'deny' } as const;
    expect(refusalOf({ approval: deny, document: { assuranceMin: 'independent' } })).toBe('accepted');
    expect(refusalOf({ approval: deny, stored: { counted: ['person_2'] } })).toBe('accepted');
    expect(refusalOf({ approval: deny, key: generateSigningKey() })).toBe('approval-refused');
    expect(refusalOf({ approval: deny, context: { ageMs: 900_000 } })).toBe('proposal-expired');
    expect(refusalOf({ approval: { ...deny, digest: 'd'.repeat(64) } })).toBe('proposal-altered');
  });
});

describe('every line of the list', () => {
  test('has a forgery of its own here', () => {
    expect(Object.keys(forgeries).sort()).toEqual(approvalChecks.map(({ name }) => name).sort());
  });

  test.each(Object.entries(forgeries))(
    '%s: the forgery is refused with its code',
    (_name, { options, code }) => {
      expect(refusalOf(options)).toBe(code);
    },
  );

  test.each(Object.entries(forgeries))(
    '%s: without this line the forgery would pass',
    (name, { options }) => {
      const { signed, context } = scene(options);
      const without = approvalChecks.filter((check) => check.name !== name);
      expect(verifyApproval(signed, context, without)).toMatchObject({ decision: 'approve' });
    },
  );

  test('no settled or running state takes a decision', () => {
    for (const state of [...settledStates, 'approved', 'claimed'] as const) {
      expect(refusalOf({ stored: { state } })).toBe('proposal-not-pending');
    }
  });

  test('the digest is taken from the stored bytes, so bytes that changed on disk refuse the decision', () => {
    const other = prepared({ targets: ['another-task'] });
    expect(refusalOf({ stored: { bytes: other.bytes } })).toBe('proposal-altered');
  });
});

describe('forged bytes', () => {
  test('no flipped bit in the decision, its key or its signature is accepted', () => {
    const { signed, context } = scene();
    const parts = ['bytes', 'key', 'signature'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 0, max: 7 }), (part, at, bit) => {
        const raw = Buffer.from(signed[part], 'base64url');
        const index = at % raw.length;
        raw[index] = raw[index]! ^ (1 << bit);
        const forged = { ...signed, [part]: raw.toString('base64url') };
        expect(() => verifyApproval(forged, context)).toThrow(LockkeeperError);
      }),
      { numRuns: 2_000 },
    );
  });

  test('text that is no decision is refused, whatever it is', () => {
    const { signed, context } = scene();
    fc.assert(
      fc.property(fc.string(), fc.string(), (bytes, signature) => {
        expect(() => verifyApproval({ ...signed, bytes, signature }, context)).toThrow(LockkeeperError);
      }),
    );
  });

  test('a decision signed by the hub with a key twice or an unknown member is refused', () => {
    const { context, signed } = scene();
    const text = Buffer.from(signed.bytes, 'base64url').toString();
    const twice = text.replace('{', '{"at":1,');
    const more = text.replace('{', '{"aa":1,');
    const spaced = `${text} `;
    for (const forged of [twice, more, spaced]) {
      const bytes = Buffer.from(forged);
      const purpose = Buffer.concat([Buffer.from('lockkeeper/decision/v1\0'), bytes]);
      const resigned = { ...signed, bytes: bytes.toString('base64url'), signature: hubKey.sign(purpose) };
      expect(() => verifyApproval(resigned, context)).toThrow(/cannot be read/);
    }
  });
});
