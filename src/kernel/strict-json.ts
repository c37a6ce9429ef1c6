// A JSON parser for bytes that were signed: one text, one meaning, or a refusal.
// It refuses what JSON.parse lets slip: duplicate keys, keys that reach prototypes, numbers that are not safe integers,
// lone surrogates, bytes that are not UTF-8, and more depth or length than agreed.

import type { Json } from './canonical-json.ts';
import { limits } from './limits.ts';

export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
}

export interface StrictJsonLimits {
  /** How deep arrays and objects may nest. */
  readonly depth: number;
  /** How long the text may be, in bytes of UTF-8. */
  readonly bytes: number;
}

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
const whitespace = /[ \t\n\r]*/y;
const integer = /-?(?:0|[1-9][0-9]*)/y;
// A string up to its closing quote; what an escape may be is left to JSON.parse of just this token.
const stringToken = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/uy;

/** Parses `bytes` (or text) strictly. Throws `StrictJsonError`; its message names what is wrong and at which character. */
export function parseStrictJson(input: Uint8Array | string, bounds: StrictJsonLimits = limits.json): Json {
  const length = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (length > bounds.bytes) throw new StrictJsonError(`longer than ${bounds.bytes} bytes`);
  const reader = new Reader(typeof input === 'string' ? input : decodeUtf8(input), bounds.depth);
  return reader.document();
}

/** Whether arrays and objects in the JSON `text` nest deeper than `depth`. Text that is not JSON gets any answer. */
export function nestsDeeperThan(text: string, depth: number): boolean {
  let level = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++level > depth) return true;
    } else if (code === 0x7d || code === 0x5d) level--;
  }
  return false;
}

class Reader {
  readonly #text: string;
  readonly #depth: number;
  #at = 0;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  document(): Json {
    const value = this.#value(0);
    this.#take(whitespace);
    if (this.#at !== this.#text.length) this.#refuse('text after the end');
    return value;
  }

  #value(depth: number): Json {
    this.#take(whitespace);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): Json {
    this.#enter(depth);
    const entries: { [key: string]: Json } = {};
    if (this.#closes('}')) return Object.freeze(entries);
    do {
      this.#take(whitespace);
      if (this.#text[this.#at] !== '"') this.#refuse('a key is missing');
      const key = this.#string();
      if (forbiddenKeys.has(key)) this.#refuse(`the key ${key} is not allowed`);
      if (Object.hasOwn(entries, key)) this.#refuse('a key occurs twice');
      this.#take(whitespace);
      if (this.#text[this.#at] !== ':') this.#refuse('a colon is missing');
      this.#at += 1;
      entries[key] = this.#value(depth);
    } while (this.#continues('}'));
    return Object.freeze(entries);
  }

  #array(depth: number): Json {
    this.#enter(depth);
    const items: Json[] = [];
    if (this.#closes(']')) return Object.freeze(items);
    do items.push(this.#value(depth));
    while (this.#continues(']'));
    return Object.freeze(items);
  }

  #enter(depth: number): void {
    if (depth > this.#depth) this.#refuse(`nested deeper than ${this.#depth}`);
    this.#at += 1;
  }

  /** Whether the bracket closes at once. */
  #closes(bracket: string): boolean {
    this.#take(whitespace);
    if (this.#text[this.#at] !== bracket) return false;
    this.#at += 1;
    return true;
  }

  /** Whether another member follows, after a comma. */
  #continues(bracket: string): boolean {
    if (this.#closes(bracket)) return false;
    if (this.#text[this.#at] !== ',') this.#refuse('a comma is missing');
    this.#at += 1;
    return true;
  }

  #string(): string {
    const token = this.#take(stringToken);
    if (token === '') this.#refuse('a string is not valid');
    const value: unknown = JSON.parse(token);
    // The token matched the grammar of a string, so this is one.
    const text = value as string;
    if (hasLoneSurrogate(text)) this.#refuse('a lone surrogate');
    return text;
  }

  #number(): number {
    const token = this.#take(integer);
    if (token === '') this.#refuse('a value is missing');
    if (/[.eE0-9]/.test(this.#text[this.#at] ?? '')) this.#refuse('a number is not an integer');
    const value = Number(token);
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#refuse('a number is not a safe integer');
    return value;
  }

  #literal<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuse('a value is missing');
    this.#at += word.length;
    return value;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += token.length;
    return token;
  }

  #refuse(what: string): never {
    throw new StrictJsonError(`${what} (character ${this.#at})`);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    // A byte order mark is text like any other here, and no JSON.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StrictJsonError('not UTF-8');
  }
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
