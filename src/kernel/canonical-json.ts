// JSON in one agreed spelling (RFC 8785), and a parser that refuses what JSON.parse lets slip:
// duplicate keys, prototype keys, unsafe numbers, too much depth or length.
// Whatever is signed or hashed passes through here.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invariant } from './assert.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** UTF-8 text of `value` in RFC 8785 form. `value` must be plain JSON data; undefined members are dropped. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  invariant(text !== undefined, 'a canonical value is JSON data');
  return text;
}

/** Lower-case hex SHA-256 of bytes or UTF-8 text. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
