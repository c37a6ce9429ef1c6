// The canonical spelling: what our own quick way writes is what the library writes, and what the library refuses is refused.

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';

test('is spelled as the library spells it, whatever the value', () => {
  const key = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.nat().map(String),
    fc.constant('__proto__'),
  );
  const value = fc.anything({ key, withNullPrototype: true, maxDepth: 5 });
  fc.assert(
    fc.property(value, (any) => {
      let expected: string | undefined;
      try {
        expected = canonicalize(any);
      } catch {
        expect(() => canonicalJson(any)).toThrow();
        return;
      }
      if (expected === undefined) expect(() => canonicalJson(any)).toThrow();
      else expect(canonicalJson(any)).toBe(expected);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  // RFC 8785, section 3.2.3: members are sorted by UTF-16 code units, so that an emoji comes before U+FB33.
  [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  ],
  [{ '10': 'a', '9': 'b' }, '{"10":"a","9":"b"}'],
  [{ b: undefined, a: [undefined, -0, 1e21] }, '{"a":[null,0,1e+21]}'],
])('%j', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([
  ['a number that is none', { a: Number.NaN }],
  ['infinity', [Number.POSITIVE_INFINITY]],
  ['a lone surrogate', { a: 'x\ud800' }],
  ['a lone surrogate in a key', { 'x\udc00': 1 }],
  ['nothing', undefined],
])('%s is refused', (_, value) => {
  expect(() => canonicalJson(value)).toThrow();
});
