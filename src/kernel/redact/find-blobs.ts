// Secrets that are blocks: private keys in PEM, lines of one that were torn apart, and base64 that hides names of secrets.

import type { Finder } from './find-formats.ts';
import type { Span } from './span.ts';

const KEY_CHARS = 32_768;
const BLOB_CHARS = 65_536;

const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const pemBody = /[A-Za-z0-9+/=\s\\:,.()-]{0,32768}/y;
/** One full line of base64 as PEM folds it; the digests that look alike are hexadecimal. */
const keyLine = /^[A-Za-z0-9+/]{64}(?:[A-Za-z0-9+/]{12})?$/gm;
const base64Char = /[A-Za-z0-9+/_=-]/;

/** `hides` says whether a decoded text holds secrets. */
export function createBlobFinder(hides: (decoded: string) => boolean): Finder {
  const hidden = hiddenMarks();
  return (text) => {
    const spans: Span[] = [];
    addKeys(text, spans);
    if (text.length >= 64) addKeyLines(text, spans);
    hidden.lastIndex = 0;
    for (let hit = hidden.exec(text); hit !== null; hit = hidden.exec(text)) {
      const run = runAround(text, hit.index);
      const decoded = Buffer.from(text.slice(run.start, run.end), 'base64').toString('utf8');
      if (isText(decoded) && hides(decoded)) spans.push({ ...run, kind: 'base64' });
      hidden.lastIndex = Math.max(run.end, hit.index + 1);
    }
    return spans;
  };
}

function addKeys(text: string, spans: Span[]): void {
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at + 1)) {
    pemBegin.lastIndex = at;
    const begin = pemBegin.exec(text);
    if (begin === null) continue;
    const body = at + begin[0].length;
    pemBody.lastIndex = body;
    const inside = body + (pemBody.exec(text)?.[0].length ?? 0);
    const found = text.slice(body, body + KEY_CHARS).search(/-----END [A-Z0-9 ]{1,60}-----/);
    const marker = found < 0 ? -1 : body + found;
    const end = marker < 0 ? inside : text.indexOf('-----', marker + 8) + 5;
    // A key without a body is the first of many lines: nothing of it is secret yet.
    if (end - body > 16) spans.push({ start: at, end, kind: 'private-key' });
    at = Math.max(at, end - 1);
  }
}

function addKeyLines(text: string, spans: Span[]): void {
  for (const match of text.matchAll(keyLine)) {
    const line = match[0];
    if (/[g-z]/.test(line) && /[G-Z]/.test(line) && /\d/.test(line))
      spans.push({ start: match.index, end: match.index + line.length, kind: 'key-line' });
  }
}

function runAround(text: string, at: number): { start: number; end: number } {
  let start = at;
  while (start > 0 && at - start < BLOB_CHARS && base64Char.test(text.charAt(start - 1))) start--;
  let end = at;
  while (end < text.length && end - at < BLOB_CHARS && base64Char.test(text.charAt(end))) end++;
  // `NAME=` before a value is not part of the value.
  const equals = text.slice(start, at).lastIndexOf('=');
  return { start: equals < 0 ? start : start + equals + 1, end };
}

function isText(decoded: string): boolean {
  return decoded.length > 0 && !/[^\t\n\r -~\u00a0-\ufffc]/.test(decoded);
}

/** What words that name secrets look like inside base64, at each of the three ways they can be aligned. */
function hiddenMarks(): RegExp {
  const words = ['password', 'secret', 'token', 'api_key', 'apikey', 'PRIVATE KEY', 'passwd'];
  const spellings = words.flatMap((word) => [
    word,
    word.toUpperCase(),
    word[0]?.toUpperCase() + word.slice(1),
  ]);
  const marks = new Set<string>();
  for (const word of [...spellings, '://', 'AKIA'].filter((text) => text.length >= 4))
    for (let shift = 0; shift < 3; shift++) {
      const encoded = Buffer.from(' '.repeat(shift) + word).toString('base64');
      const known = Math.floor(((shift + word.length) * 8) / 6);
      marks.add(encoded.slice(Math.ceil((shift * 8) / 6), known));
    }
  const escaped = [...marks].filter((mark) => mark.length >= 4).map((mark) => mark.replace(/[+/]/g, '\\$&'));
  return new RegExp(escaped.sort((a, b) => b.length - a.length).join('|'), 'g');
}
