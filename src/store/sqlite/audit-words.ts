// Which words an audit record is found by. Text and query pass through the same reading, whose result holds only letters,
// digits and spaces, so that every word is exactly one term of the index and no query can mean anything to its parser.

import { limits } from '../../kernel/limits.ts';

/** More text than this in one record is not worth an index entry; the record itself is always whole. */
const INDEXED_CHARS = 16_384;
const INDEXED_DEPTH = 12;

/** The text the index takes for a record body: all its values, without the names of its members. */
export function indexedText(body: unknown): string {
  const parts: string[] = [];
  let room = INDEXED_CHARS;
  const collect = (value: unknown, depth: number): void => {
    if (room <= 0 || value === null || value === undefined || typeof value === 'boolean') return;
    if (typeof value !== 'object') {
      const text = String(value).slice(0, room);
      parts.push(text);
      room -= text.length + 1;
    } else if (depth < INDEXED_DEPTH) {
      for (const member of Object.values(value)) collect(member, depth + 1);
    }
  };
  collect(body, 0);
  return plainText(parts.join(' '));
}

/** The words of a person's query, at most `limits.audit.queryWords`; none when it has no letter or digit. */
export function queryWords(q: string): string[] {
  const words = plainText(q.slice(0, INDEXED_CHARS))
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, limits.audit.queryWords);
}

/** An FTS5 expression that asks for all of `words`, which are letters and digits only. */
export function matchAll(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(' AND ');
}

function plainText(text: string): string {
  // Plain ASCII needs nothing done: the index itself folds its case and separates at whatever is no letter or digit.
  if (!/[^\t\n\r -~]/.test(text)) return text;
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
}
