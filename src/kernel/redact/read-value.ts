// Where the value after a name begins and ends. Quoted values end at the same quote with the same escaping; bare ones end
// where the syntax around them goes on. Values are bounded, so that one that never ends is taken up to the bound.

import { colourStart } from './escapes.ts';

const VALUE_CHARS = 8_192;

const ESC = String.fromCharCode(0x1b);
const lead = new RegExp(`[ \\t]{0,8}(?:${colourStart}\\[[0-9;]{0,16}m){0,3}`, 'y');
const opening = /[bru]?(\\{0,32})(["'`])/y;
const scheme = /(?:bearer|basic|token|apikey|ssws|negotiate) +/iy;
/** Schemes whose secret part has a name of its own. */
const compound = /(?:aws4-hmac-sha256|digest)\b/iy;
const bareEnd = new RegExp(`[\\s"'\`<>${ESC}]`);
const plainChar = /[\w.:/+=-]/;
/** What a backslash begins that ends a bare value: a line break, a quote, the escape of a terminal code, `&` or `<` in JSON. */
const escapeInside = /^(?:[nrt"'\\]|u00(?:1b|26|3c|3e|22|27)|x1b|033|e\[)/i;
const nextPair = /[\w.-]{1,40}\s{0,2}(?:=|:|%3[DdAa])/y;

export interface ValueRules {
  /** Where a bare value ends: at the next delimiter, at the end of what one setting has on its line, or at the line's end. */
  readonly until: 'delimiter' | 'line' | 'break';
  /** The text is percent-encoded: `%26` ends a value. */
  readonly encoded: boolean;
  /** The value is the content of an XML element. */
  readonly element: boolean;
  /** The bare run read last: a value that begins inside of it ends where it ended, so that no run is read twice. */
  readonly run: { start: number; end: number };
}

export interface FoundValue {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** The value that begins at `at`, without quotes and without the scheme of an `Authorization` header; null when there is none. */
export function readValue(text: string, at: number, rules: ValueRules): FoundValue | null {
  let start = at + matchedLength(lead, text, at);
  opening.lastIndex = start;
  const quote = opening.exec(text);
  if (quote !== null && !rules.element) {
    start += quote[0].length;
    const end = quotedEnd(text, start, { mark: quote[2] ?? '"', escapes: quote[1]?.length ?? 0 });
    return trimmed(text, { start, end, quoted: true });
  }
  if (/[{[(]/.test(text.charAt(start)) && rules.until === 'delimiter') return null;
  const bare = start + matchedLength(scheme, text, start);
  const end = rules.element ? elementEnd(text, bare) : knownEnd(text, bare, rules);
  return trimmed(text, { start: bare, end, quoted: false });
}

function trimmed(text: string, value: FoundValue): FoundValue | null {
  if (matchedLength(compound, text, value.start) > 0) return null;
  const start = value.start + (value.quoted ? matchedLength(scheme, text, value.start) : 0);
  let end = value.end;
  while (end > start && text.charAt(end - 1) === ' ') end--;
  return end > start ? { start, end, quoted: value.quoted } : null;
}

function matchedLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** The quote that closes has as many backslashes before it as the one that opened; one with more is part of the value. */
function quotedEnd(text: string, start: number, quote: { mark: string; escapes: number }): number {
  const last = Math.min(text.length, start + VALUE_CHARS);
  for (
    let at = text.indexOf(quote.mark, start);
    at >= 0 && at < last;
    at = text.indexOf(quote.mark, at + 1)
  ) {
    let slashes = 0;
    while (at - slashes > start && text.charCodeAt(at - slashes - 1) === 0x5c) slashes++;
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
  const plain = rules.until === 'delimiter' && !rules.encoded;
  if (plain && start >= rules.run.start && start < rules.run.end) return rules.run.end;
  const end = bareValueEnd(text, start, rules);
  if (plain) Object.assign(rules.run, { start, end });
  return end;
}

function bareValueEnd(text: string, start: number, rules: ValueRules): number {
  const last = Math.min(text.length, start + VALUE_CHARS);
  if (rules.until !== 'delimiter') return lineValueEnd(text, { start, last, whole: rules.until === 'break' });
  for (let at = start; at < last; at++) {
    const char = text.charAt(at);
    if (plainChar.test(char)) continue;
    if (bareEnd.test(char)) return at;
    if (char === '\\' && escapeInside.test(text.slice(at + 1, at + 6))) return at;
    if (rules.encoded && char === '%' && text.startsWith('26', at + 1)) return at;
    if (/[,;&|)\]}]/.test(char) && endsBare(text, at)) return at;
  }
  return last;
}

/** A delimiter ends a bare value unless more of the value plainly follows. */
function endsBare(text: string, at: number): boolean {
  const next = text.charAt(at + 1);
  if (next === '' || /[\s,;&|)\]}"'.]/.test(next)) return true;
  return matchedLength(nextPair, text, at + 1) > 0;
}

const lineEnd = /[\n\r]/g;

/** To the end of the line; not into a comment or the next NAME=value on it, unless the line is taken whole. */
function lineValueEnd(text: string, area: { start: number; last: number; whole: boolean }): number {
  lineEnd.lastIndex = area.start;
  const end = Math.min(lineEnd.exec(text)?.index ?? text.length, area.last);
  const line = text.slice(area.start, end);
  const cut = line.search(area.whole ? /["']|\\[nr]/ : / +#| +[A-Za-z_][\w.-]*=|\\[nr]/);
  return area.start + (cut < 0 ? line.length : cut);
}
