// Secrets in percent-encoded text: a log line, a header or a document that was put into a query. What a run of it says is read decoded; what
// is found there is taken out of the run as it stands.

import type { Finder } from './find-formats.ts';
import type { Span } from './span.ts';

/** Longest piece that is decoded at once; a longer run is read in pieces. */
const RUN_CHARS = 8_192;
const escaped = /%[0-9A-Fa-f]{2}/g;
/** An escape of anything but `=` and `&`, between which values are found as they stand. */
const telling = /%(?!3[dD]|26)[0-9A-Fa-f]{2}/;
/** Where a run that is too long may be cut: before a further pair, or at least before an escape. */
const cuts = /(?:&|%26|%20|%0[aA])[^&%]*$|%[^%]{0,2}$/;
const breaks = /[\s"<>\\]/;
/** A single escape stands in many addresses and hides nothing. */
const ESCAPES_MIN = 2;
const ASCII_END = 0x80;

export function createEncodedFinder(find: Finder): Finder {
  return (text) => {
    const spans: Span[] = [];
    if (!text.includes('%')) return spans;
    let done = 0;
    escaped.lastIndex = 0;
    for (let hit = escaped.exec(text); hit !== null; hit = escaped.exec(text)) {
      const run = runAround(text, hit.index, done);
      done = run.end;
      const piece = text.slice(run.start, run.end);
      if (telling.test(piece) && (piece.match(escaped)?.length ?? 0) >= ESCAPES_MIN) {
        const { plain, placeOf } = decoded(piece);
        for (const span of find(plain))
          spans.push({
            ...span,
            start: run.start + placeOf(span.start),
            end: run.start + placeOf(span.end),
          });
      }
      escaped.lastIndex = done;
    }
    return spans;
  };
}

/** What stands around `at` without a blank or a quote, not before `from`, and bounded. */
function runAround(text: string, at: number, from: number): { start: number; end: number } {
  let start = at;
  while (start > from && at - start < RUN_CHARS && !isBreak(text, start - 1)) start--;
  let end = at + 3;
  while (end < text.length && end - start < RUN_CHARS && !isBreak(text, end)) end++;
  if (end - start < RUN_CHARS) return { start, end };
  const cut = text.slice(start, end).search(cuts);
  return { start, end: cut > 0 && start + cut > at ? start + cut : end };
}

/** Asked of each character of a run, so those of ASCII are in a table. */
const breaksOfAscii = Array.from({ length: 128 }, (_, code) => breaks.test(String.fromCharCode(code)));

function isBreak(text: string, at: number): boolean {
  return breaksOfAscii[text.charCodeAt(at)] ?? breaks.test(text.charAt(at));
}

/** `piece` with its escapes of ASCII undone, and where a place of that stands in it. */
function decoded(piece: string): { readonly plain: string; readonly placeOf: (at: number) => number } {
  const parts: string[] = [];
  /** Where each escape stands in the plain text. */
  const undone: number[] = [];
  let done = 0;
  escaped.lastIndex = 0;
  for (const { index } of piece.matchAll(escaped)) {
    const code = Number.parseInt(piece.slice(index + 1, index + 3), 16);
    if (code >= ASCII_END) continue;
    parts.push(piece.slice(done, index), String.fromCharCode(code));
    undone.push(index - 2 * undone.length);
    done = index + 3;
  }
  parts.push(piece.slice(done));
  return { plain: parts.join(''), placeOf: (at) => at + 2 * countBelow(undone, at) };
}

/** How many of `sorted` are below `limit`. */
function countBelow(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
