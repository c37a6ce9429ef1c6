// Ed25519 keys in the form that travels: raw public key and signature as base64url.

import type { KeyObject } from 'node:crypto';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410): the raw 32 key bytes follow it. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface SigningKey {
  /** Raw 32-byte public key, base64url. */
  readonly publicKey: string;
  /** `sha256` of the raw public key, hex, first 32 characters: short enough to read aloud in part. */
  readonly thumbprint: string;
  sign(data: Uint8Array): string;
  /** PKCS#8 PEM, for storage in a file only its owner may read. */
  exportPem(): string;
}

export function generateSigningKey(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

/** Throws when `pem` is not an Ed25519 private key. */
export function importSigningKey(pem: string): SigningKey {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('the key file does not hold an Ed25519 private key');
  return signingKey(key);
}

/** True when `signature` (base64url) over `data` was made by `publicKey` (raw, base64url). False on any malformed input. */
export function verifySignature(publicKey: string, data: Uint8Array, signature: string): boolean {
  const raw = Buffer.from(publicKey, 'base64url');
  const bytes = Buffer.from(signature, 'base64url');
  if (raw.length !== 32 || bytes.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return verify(null, data, key, bytes);
}

export function thumbprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 32);
}

function signingKey(privateKey: KeyObject): SigningKey {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = der.subarray(SPKI_PREFIX.length).toString('base64url');
  return {
    publicKey,
    thumbprint: thumbprintOf(publicKey),
    sign: (data) => sign(null, data, privateKey).toString('base64url'),
    exportPem: () => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
