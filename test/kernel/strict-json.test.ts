// The strict parser: what it takes means what JSON.parse says, and what JSON.parse lets slip is refused.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../src/kernel/limits.ts';
import { nestsDeeperThan, parseStrictJson, StrictJsonError } from '../../src/kernel/strict-json.ts';

const arbitraryJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc
        .string({ unit: 'grapheme' })
        .filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key)),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

const generous = { depth: 200, bytes: 1_000_000 };

describe('what is taken', () => {
  test('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(arbitraryJson, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text, generous)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('cannot be changed afterwards', () => {
    const value = parseStrictJson('{"a":[1]}') as { a: number[] };
    expect(() => value.a.push(2)).toThrow(TypeError);
  });
});

describe('what is refused', () => {
  test.each([
    ['a key that occurs twice', '{"a":1,"a":2}'],
    ['a key twice in two spellings', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"__proto__":1}'],
    ['constructor', '{"a":{"constructor":1}}'],
    ['prototype', '[{"prototype":1}]'],
    ['a fraction', '1.5'],
    ['an exponent', '1e3'],
    ['an integer that is not safe', '9007199254740993'],
    ['minus zero', '-0'],
    ['a leading zero', '01'],
    ['a lone high surrogate', '"\\ud800"'],
    ['a lone low surrogate', '"\\udc00x"'],
    ['a control character in a string', '"\u0001"'],
    ['an unknown escape', '"\\x41"'],
    ['a trailing comma', '[1,]'],
    ['a missing comma', '[1 2]'],
    ['a missing colon', '{"a" 1}'],
    ['a key without quotes', '{a:1}'],
    ['text after the end', '1 2'],
    ['nothing', ''],
    ['NaN', 'NaN'],
    ['a byte order mark', '\ufeff1'],
    ['a comment', '1 // one'],
  ])('%s', (_what, text) => {
    expect(() => parseStrictJson(text)).toThrow(StrictJsonError);
  });

  test('bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  });

  test('one level more than agreed, and not the level agreed', () => {
    const at = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parseStrictJson(at(limits.json.depth))).toBeDefined();
    expect(() => parseStrictJson(at(limits.json.depth + 1))).toThrow(/deeper/);
    expect(() => parseStrictJson('['.repeat(60_000))).toThrow(/deeper/);
  });

  test('one byte more than agreed, and not the bytes agreed', () => {
    const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
    expect(parseStrictJson(text(limits.json.bytes))).toHaveLength(limits.json.bytes - 2);
    expect(() => parseStrictJson(text(limits.json.bytes + 1))).toThrow(/longer/);
  });

  test('anything JSON.parse refuses, and never with another error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => text.replace(/[,:]/, '')),
        ),
        (text) => {
          let strict: unknown = StrictJsonError;
          try {
            strict = parseStrictJson(text, generous);
          } catch (error) {
            expect(error).toBeInstanceOf(StrictJsonError);
          }
          if (strict !== StrictJsonError) expect(strict).toEqual(JSON.parse(text));
        },
      ),
    );
  });
});

describe('depth of a text', () => {
  test('is counted outside strings alone', () => {
    expect(nestsDeeperThan('[[1]]', 2)).toBe(false);
    expect(nestsDeeperThan('[[[1]]]', 2)).toBe(true);
    expect(nestsDeeperThan('["[[[[\\"[[["]', 1)).toBe(false);
  });
});
