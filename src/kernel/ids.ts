// Identifiers: `<kind>_<ULID>`, sortable by the time they were made, unguessable beyond that time.

import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARS = 10;
const RANDOM_BYTES = 10;

export type IdKind =
  | 'call'
  | 'ev'
  | 'prop'
  | 'conv'
  | 'turn'
  | 'node'
  | 'person'
  | 'sess'
  | 'watch'
  | 'appr'
  | 'aws'
  | 'hub'
  | 'boot';

/** A new id of `kind` for the moment `nowMs` (80 random bits). */
export function newId(kind: IdKind, nowMs: number): string {
  return `${kind}_${encodeTime(nowMs)}${encodeRandom(randomBytes(RANDOM_BYTES))}`;
}

/** The regular expression an id of `kind` matches. */
export function idPattern(kind: IdKind): RegExp {
  return new RegExp(`^${kind}_[${ALPHABET}]{26}$`);
}

function encodeTime(ms: number): string {
  let rest = ms;
  let out = '';
  for (let i = 0; i < TIME_CHARS; i++) {
    out = ALPHABET.charAt(rest % 32) + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}

function encodeRandom(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let out = '';
  for (let i = 0; i < 16; i++) {
    out = ALPHABET.charAt(Number(value & 31n)) + out;
    value >>= 5n;
  }
  return out;
}
