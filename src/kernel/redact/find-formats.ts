// Walks a text once, stops at every mark of a known format, and tries only the rules of that mark.

import { endsInEscape } from './escapes.ts';
import { type Format, formats } from './formats.ts';
import type { Span } from './span.ts';

export type Finder = (text: string) => Span[];

export function createFormatFinder(): Finder {
  const marks = byFirstChar(formats.flatMap((format) => format.marks));
  const formatOf = createLookup();
  return (text) => {
    const spans: Span[] = [];
    marks.lastIndex = 0;
    for (let hit = marks.exec(text); hit !== null; hit = marks.exec(text)) {
      const format = formatOf(hit[0]);
      const span = format === undefined ? null : tryFormat(format, text, hit.index);
      if (span !== null) spans.push(span);
      marks.lastIndex = Math.max(hit.index + 1, span === null ? 0 : span.end);
    }
    return spans;
  };
}

/** One pattern for `marks`, put together by the character they begin with: at most places of a text it then has to look at one alone. */
export function byFirstChar(marks: readonly string[]): RegExp {
  const groups = new Map<string, string[]>();
  for (const mark of marks) {
    const first = /^(?:\\[^A-Za-z0-9]|[^\\([])/.exec(mark)?.[0] ?? '';
    groups.set(first, [...(groups.get(first) ?? []), mark.slice(first.length)]);
  }
  return new RegExp([...groups].map(([first, rest]) => `${first}(?:${rest.join('|')})`).join('|'), 'g');
}

/** Longer marks hold characters of the secret itself, so that remembering them would neither help nor end. */
const REMEMBERED_CHARS = 16;

/** The first format whose mark a matched text is. Asking each in turn is slow, so short answers are remembered. */
function createLookup(): (mark: string) => Format | undefined {
  const whole = formats.map((format) => ({ format, pattern: new RegExp(`^(?:${format.marks.join('|')})$`) }));
  const known = new Map<string, Format | undefined>();
  return (mark) => {
    if (known.has(mark)) return known.get(mark);
    const format = whole.find(({ pattern }) => pattern.test(mark))?.format;
    if (mark.length <= REMEMBERED_CHARS) known.set(mark, format);
    return format;
  };
}

function tryFormat(format: Format, text: string, at: number): Span | null {
  const [least, most] = format.back ?? [0, 0];
  for (let back = most; back >= least; back--) {
    const start = at - back;
    if (start < 0 || (format.inside !== true && isWithinWord(text, start))) continue;
    format.pattern.lastIndex = start;
    const match = format.pattern.exec(text);
    if (match === null) continue;
    if (match[1] === undefined) return { start, end: start + match[0].length, kind: format.kind };
    const offset = match[0].lastIndexOf(match[1]);
    if (!isPlausible(format.kind, match[1])) return null;
    return { start: start + offset, end: start + offset + match[1].length, kind: format.kind };
  }
  return null;
}

/** What follows "Bearer" or "Basic" in prose is a word; what follows them in a header is not. */
function isPlausible(kind: string, value: string): boolean {
  if (kind === 'basic') return Buffer.from(value, 'base64').includes(':');
  if (kind === 'bearer') return /\d/.test(value) || value.length >= 24;
  return kind !== 'sql-password' || !/^[<$%*{[]/.test(value);
}

/** True when a letter or digit stands before `at` that is not the end of an escape. */
function isWithinWord(text: string, at: number): boolean {
  return at > 0 && isWordChar(text.charCodeAt(at - 1)) && !endsInEscape(text, at);
}

function isWordChar(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
