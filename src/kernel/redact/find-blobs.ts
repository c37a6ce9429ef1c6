// Secrets that are blocks: private keys in PEM, lines of one that were torn apart, and base64 that hides names of secrets.

import { base64Runs, type Run } from './base64-runs.ts';
import { afterEscape } from './escapes.ts';
import type { Finder } from './find-formats.ts';
import type { Span } from './span.ts';

const KEY_CHARS = 32_768;
const BLOB_CHARS = 65_536;

const privateKey = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY/;
const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const publicBegin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,2}(?:CERTIFICATE|CERTIFICATE REQUEST|PUBLIC KEY)-----/g;
const pemBody = /[A-Za-z0-9+/=\s\\:,.()-]{0,32768}/y;
/** Nothing shorter can hide a name and its value. */
const HIDING_CHARS = 20;
/** How long PEM folds a line of base64. */
const LINE_CHARS: ReadonlySet<number> = new Set([64, 76]);
/** An access key id, its secret (40 characters of base64 by themselves), and what may stand between both on a line. */
const accessKeyId = /A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])|\[secret:aws-access-key:/;
const SECRET_CHARS = 40;
const base64Char = /[A-Za-z0-9+/_=-]/;

/** `hides` says whether a decoded text holds secrets. */
export function createBlobFinder(hides: (decoded: string) => boolean): Finder {
  const hidden = hiddenMarks();

  function addHidden(text: string, run: Run, spans: Span[]): void {
    const piece = text.slice(run.start, run.end);
    hidden.lastIndex = 0;
    for (let hit = hidden.exec(piece); hit !== null; hit = hidden.exec(piece)) {
      const found = runAround(text, run.start + hit.index);
      const decoded = Buffer.from(text.slice(found.start, found.end), 'base64').toString('utf8');
      if (isText(decoded) && (privateKey.test(decoded) || hides(decoded)))
        spans.push({ ...found, kind: 'base64' });
      hidden.lastIndex = Math.max(found.end - run.start, hit.index + 1);
    }
  }

  return (text) => {
    const spans: Span[] = [];
    addKeys(text, spans);
    const runs = base64Runs(text, HIDING_CHARS);
    addKeyLines(text, runs, spans);
    addKeyEnds(text, spans);
    addBareSecrets(text, runs, spans);
    for (const run of runs) addHidden(text, run, spans);
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

/** Full lines of base64 as PEM folds it, also behind what a logger puts before them; the digests that look alike are hexadecimal. */
function addKeyLines(text: string, runs: readonly Run[], spans: Span[]): void {
  const lines = runs.filter(({ start, end }) => LINE_CHARS.has(end - start));
  if (lines.length === 0) return;
  const open = publicBlocks(text);
  let next = 0;
  for (const { start, end } of lines) {
    while (next < open.length && (open[next]?.end ?? 0) <= start) next++;
    if ((open[next]?.start ?? start) < start) continue;
    const line = text.slice(start, end);
    if (/^[A-Za-z0-9+/]+$/.test(line) && /[g-z]/.test(line) && /[G-Z]/.test(line) && /\d/.test(line))
      spans.push({ start, end, kind: 'key-line' });
  }
}

/** Where certificates and public keys stand: their lines look like those of a private key. */
function publicBlocks(text: string): { readonly start: number; readonly end: number }[] {
  if (!text.includes('-----BEGIN ')) return [];
  return [...text.matchAll(publicBegin)].map(({ index, 0: begin }) => ({
    start: index,
    end: text.indexOf('-----', index + begin.length),
  }));
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
function addBareSecrets(text: string, runs: readonly Run[], spans: Span[]): void {
  let line = { end: 0, hasId: false };
  for (const { start, end } of runs) {
    const run = end - start === SECRET_CHARS ? text.slice(start, end) : '';
    if (!/^[A-Za-z0-9+/]+$/.test(run) || /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(run)) continue;
    if (start >= line.end) line = lineAround(text, start);
    if (line.hasId) spans.push({ start, end, kind: 'aws-secret-key' });
  }
}

function lineAround(text: string, at: number): { end: number; hasId: boolean } {
  const found = text.indexOf('\n', at);
  const end = found < 0 ? text.length : found;
  return { end, hasId: accessKeyId.test(text.slice(text.lastIndexOf('\n', at) + 1, end)) };
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
  // The end of a scheme: `://` alone is too short to be known at each alignment.
  const schemes = ['s', 'p', 'l', 'b', 'd', 'e'].map((last) => `${last}://`);
  const tokens = [
    'AKIA',
    'ghp_',
    'gho_',
    'ghs_',
    'github_pat_',
    'glpat-',
    'xoxb-',
    'xoxp-',
    'sk_live_',
    'sk-ant-',
  ];
  const spellings = words.flatMap((word) => [
    word,
    word.toUpperCase(),
    word[0]?.toUpperCase() + word.slice(1),
  ]);
  const marks = new Set<string>();
  for (const word of [...spellings, ...schemes, ...tokens])
    for (let shift = 0; shift < 3; shift++) {
      const encoded = Buffer.from(' '.repeat(shift) + word).toString('base64');
      const known = Math.floor(((shift + word.length) * 8) / 6);
      marks.add(encoded.slice(Math.ceil((shift * 8) / 6), known));
    }
  const escaped = [...marks].filter((mark) => mark.length >= 4).map((mark) => mark.replace(/[+/]/g, '\\$&'));
  return new RegExp(escaped.sort((a, b) => b.length - a.length).join('|'), 'g');
}
