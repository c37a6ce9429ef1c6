// What is hashed and what is signed: the exact bytes under a prefix that names their purpose.
// A signature made for one purpose never verifies for another.

import { createHash } from 'node:crypto';
import { type SigningKey, verifySignature } from '../kernel/keys.ts';

/** Prefix of the digest that an approval names. */
export const digestPurpose = 'lockkeeper/approve/v1';
/** Prefix of the node's signature over a proposal's bytes. */
export const proposalPurpose = 'lockkeeper/proposal/v1';
/** Prefix of the signature over a decision's bytes. */
export const decisionPurpose = 'lockkeeper/decision/v1';

export function purposeBytes(purpose: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(purpose, 'utf8'), Buffer.from([0]), bytes]);
}

/** Hex SHA-256 over the purpose `lockkeeper/approve/v1`, a zero byte and the proposal's bytes: what people approve. */
export function proposalDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(purposeBytes(digestPurpose, bytes)).digest('hex');
}

/** Signature (base64url) over `bytes` for `purpose`. */
export function signBytes(key: SigningKey, purpose: string, bytes: Uint8Array): string {
  return key.sign(purposeBytes(purpose, bytes));
}

export interface SignatureClaim {
  /** Raw public key, base64url. */
  readonly key: string;
  readonly purpose: string;
  readonly bytes: Uint8Array;
  /** base64url */
  readonly signature: string;
}

/** Whether the signature is good; false on anything malformed. */
export function signatureHolds(claim: SignatureClaim): boolean {
  try {
    return verifySignature(claim.key, purposeBytes(claim.purpose, claim.bytes), claim.signature);
  } catch {
    // Node's crypto throws for key bytes that are no point on the curve.
    return false;
  }
}

/** The bytes behind base64url text, or null when the text is not the one spelling of those bytes. */
export function exactBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
