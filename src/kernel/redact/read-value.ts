// Where the value after a name begins and ends. Quoted values end at the same quote with the same escaping; bare ones end
// where the syntax around them goes on. Values are bounded, so that one that never ends is taken up to the bound.

import { colourStart } from './escapes.ts';
import { commandAfter } from './value-ends.ts';

const VALUE_CHARS = 8_192;
const ESCAPES_MAX = 32;
const BACKSLASH = 0x5c;
const OPENING = 0x28;
const CLOSING = 0x29;

const ESC = String.fromCharCode(0x1b);
const lead = new RegExp(`[ \\t]{0,8}(?:${colourStart}\\[[0-9;]{0,16}m){0,3}`, 'y');
const leadChars = new RegExp(`[ \\t\\\\${ESC}]`);
const opening = /[{[(]/;
const listStart = /\[\s{0,12}(?=\\{0,32}["'`])/y;
const listGap = /\\{0,32}["'`]\s{0,12},\s{0,12}(?=\\{0,32}["'`])/y;
const scheme = /(?:bearer|basic|token|apikey|ssws|negotiate) +/iy;
/** Schemes whose secret part has a name of its own. */
const compound = /(?:aws4-hmac-sha256|digest)\b/iy;
/** What names the type of a value before it: PHP's `string(14) "…"`, Go's `(string) (len=14) "…"`, `Some("…")`, `new String("…")`. */
const typeName =
  /(?:(?:new )?[A-Za-z_][\w.]{0,40}\((?:\d{1,9}\) )?|\(\w{1,20}\) (?:\(len=\d{1,9}\) )?)(?=\\{0,32}["'`])/y;
/** A quote in percent-encoding, behind blanks in it. */
const encodedQuote = /(?:\+|%20){0,4}%2[27]/y;
const bareEnd = new RegExp(`[\\s"'\`<>${ESC}]`);
/** What a backslash begins that ends a bare value: a line break, a quote, the escape of a terminal code, `&` or `<` in JSON. */
const escapeInside = /^(?:[nrt"'\\]|u00(?:1b|26|3c|3e|22|27)|x1b|033|e\[)/i;
const nextPair = /[\w.-]{1,40}\s{0,2}(?:=|:|%3[DdAa])/y;

/** Where a bare run begins and ends, and whether it was read as percent-encoded. */
export interface ReadRun {
  start: number;
  end: number;
  encoded: boolean;
}

export interface ValueRules {
  /**
   * Where a bare value ends: at the next delimiter, at the end of what one setting has on its line, there or where a command begins, or at
   * the line's end.
   */
  readonly until: 'delimiter' | 'line' | 'assignment' | 'break';
  /** The text is percent-encoded: `%26` ends a value. */
  readonly encoded: boolean;
  /** A list of quoted values is one value. */
  readonly list: boolean;
  /** The value is the content of an XML element. */
  readonly element: boolean;
  /** The bare run read last: a value that begins inside of it ends where it ended, so that no run is read twice. */
  readonly run: ReadRun;
}

export interface FoundValue {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** The value that begins at `at`, without quotes and without the scheme of an `Authorization` header; null when there is none. */
export function readValue(text: string, at: number, rules: ValueRules): FoundValue | null {
  if (at >= text.length) return null;
  const start = leadChars.test(text.charAt(at)) ? at + matchedLength(lead, text, at) : at;
  if (rules.encoded && matchedLength(encodedQuote, text, start) > 0) return encodedValue(text, start);
  const quote = rules.element ? null : quoteAt(text, start);
  if (quote !== null) return quotedValue(text, quote);
  const listed = rules.list ? matchedLength(listStart, text, start) : 0;
  if (listed > 0) return listValue(text, start + listed);
  if (opening.test(text.charAt(start))) {
    const typed = typedValue(text, start);
    if (typed !== null || rules.until === 'delimiter') return typed;
  }
  const bare = start + matchedLength(scheme, text, start);
  const end = rules.element ? elementEnd(text, bare) : knownEnd(text, bare, rules);
  const typed = isTyped(text, end) ? typedValue(text, start) : null;
  return typed ?? trimmed(text, { start: bare, end, quoted: false });
}

/** True when what ends at `end` may be the name of a type: `Some(`, `string(14)`. */
function isTyped(text: string, end: number): boolean {
  return text.charCodeAt(end - 1) === OPENING || (end < text.length && text.charCodeAt(end) === CLOSING);
}

function quotedValue(text: string, quote: Quote): FoundValue | null {
  return trimmed(text, { start: quote.end, end: quotedEnd(text, quote.end, quote), quoted: true });
}

/** From the first of several quoted values to the end of the last. */
function listValue(text: string, at: number): FoundValue | null {
  let quote = quoteAt(text, at);
  if (quote === null) return null;
  const start = quote.end;
  let end = start;
  while (quote !== null && end - start < VALUE_CHARS) {
    end = quotedEnd(text, quote.end, quote);
    const gap = matchedLength(listGap, text, end);
    quote = gap === 0 ? null : quoteAt(text, end + gap);
  }
  return trimmed(text, { start, end, quoted: true });
}

/** What a quote holds behind the name of a type. */
function typedValue(text: string, at: number): FoundValue | null {
  const length = matchedLength(typeName, text, at);
  const quote = length === 0 ? null : quoteAt(text, at + length);
  return quote === null ? null : quotedValue(text, quote);
}

/** What stands between two quotes that are percent-encoded; a text that ends before the second one was cut. */
function encodedValue(text: string, at: number): FoundValue | null {
  const start = at + matchedLength(encodedQuote, text, at);
  const mark = text.slice(start - 3, start);
  const rest = text.slice(start, start + VALUE_CHARS);
  const closed = rest.indexOf(mark);
  const value = closed < 0 ? rest : rest.slice(0, closed);
  const cut = value.search(bareEnd);
  return trimmed(text, { start, end: start + (cut < 0 ? value.length : cut), quoted: true });
}

function trimmed(text: string, value: FoundValue): FoundValue | null {
  if (matchedLength(compound, text, value.start) > 0) return null;
  const start = value.start + (value.quoted ? matchedLength(scheme, text, value.start) : 0);
  let end = value.end;
  while (end > start && text.charAt(end - 1) === ' ') end--;
  return end > start ? { start, end, quoted: value.quoted } : null;
}

/** `pattern` is sticky. */
function matchedLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
}

interface Quote {
  readonly mark: string;
  /** How many backslashes stand before it. */
  readonly escapes: number;
  /** Where what it quotes begins. */
  readonly end: number;
}

/** The quote that opens at `at`, which may carry the letter of a Python string; null when none does. */
function quoteAt(text: string, at: number): Quote | null {
  const first = text.charAt(at);
  const begin = first === 'b' || first === 'r' || first === 'u' ? at + 1 : at;
  let mark = begin;
  while (mark - begin < ESCAPES_MAX && text.charCodeAt(mark) === BACKSLASH) mark++;
  const char = text.charAt(mark);
  if (char !== '"' && char !== "'" && char !== '`') return null;
  return { mark: char, escapes: mark - begin, end: mark + 1 };
}

/** The quote that closes has as many backslashes before it as the one that opened; one with more is part of the value. */
function quotedEnd(text: string, start: number, quote: Quote): number {
  const last = Math.min(text.length, start + VALUE_CHARS);
  for (
    let at = text.indexOf(quote.mark, start);
    at >= 0 && at < last;
    at = text.indexOf(quote.mark, at + 1)
  ) {
    let slashes = 0;
    while (at - slashes > start && text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++;
    if (quote.escapes === 0 ? slashes % 2 === 0 : slashes <= quote.escapes)
      return at - (quote.escapes === 0 ? 0 : slashes);
  }
  return last;
}

function elementEnd(text: string, start: number): number {
  const end = text.indexOf('<', start);
  return Math.min(end < 0 ? text.length : end, start + VALUE_CHARS);
}

function knownEnd(text: string, start: number, rules: ValueRules): number {
  const { run } = rules;
  const bounded = rules.until === 'delimiter';
  if (bounded && run.encoded === rules.encoded && start >= run.start && start < run.end) return run.end;
  const end = bareValueEnd(text, start, rules);
  if (bounded) Object.assign(run, { start, end, encoded: rules.encoded });
  return end;
}

function bareValueEnd(text: string, start: number, rules: ValueRules): number {
  const last = Math.min(text.length, start + VALUE_CHARS);
  if (rules.until !== 'delimiter') return lineValueEnd(text, { start, last, until: rules.until });
  for (let at = start; at < last; at++) {
    const kind = kindAt(text, at);
    if (kind === PART) continue;
    if (kind === END || mayEnd(text, at, rules)) return at;
  }
  return last;
}

function mayEnd(text: string, at: number, rules: ValueRules): boolean {
  const char = text.charAt(at);
  if (char === '\\') return escapeInside.test(text.slice(at + 1, at + 6));
  if (char === '%') return rules.encoded && text.startsWith('26', at + 1);
  return endsBare(text, at);
}

/** What a character is to a bare value. Each of a text's is looked at, so those of ASCII are in a table. */
const PART = 0;
const END = 1;
const MAY_END = 2;
const kindsOfAscii = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (bareEnd.test(char)) return END;
  return /[\\%,;&|)\]}]/.test(char) ? MAY_END : PART;
});

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < kindsOfAscii.length) return kindsOfAscii[code] ?? PART;
  return bareEnd.test(text.charAt(at)) ? END : PART;
}

/** A delimiter ends a bare value unless more of the value plainly follows. */
function endsBare(text: string, at: number): boolean {
  if (at + 1 >= text.length) return true;
  const next = text.charAt(at + 1);
  if (/[\s,;&|)\]}"'.]/.test(next) || next === ESC) return true;
  if (next === '\\' && escapeInside.test(text.slice(at + 2, at + 7))) return true;
  return matchedLength(nextPair, text, at + 1) > 0;
}

const lineEnd = /[\n\r]/g;

/** To the end of the line; not into a comment or the next NAME=value on it, unless the line is taken whole. */
function lineValueEnd(
  text: string,
  area: { start: number; last: number; until: 'line' | 'assignment' | 'break' },
): number {
  lineEnd.lastIndex = area.start;
  const end = Math.min(lineEnd.exec(text)?.index ?? text.length, area.last);
  const line = text.slice(area.start, end);
  const cut = line.search(area.until === 'break' ? /["']|\\[nr]/ : / +#| +[A-Za-z_][\w.-]*=|\\[nr]/);
  const command = area.until === 'assignment' ? commandAfter(line) : -1;
  const ends = [cut, command].filter((at) => at >= 0);
  return area.start + Math.min(line.length, ...ends);
}
