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
  // Nothing writes as fast as the engine, and it writes members in the order they have.
  if (isInOrder(value, 0)) return JSON.stringify(value);
  const text = written(value, 0) ?? canonicalize(value);
  invariant(text !== undefined, 'a canonical value is JSON data');
  return text;
}

const DEPTH_MAX = 64;

/** True when `JSON.stringify` spells `value` as RFC 8785 asks: plain data whose members already stand in order. */
function isInOrder(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      // The engine spells numbers as the RFC asks (ECMAScript, Number::toString).
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (depth > DEPTH_MAX || 'toJSON' in value) return false;
      return Array.isArray(value) ? isListInOrder(value, depth) : isObjectInOrder(value, depth);
    default:
      return false;
  }
}

function isListInOrder(list: readonly unknown[], depth: number): boolean {
  for (const item of list) if (!isInOrder(item, depth + 1)) return false;
  return true;
}

function isObjectInOrder(object: object, depth: number): boolean {
  let before: string | null = null;
  for (const key of Object.keys(object)) {
    // Strings are compared by their UTF-16 code units, which is the order of the RFC.
    if (before !== null && key <= before) return false;
    before = key;
    const member = (object as Record<string, unknown>)[key];
    if (member !== undefined && !isInOrder(member, depth + 1)) return false;
    if (!key.isWellFormed()) return false;
  }
  return true;
}

/** The canonical text of `value`, written many times faster than by the library; null for what is left to it, which refuses most of that. */
function written(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null)
    return isInOrder(value, depth) ? JSON.stringify(value) : null;
  if (depth > DEPTH_MAX || 'toJSON' in value) return null;
  return Array.isArray(value) ? writtenList(value, depth) : writtenObject(value, depth);
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
    const [name, content] = [written(key, depth), written(member, depth + 1)];
    if (name === null || content === null) return null;
    text += text === '' ? `${name}:${content}` : `,${name}:${content}`;
  }
  return `{${text}}`;
}

/** Lower-case hex SHA-256 of bytes or UTF-8 text. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
