import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtWord } from '../../src/kernel/cut.ts';

describe('a text that is cut', () => {
  it('is left as it is when it fits', () => {
    expect(cutAtWord('short', 5)).toBe('short');
  });

  it.each([
    ['connect to postgres://app:hunter2@db:5432 failed', 30, 'connect to …'],
    ['one two three four', 14, 'one two three…'],
    ['{"level":"info","token":"abcdefghijk"}', 30, '{"level":"info","token":"…'],
    ['abcdefghijklmnopqrstuvwxyz', 11, 'abcdefghij…'],
  ])('ends between words: %s', (text, chars, cut) => {
    expect(cutAtWord(text, chars)).toBe(cut);
  });

  it('is never longer than asked and always a beginning', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 60 }), (text, chars) => {
        const cut = cutAtWord(text, chars);
        expect(cut.length).toBeLessThanOrEqual(chars);
        expect(text.startsWith(cut === text ? cut : cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});
