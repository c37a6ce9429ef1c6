// A piece of a text that is a secret, and how pieces found by different rules are put together.

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** `spans` in order and without overlaps; of two that overlap, the whole extent is kept under the name of the longer. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) {
      const longer = span.end - span.start > last.end - last.start ? span : last;
      merged[merged.length - 1] = { start: last.start, end: span.end, kind: longer.kind };
    }
  }
  return merged;
}

/** What of `spans` lies outside of `holes`; both in order and without overlaps. */
export function subtractSpans(
  spans: readonly Span[],
  holes: readonly { readonly start: number; readonly end: number }[],
): Span[] {
  if (holes.length === 0) return [...spans];
  const rest: Span[] = [];
  let next = 0;
  for (const span of spans) {
    let start = span.start;
    while (next < holes.length && (holes[next]?.end ?? 0) <= start) next++;
    for (let i = next; i < holes.length; i++) {
      const hole = holes[i];
      if (hole === undefined || hole.start >= span.end) break;
      if (hole.start > start) rest.push({ ...span, start, end: hole.start });
      start = Math.max(start, hole.end);
    }
    if (start < span.end) rest.push({ ...span, start });
  }
  return rest;
}
