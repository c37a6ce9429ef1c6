// A pasted text made even: bounded, JSON opened, escapes undone, quotes straight, white space single. `lower` is what patterns
// are matched against; it is as long as `shown`, so that a match can be quoted in its own writing.

import { stripVTControlCharacters } from 'node:util';

/** Longest text that is read; what lies beyond is cut off. */
export const EXPLAIN_CHARS_MAX = 64 * 1024;
/** Longest text that is matched whole. Of a longer one the beginning, the end and what surrounds words of trouble count. */
const MATCHED_CHARS_MAX = 16 * 1024;
const TROUBLE =
  /error|fail|denied|exception|cannot|unable|timeout|timed out|killed|exit|refused|no such|not found|not authorized/gi;
const SURROUNDINGS_CHARS = 200;
const JSON_DEPTH_MAX = 12;
const JSON_PARTS_MAX = 200;

export interface PlainText {
  readonly shown: string;
  readonly lower: string;
}

export function plainText(text: string): PlainText {
  const bounded = text.slice(0, EXPLAIN_CHARS_MAX);
  return evened(fromJson(bounded.trim()) ?? bounded);
}

/** A line that goes on, indented, where a table of a tool broke it off after a fixed number of characters, in the middle of a word. */
const WRAPPED = /(?<=\w) *\n {1,80}(?=\w)/g;
const WRAPS_MIN = 2;

/** The same text with the lines of a narrow table joined without a blank; null when it is not wrapped like that. */
export function unwrapped(text: string): PlainText | null {
  const bounded = text.slice(0, MATCHED_CHARS_MAX);
  if ((bounded.match(WRAPPED)?.length ?? 0) < WRAPS_MIN) return null;
  return evened(bounded.replace(WRAPPED, ''));
}

function evened(opened: string): PlainText {
  const even = stripVTControlCharacters(opened)
    .replace(/\\{1,8}(["'/])/g, '$1')
    .replace(/\\{1,8}[nrt]/g, ' ')
    .replace(/[\u2018\u2019\u201a\u2032`\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb\u2033]/g, '"')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const shown = even.length <= MATCHED_CHARS_MAX ? even : excerpt(even);
  // ASCII only: other letters may change their length in lower case.
  return { shown, lower: shown.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) };
}

/** A long text in a quarter of its beginning, a quarter of its end, and places between them that speak of trouble. */
function excerpt(text: string): string {
  const edge = MATCHED_CHARS_MAX / 4;
  const parts = [text.slice(0, edge)];
  let taken = edge;
  let from = edge;
  for (const { index } of text.slice(0, -edge).matchAll(TROUBLE)) {
    if (index < from) continue;
    if (taken >= MATCHED_CHARS_MAX - edge) break;
    const part = text.slice(Math.max(from, index - SURROUNDINGS_CHARS), index + SURROUNDINGS_CHARS);
    parts.push(part);
    taken += part.length;
    from = index + SURROUNDINGS_CHARS;
  }
  return [...parts, text.slice(-edge)].join(' ');
}

/** Fields of AWS answers and of structured logs that say what happened; others only name things. */
const TELLING =
  /^(?:stoppedreason|reason|stopcode|exitcode|message|msg|error\w*|err|log|text|event\w*|detail\w*|cause|rolloutstate\w*|failures?|code|status\w*|description|exception|stack\w*|healthstatus|laststatus|statusmessage|arn|name|agentconnected|invokedby)$/i;

/** What a JSON text says in its telling fields, as `field: value` parts; null when it is no JSON object or string. */
function fromJson(text: string): string | null {
  if (!/^[{["]/.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value === 'string') return value;
  const parts: string[] = [];
  collect(value, { key: '', depth: 0 }, parts);
  return parts.length === 0 ? null : parts.join(' ; ');
}

function collect(value: unknown, at: { key: string; depth: number }, parts: string[]): void {
  if (at.depth > JSON_DEPTH_MAX || parts.length >= JSON_PARTS_MAX) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, { key: at.key, depth: at.depth + 1 }, parts);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) collect(one, { key, depth: at.depth + 1 }, parts);
    return;
  }
  if (value === null || value === '' || (at.key !== '' && !TELLING.test(at.key))) return;
  // Exit codes and states mean something only together with their field; other values speak for themselves.
  parts.push(
    /code|status|state|connected|reason$/i.test(at.key) ? `${at.key}: ${String(value)}` : String(value),
  );
}
