// Markdown as a tree of plain values. Only marked's lexer is used: nothing here can make HTML, a link or an image.
// `[ev_…]` becomes a citation. Raw HTML stays text; links and images show their words and, when it differs, their address.

import { lexer, type Token, type Tokens } from 'marked';

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'struck'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'cite'; readonly id: string }
  /** A claim for which the hub found no valid citation. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'break' };

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly children: readonly Inline[] }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly start: number;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' };

const depthMax = 8;
const charsMax = 64_000;
const citation = /\s?\[(ev_[A-Za-z0-9]{1,40}(?:\s*,\s*ev_[A-Za-z0-9]{1,40})*)\]|\s?\(unsupported\)/g;

/** Parses an answer. Never throws: text that the lexer cannot take is one paragraph of text. */
export function parseMarkdown(text: string): readonly Block[] {
  const bounded = text.slice(0, charsMax);
  try {
    return blocks(lexer(bounded, { gfm: true }), 0);
  } catch {
    return [{ kind: 'paragraph', children: withCitations(bounded) }];
  }
}

/** Inline text with its citations, for sentences that are not Markdown. */
export function withCitations(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(citation)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    if (match[1] === undefined) parts.push({ kind: 'unsupported' });
    for (const id of match[1]?.split(/\s*,\s*/) ?? []) parts.push({ kind: 'cite', id });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

function blocks(tokens: readonly Token[], depth: number): Block[] {
  if (depth > depthMax) return [{ kind: 'paragraph', children: [{ kind: 'text', text: rawOf(tokens) }] }];
  return tokens.flatMap((token) => block(token, depth));
}

function block(token: Token, depth: number): Block[] {
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return [];
    case 'heading':
      return [{ kind: 'heading', children: inlines(token.tokens ?? [], depth) }];
    case 'code':
      return [{ kind: 'code', text: String(token['text']) }];
    case 'hr':
      return [{ kind: 'rule' }];
    case 'blockquote':
      return [{ kind: 'quote', children: blocks(token.tokens ?? [], depth + 1) }];
    case 'list':
      return [list(token, depth)];
    case 'table':
      return [table(token, depth)];
    case 'html':
    case 'def':
      return [{ kind: 'paragraph', children: [{ kind: 'text', text: token.raw.trim() }] }];
    default: {
      // Paragraphs and the bare text of a tight list item, which may come as neighbours of inline tokens.
      const inner =
        'tokens' in token && token.tokens !== undefined
          ? inlines(token.tokens, depth)
          : withCitations(token.raw);
      return inner.length === 0 ? [] : [{ kind: 'paragraph', children: inner }];
    }
  }
}

function list(token: Token, depth: number): Block {
  // The lexer gives tokens of type `list` this shape; its own union also holds a catch-all without it.
  const { items, ordered, start } = token as Tokens.List;
  return {
    kind: 'list',
    ordered,
    start: typeof start === 'number' ? start : 1,
    items: items.map((item) => blocks(item.tokens, depth + 1)),
  };
}

function table(token: Token, depth: number): Block {
  // As with lists: the type of the token says which member of the union it is.
  const { header, rows } = token as Tokens.Table;
  return {
    kind: 'table',
    head: header.map((cell) => inlines(cell.tokens, depth)),
    rows: rows.map((row) => row.map((cell) => inlines(cell.tokens, depth))),
  };
}

function inlines(tokens: readonly Token[], depth: number): readonly Inline[] {
  if (depth > depthMax) return [{ kind: 'text', text: rawOf(tokens) }];
  return tokens.flatMap((token) => inline(token, depth));
}

function inline(token: Token, depth: number): readonly Inline[] {
  const inner = (): readonly Inline[] =>
    inlines(('tokens' in token ? token.tokens : undefined) ?? [], depth + 1);
  switch (token.type) {
    case 'strong':
      return [{ kind: 'strong', children: inner() }];
    case 'em':
      return [{ kind: 'emphasis', children: inner() }];
    case 'del':
      return [{ kind: 'struck', children: inner() }];
    case 'codespan':
      return [{ kind: 'code', text: String(token['text']) }];
    case 'br':
      return [{ kind: 'break' }];
    case 'checkbox':
      return [];
    case 'escape':
      return [{ kind: 'text', text: String(token['text']) }];
    case 'link':
      return addressed(inner(), String(token['text']), String(token['href']));
    case 'image':
      return addressed(
        [{ kind: 'text', text: String(token['text']) }],
        String(token['text']),
        String(token['href']),
      );
    case 'text':
      return 'tokens' in token && token.tokens !== undefined && token.tokens.length > 0
        ? inner()
        : withCitations(String(token['text']));
    default:
      return withCitations(token.raw);
  }
}

function addressed(words: readonly Inline[], text: string, href: string): readonly Inline[] {
  return text === href ? words : [...words, { kind: 'text', text: ` (${href})` }];
}

function rawOf(tokens: readonly Token[]): string {
  return tokens.map(({ raw }) => raw).join('');
}
