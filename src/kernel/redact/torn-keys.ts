// Private keys whose lines are separate items of a list: a log has an event for each line, and the last one is too short to be known by itself.

import type { Json } from '../canonical-json.ts';

/** Members that hold the line of a log event. */
const lineNames: ReadonlySet<string> = new Set(['message', 'text', 'log', 'msg', 'line']);
const KEY_LINES_MAX = 200;

/** The items of a list of lines that stand between the beginning and the end of a private key: each event of a log holds one line. */
function tornKeyLines(items: readonly Json[]): ReadonlySet<number> {
  const lines = new Set<number>();
  let since: number | null = null;
  for (const [index, item] of items.entries()) {
    const line = lineOf(item);
    if (line === undefined) continue;
    if (/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(line)) since = line.includes('-----END ') ? null : index;
    else if (since !== null && line.includes('-----END ')) {
      for (let at = since + 1; at < index; at++) lines.add(at);
      since = null;
    } else if (since !== null && index - since > KEY_LINES_MAX) since = null;
  }
  return lines;
}

/** `items` with the lines of private keys replaced by what `hide` makes of them. */
export function withoutKeyLines(items: readonly Json[], hide: (line: string) => string): readonly Json[] {
  const lines = tornKeyLines(items);
  return lines.size === 0
    ? items
    : items.map((item, index) => (lines.has(index) ? withoutLine(item, hide) : item));
}

function withoutLine(item: Json, hide: (line: string) => string): Json {
  if (typeof item === 'string') return hide(item);
  if (!isObject(item)) return item;
  return Object.fromEntries(
    Object.entries(item).map(([name, member]) => [
      name,
      lineNames.has(name) && typeof member === 'string' ? hide(member) : member,
    ]),
  );
}

function lineOf(item: Json): string | undefined {
  if (typeof item === 'string') return item;
  if (!isObject(item)) return undefined;
  for (const name of lineNames) {
    const line = Object.hasOwn(item, name) ? item[name] : undefined;
    if (typeof line === 'string') return line;
  }
  return undefined;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
