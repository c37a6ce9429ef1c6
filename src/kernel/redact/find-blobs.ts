// Secrets that are blocks: private keys in PEM, lines of one that were torn apart, and base64 that hides names of secrets.

import { afterEscape } from './escapes.ts';
import type { Finder } from './find-formats.ts';
import type { Span } from './span.ts';

const KEY_CHARS = 32_768;
const BLOB_CHARS = 65_536;

const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const pemBody = /[A-Za-z0-9+/=\s\\:,.()-]{0,32768}/y;
/** One full line of base64 as PEM folds it, also behind what a logger puts before it; the digests that look alike are hexadecimal. */
const keyLine = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{64}(?:[A-Za-z0-9+/]{12})?(?![A-Za-z0-9+/_=-])/g;
/** An access key id, its secret (40 characters of base64 by themselves), and what may stand between both on a line. */
const accessKeyId = /A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])|\[secret:aws-access-key:/g;
const bareSecret = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/_=-])/g;
const base64Char = /[A-Za-z0-9+/_=-]/;

/** `hides` says whether a decoded text holds secrets. */
export function createBlobFinder(hides: (decoded: string) => boolean): Finder {
  const hidden = hiddenMarks();
  return (text) => {
    const spans: Span[] = [];
    addKeys(text, spans);
    if (text.length >= 64) addKeyLines(text, spans);
    addKeyEnds(text, spans);
    addBareSecrets(text, spans);
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

/** The last line of a key that was torn apart is shorter than the others: it is known by the end that follows. */
function addKeyEnds(text: string, spans: Span[]): void {
  for (const { index } of text.matchAll(/-----END [A-Z0-9 ]{0,40}PRIVATE KEY/g)) {
    const from = Math.max(0, index - KEY_LINE_CHARS);
    const lead = text.slice(from, index);
    const end = lastBreak(lead, lead.length);
    if (end < 0) continue;
    const start = Math.max(0, lastBreak(lead, end));
    const run = [...lead.slice(start, end).matchAll(lastKeyLine)].at(-1);
    if (run === undefined || !/[a-z].*[A-Z0-9+/=]|[A-Z0-9+/].*[a-z=]/.test(run[0])) continue;
    const at = from + start + run.index;
    spans.push({ start: at, end: at + run[0].length, kind: 'key-line' });
  }
}

/** Where the line break before `at` stands, plain or escaped; -1 when there is none. */
function lastBreak(text: string, at: number): number {
  return at <= 0 ? -1 : Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\\n', at - 1));
}

const KEY_LINE_CHARS = 400;
const lastKeyLine = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/]{4,76}={0,2}(?![A-Za-z0-9+/_=-])/g;

/** A secret access key has no form of its own, but beside its id on one line it cannot be anything else. */
function addBareSecrets(text: string, spans: Span[]): void {
  let done = 0;
  for (const { index } of text.matchAll(accessKeyId)) {
    if (index < done) continue;
    const start = text.lastIndexOf('\n', index) + 1;
    const end = text.indexOf('\n', index);
    done = end < 0 ? text.length : end;
    for (const match of text.slice(start, done).matchAll(bareSecret))
      if (!/^(?:[0-9a-f]{40}|[0-9A-F]{40})$/.test(match[0]))
        spans.push({
          start: start + match.index,
          end: start + match.index + match[0].length,
          kind: 'aws-secret-key',
        });
  }
}

function runAround(text: string, at: number): { start: number; end: number } {
  let start = at;
  while (start > 0 && at - start < BLOB_CHARS && base64Char.test(text.charAt(start - 1))) start--;
  let end = at;
  while (end < text.length && end - at < BLOB_CHARS && base64Char.test(text.charAt(end))) end++;
  start = Math.min(at, afterEscape(text, start));
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
