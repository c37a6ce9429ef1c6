// Identifiers: `<kind>_<ULID>`, sortable by the time they were made, unguessable beyond that time.

import { randomFillSync } from 'node:crypto';

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
  return `${kind}_${encodeTime(nowMs)}${encodeRandom(randomBytes())}`;
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

/** Random bytes are drawn many at a time: an id is made for every record, and each draw is a call into the system. */
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.length;

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/** Five bits a character. */
function encodeRandom(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET.charAt((held >> bits) & 31);
    }
  }
  return out;
}
