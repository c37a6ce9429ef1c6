// Markdown as plain values: nothing a model or a log says can become HTML, a link or an image.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type Inline, parseMarkdown, withCitations } from '../../../src/web/model/markdown.ts';
import { visible } from '../../../src/web/model/words.ts';

const kinds = new Set(['text', 'strong', 'emphasis', 'struck', 'code', 'cite', 'unsupported', 'break']);

function inlinesOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return block.children;
    case 'list':
      return block.items.flat().flatMap(inlinesOf);
    case 'quote':
      return block.children.flatMap(inlinesOf);
    case 'table':
      return [...block.head.flat(), ...block.rows.flat(2)];
    default:
      return [];
  }
}

function textOf(inlines: readonly Inline[]): string {
  return inlines
    .map((one) => ('children' in one ? textOf(one.children) : 'text' in one ? one.text : ''))
    .join('');
}

function plain(markdown: string): string {
  return parseMarkdown(markdown)
    .map((block) => textOf(inlinesOf(block)))
    .join('\n');
}

describe('markdown', () => {
  it('reads strong text, code, lists and tables', () => {
    const blocks = parseMarkdown(
      '# Head\n\n**3** of `4`\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |',
    );
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'table']);
    expect(blocks[2]).toMatchObject({ kind: 'list', ordered: true, start: 1 });
  });

  it('turns citations into marks and takes the space before them', () => {
    expect(withCitations('It runs. [ev_01A] Yes [ev_01B, ev_01C].')).toEqual([
      { kind: 'text', text: 'It runs.' },
      { kind: 'cite', id: 'ev_01A' },
      { kind: 'text', text: ' Yes' },
      { kind: 'cite', id: 'ev_01B' },
      { kind: 'cite', id: 'ev_01C' },
      { kind: 'text', text: '.' },
    ]);
  });

  it('marks a claim that has no evidence', () => {
    expect(parseMarkdown('It is down (unsupported).')[0]).toMatchObject({
      children: [{ text: 'It is down' }, { kind: 'unsupported' }, { text: '.' }],
    });
  });

  it('shows raw HTML as the text it is', () => {
    expect(plain('Hi <img src=x onerror=alert(1)> <b>you</b>')).toBe(
      'Hi <img src=x onerror=alert(1)> <b>you</b>',
    );
    expect(plain('<script>alert(1)</script>')).toBe('<script>alert(1)</script>');
  });

  it('shows links and images as words with their address', () => {
    expect(plain('[console](javascript:alert(1))')).toBe('console (javascript:alert(1))');
    expect(plain('![pixel](http://x.test/a.png)')).toBe('pixel (http://x.test/a.png)');
    expect(plain('http://x.test')).toBe('http://x.test');
    expect(plain('[a]: javascript:alert(1)\n\n[a]')).toContain('javascript:alert(1)');
  });

  it('knows only harmless kinds whatever it is given, and never throws', () => {
    const nasty = fc
      .array(
        fc.constantFrom(
          '[',
          ']',
          '(',
          ')',
          '!',
          '*',
          '_',
          '`',
          '<',
          '>',
          '|',
          '\n',
          '- ',
          '1. ',
          '> ',
          'ev_1',
          '&lt;',
          'a',
          '~~',
          '#',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(''));
    const check = (inlines: readonly Inline[]): void => {
      for (const one of inlines) {
        expect(kinds.has(one.kind)).toBe(true);
        if ('children' in one) check(one.children);
      }
    };
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 200 })), (text) =>
        check(parseMarkdown(text).flatMap(inlinesOf)),
      ),
    );
  });

  it('stays quick and flat for text that nests without end', () => {
    expect(JSON.stringify(parseMarkdown('> '.repeat(400) + 'deep'))).toContain('deep');
    expect(parseMarkdown('['.repeat(5_000)).length).toBeGreaterThan(0);
  });
});

describe('text of others', () => {
  it('shows characters that hide or reorder', () => {
    expect(visible('abc\u202Egnp.exe\u0007')).toBe('abc‹U+202E›gnp.exe‹U+0007›');
    expect(visible('a\u{E0041}b')).toBe('a‹U+E0041›b');
  });

  it('leaves ordinary text of any language alone', () => {
    expect(visible('Größe 日本 …\n\tend 👍')).toBe('Größe 日本 …\n\tend 👍');
  });
});
