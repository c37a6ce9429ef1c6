// What happened around a finding, read from a diagnosis. It comes from a node, so what has another shape is left out.

/** One moment of what happened, oldest first in its list. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly what: string;
  /** Evidence id; empty when the answer named none. */
  readonly evidence: string;
}

const MOMENTS_MAX = 12;
const WHAT_CHARS = 400;

/** The newest moments of a tool output; empty when it tells of none. */
export function storyOf(output: unknown): Moment[] {
  const timeline =
    typeof output === 'object' && output !== null && 'timeline' in output ? output.timeline : undefined;
  return Array.isArray(timeline) ? timeline.flatMap(momentOf).slice(-MOMENTS_MAX) : [];
}

function momentOf(value: unknown): Moment[] {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('what' in value)) return [];
  const { at, what } = value;
  const evidence = 'evidence' in value && typeof value.evidence === 'string' ? value.evidence : '';
  const atMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs) || typeof what !== 'string' || what === '') return [];
  return [{ atMs, what: what.slice(0, WHAT_CHARS), evidence }];
}
