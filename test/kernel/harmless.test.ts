import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless, harmlessJson } from '../../src/kernel/harmless.ts';

const ESC = '\u001b';

describe('text of others', () => {
  test.each([
    ['plain text, with ümlauts and 日本語 and 😀', 'plain text, with ümlauts and 日本語 and 😀'],
    ['lines\nand\ttabs stay', 'lines\nand\ttabs stay'],
    [`${ESC}[31mred${ESC}[0m and ${ESC}[1;38;5;9mbold${ESC}[m`, 'red and bold'],
    [`a${ESC}]8;;http://x${ESC}\\link`, 'a␛]8;;http://x␛\\link'],
    [`${ESC}[2J${ESC}[H`, '␛[2J␛[H'],
    ['over\rwritten', 'over\\u{d}written'],
    ['bell\u0007 null\0 del\u007f csi\u009b2J', 'bell\\u{7} null\\u{0} del\\u{7f} csi\\u{9b}2J'],
    ['prod\u202etset', 'prod\\u{202e}tset'],
    ['iso\u2066late\u2069', 'iso\\u{2066}late\\u{2069}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['tags\u{e0068}\u{e0069}', 'tags\\u{e0068}\\u{e0069}'],
    ['line\u2028separator', 'line\\u{2028}separator'],
    ['filler\u3164 \u115f', 'filler\\u{3164} \\u{115f}'],
    ['lone\ud800surrogate', 'lone\\u{d800}surrogate'],
  ])('%j is shown as %j', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test('is shown the same when it was made harmless before, and never holds a control character', () => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(ESC, '[', '31m', '\u202e', '\n')),
    );
    fc.assert(
      fc.property(text, (parts) => {
        const once = harmless(parts.join(''));
        expect(harmless(once)).toBe(once);
        expect(once).not.toMatch(/[^\P{C}\n\t\p{Co}\p{Cn}]/u);
      }),
    );
  });
});

describe('JSON with text of others', () => {
  test.each([
    ['csi\u009b2J del\u007f', '"csi\\u009b2J del\\u007f"'],
    ['prod\u202etset', '"prod\\u202etset"'],
    ['tag\u{e0068}', '"tag\\udb40\\udc68"'],
    ['ümlauts, 日本語, 😀', '"ümlauts, 日本語, 😀"'],
  ])('%j is written as %s', (text, written) => {
    expect(harmlessJson(text)).toBe(written);
  });

  test('has the same value, and holds no control, bidirectional or zero-width character', () => {
    const text = fc
      .array(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(ESC, '\u009b', '\u202e', '\n', '"', '\\')),
      )
      .map((parts) => parts.join(''));
    const value = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(
        fc.dictionary(text, fc.oneof(text, value)),
        fc.constantFrom(undefined, 2),
        (any, indent) => {
          const written = harmlessJson(any, indent);
          expect(JSON.parse(written)).toStrictEqual(JSON.parse(JSON.stringify(any)));
          expect(indent === undefined ? written : written.replaceAll('\n', '')).not.toMatch(
            /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
          );
        },
      ),
    );
  });
});
