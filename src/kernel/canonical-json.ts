// JSON in one agreed spelling (RFC 8785). Whatever is signed or hashed passes through here.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invariant } from './assert.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * UTF-8 text of `value` in RFC 8785 form. `value` must be plain JSON data; undefined members are dropped.
 * Throws for numbers that are not finite, lone surrogates and circles.
 */
export function canonicalJson(value: unknown): string {
  const text = written(value, 0) ?? canonicalize(value);
  invariant(text !== undefined, 'a canonical value is JSON data');
  return text;
}

const DEPTH_MAX = 64;
/** What makes the JSON of a string differ from the string, or the string no Unicode. */
const special = /["\\\p{Cc}\p{Surrogate}]/u;

/** The canonical text of `value`, written many times faster than by the library; null for what is left to it, which refuses most of that. */
function written(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'string':
      return writtenString(value);
    case 'number':
      // The engine spells numbers as the RFC asks (ECMAScript, Number::toString).
      return Number.isFinite(value) ? String(value === 0 ? 0 : value) : null;
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (depth > DEPTH_MAX || 'toJSON' in value) return null;
      return Array.isArray(value) ? writtenList(value, depth) : writtenObject(value, depth);
    default:
      return null;
  }
}

function writtenString(text: string): string | null {
  if (!special.test(text)) return `"${text}"`;
  return text.isWellFormed() ? JSON.stringify(text) : null;
}

function writtenList(list: readonly unknown[], depth: number): string | null {
  const items: string[] = [];
  for (const item of list) {
    const text = written(item, depth + 1);
    if (text === null) return null;
    items.push(text);
  }
  return `[${items.join(',')}]`;
}

function writtenObject(object: object, depth: number): string | null {
  let text = '';
  // The default order of sort is the one of UTF-16 code units, which the RFC asks for.
  for (const key of Object.keys(object).sort()) {
    const member = (object as Record<string, unknown>)[key];
    if (member === undefined) continue;
    const [name, content] = [writtenString(key), written(member, depth + 1)];
    if (name === null || content === null) return null;
    text += text === '' ? `${name}:${content}` : `,${name}:${content}`;
  }
  return `{${text}}`;
}

/** Lower-case hex SHA-256 of bytes or UTF-8 text. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
