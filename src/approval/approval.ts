// A decision as it travels: canonical JSON bytes and the signature that its level asks for.
// At level `click` the hub signs for the signed-in person; the prefix keeps the signature from serving anything else.

import { type Approval, approval, type SignedApproval } from '../contract/proposal.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import { parseStrictJson } from '../kernel/strict-json.ts';
import { decisionPurpose, exactBase64url, signatureHolds, signBytes } from './signed-bytes.ts';

/** Writes a decision down and signs it. */
export function signApproval(decision: Approval, key: SigningKey): SignedApproval {
  const bytes = Buffer.from(canonicalJson(decision), 'utf8');
  return {
    bytes: bytes.toString('base64url'),
    key: key.publicKey,
    signature: signBytes(key, decisionPurpose, bytes),
  };
}

/** The decision inside, or null when the bytes are not one. Says nothing about the signature. */
export function readApproval(signed: SignedApproval): Approval | null {
  const bytes = exactBase64url(signed.bytes);
  if (bytes === null) return null;
  try {
    const value = parseStrictJson(bytes, limits.json);
    if (canonicalJson(value) !== bytes.toString('utf8')) return null;
    return approval.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}

/** Whether `signed` carries a good signature by `key` (raw, base64url) over exactly its bytes. */
export function approvalSignedBy(signed: SignedApproval, key: string): boolean {
  const bytes = exactBase64url(signed.bytes);
  if (bytes === null || signed.key !== key) return false;
  return signatureHolds({ key, purpose: decisionPurpose, bytes, signature: signed.signature });
}
