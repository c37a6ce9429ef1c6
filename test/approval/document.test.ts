// Proposal documents: signed bytes that read back as exactly what was written, and nothing else.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openProposal, ProposalUnreadable, readDocument, signProposal } from '../../src/approval/document.ts';
import { proposalDigest } from '../../src/approval/signed-bytes.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { limits } from '../../src/kernel/limits.ts';
import { documentWith, nodeKey, prepared } from './fixtures.ts';

describe('a signed proposal', () => {
  test('opens as the document that was signed, with the digest people approve', () => {
    const { signed, digest, document } = prepared();
    expect(openProposal(signed, nodeKey.publicKey)).toMatchObject({ document, digest });
    expect(document).toEqual(documentWith());
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('has a digest that is no plain hash of its bytes, so that a hash made elsewhere approves nothing', () => {
    const { bytes, digest } = prepared();
    expect(proposalDigest(Buffer.concat([Buffer.from('lockkeeper/approve/v1\0'), bytes]))).not.toBe(digest);
  });

  test('does not open under the key of another node', () => {
    expect(() => openProposal(prepared().signed, generateSigningKey().publicKey)).toThrow(ProposalUnreadable);
  });

  test('does not open when its document names another key than it is signed by', () => {
    const thief = generateSigningKey();
    const { signed } = signProposal(documentWith(), thief);
    expect(() => openProposal(signed)).toThrow(/another key/);
  });

  test('does not open after any bit of it was flipped', () => {
    const { signed } = prepared();
    fc.assert(
      fc.property(
        fc.constantFrom('bytes', 'signature'),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (part, at, bit) => {
          const raw = Buffer.from(signed[part], 'base64url');
          const index = at % raw.length;
          raw[index] = raw[index]! ^ (1 << bit);
          expect(() => openProposal({ ...signed, [part]: raw.toString('base64url') })).toThrow(
            ProposalUnreadable,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('what cannot be written down exactly is not signed', () => {
  test.each([
    ['a fraction', { args: { size: 0.5 } }],
    ['a number beyond the safe integers', { args: { size: 2 ** 53 } }],
    ['a lone surrogate', { args: { name: '\ud800' } }],
    ['a key that reaches prototypes', { args: JSON.parse('{"constructor": 1}') }],
    ['more depth than agreed', { pre: { state: nested(limits.json.depth), sha256: 'b'.repeat(64) } }],
    ['more bytes than agreed', { args: { text: 'x'.repeat(limits.proposal.bytes) } }],
  ])('%s', (_what, overrides) => {
    expect(() => signProposal(documentWith(overrides), nodeKey)).toThrow(ProposalUnreadable);
  });
});

describe('reading bytes', () => {
  test('refuses a spelling other than the canonical one', () => {
    const text = canonicalJson(documentWith());
    expect(readDocument(Buffer.from(text))).toEqual(documentWith());
    expect(() => readDocument(Buffer.from(`${text}\n`))).toThrow(/canonical/);
    expect(() => readDocument(Buffer.from(JSON.stringify(documentWith())))).toThrow(/canonical/);
  });

  test('refuses a member it does not know', () => {
    const more = canonicalJson({ ...documentWith(), extra: 1 });
    expect(() => readDocument(Buffer.from(more))).toThrow(ProposalUnreadable);
  });
});

function nested(depth: number): Record<string, never> {
  let value: Record<string, never> = {};
  // The type says "no members" so that it fits JSON at any depth.
  for (let i = 0; i < depth; i++) value = { a: value } as unknown as Record<string, never>;
  return value;
}
