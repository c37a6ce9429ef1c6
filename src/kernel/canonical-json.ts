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
  // The engine spells strings and numbers as the RFC asks, and does it many times faster, once the members are in order.
  const plain = inOrder(value, 0);
  const text = plain === unusual ? canonicalize(value) : JSON.stringify(plain);
  invariant(text !== undefined, 'a canonical value is JSON data');
  return text;
}

/** Stands for a value that is left to the library: what only it refuses, and what the engine would put in another order. */
const unusual = Symbol('unusual');
const DEPTH_MAX = 64;
const arrayIndex = /^(?:0|[1-9]\d*)$/;

/** `value` with the members of each object in the order of RFC 8785: itself when they are so already. */
function inOrder(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? value : unusual;
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : unusual;
    case 'object':
      if (value === null) return value;
      if (depth > DEPTH_MAX) return unusual;
      return Array.isArray(value) ? listInOrder(value, depth) : objectInOrder(value, depth);
    default:
      return unusual;
  }
}

function listInOrder(list: readonly unknown[], depth: number): unknown {
  const items: unknown[] = [];
  for (const item of list) {
    const ordered = inOrder(item, depth + 1);
    if (ordered === unusual) return unusual;
    items.push(ordered);
  }
  return items;
}

function objectInOrder(object: object, depth: number): unknown {
  if ('toJSON' in object) return unusual;
  const ordered: [string, unknown][] = [];
  // The default order of sort is the one of UTF-16 code units, which the RFC asks for.
  for (const key of Object.keys(object).sort()) {
    // Objects keep such keys in the order of numbers, whatever order they are put in.
    if (arrayIndex.test(key) || key === '__proto__' || !key.isWellFormed()) return unusual;
    const member = inOrder((object as Record<string, unknown>)[key], depth + 1);
    if (member === unusual) return unusual;
    ordered.push([key, member]);
  }
  return Object.fromEntries(ordered);
}

/** Lower-case hex SHA-256 of bytes or UTF-8 text. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
