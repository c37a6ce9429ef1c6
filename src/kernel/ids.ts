// Identifiers: `<kind>_<ULID>`, sortable by the time they were made, unguessable beyond that time.

import { randomUUID } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARS = 10;

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
  return `${kind}_${base32(nowMs, TIME_CHARS)}${encodeRandom()}`;
}

/** The regular expression an id of `kind` matches. */
export function idPattern(kind: IdKind): RegExp {
  return new RegExp(`^${kind}_[${ALPHABET}]{26}$`);
}

/** 16 characters from 80 random bits. Node draws the bytes of UUIDs many at a time, which an id for every record profits from. */
function encodeRandom(): string {
  const uuid = randomUUID();
  // Version and variant stand in the middle; both ends are random alone.
  const ends = [uuid.slice(0, 8) + uuid.slice(9, 11), uuid.slice(-10)];
  return ends.map((hex) => base32(Number.parseInt(hex, 16), 8)).join('');
}

/** The last `chars` digits of a whole number in the alphabet of ULIDs. */
function base32(value: number, chars: number): string {
  let rest = value;
  let out = '';
  for (let i = 0; i < chars; i++) {
    out = ALPHABET.charAt(rest % 32) + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}
