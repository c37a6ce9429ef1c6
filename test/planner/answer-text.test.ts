// Nothing an answer contains can load or lead anywhere.

import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { inertMarkdown } from '../../src/planner/answer-text.ts';

const LIVE = /<(?:a|img|iframe|script|svg|style|form|video|object|link|input)\b/i;

describe('an answer', () => {
  it.each([
    '[open](https://evil.example/?d=1)',
    '![x](https://evil.example/p.png)',
    '[open][1]\n\n[1]: https://evil.example',
    '<img src=https://evil.example/p.png>',
    '<https://evil.example>',
    'see https://evil.example/?q=secret now',
    'www.evil.example',
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '![a][b]\n[b]: http://evil.example',
    'mail a@b.example or mailto:a@b.example',
    '<!-- --><svg onload=x>',
  ])('holds no live link, image or HTML: %s', (text) => {
    expect(
      marked.parse(inertMarkdown(text), { async: false, gfm: true }).replace(/<a href="mailto:[^>]*>/g, ''),
    ).not.toMatch(LIVE);
  });

  it('keeps ordinary Markdown, citations and code as they are', () => {
    const text =
      '**Yes.** It runs 3 of 4. [ev_A] [ev_B, ev_C]\n\n- `a > b`\n\n```\n<img> https://y [a](b)\n```\nDone (really).';
    expect(inertMarkdown(text)).toBe(text);
  });

  it('holds nothing live whatever pieces it is made of', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      'a',
      ' ',
      '\n',
      '`',
      'img',
      'https://e.x/',
      'src=',
      ':',
      '"',
      '[ev_A]',
      '/',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(marked.parse(inertMarkdown(pieces.join('')), { async: false, gfm: true })).not.toMatch(LIVE);
      }),
      { numRuns: 3_000 },
    );
  });
});
