// One difference between two things of a kind, and how two values are put beside each other. Values of environment variables are compared and
// never shown.

import type { EvidenceRef } from '../../contract/finding.ts';

export const differenceKinds = [
  'image',
  'environment',
  'secret',
  'size',
  'role',
  'network',
  'health check',
  'logging',
  'command',
  'storage',
  'placement',
  'time',
  'other',
] as const;

export interface Difference {
  readonly kind: (typeof differenceKinds)[number];
  /** What differs, such as "container web, image". */
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** A difference together with the two objects it was read from. */
export interface Compared {
  readonly differences: readonly Difference[];
  readonly before: EvidenceRef;
  readonly after: EvidenceRef;
}

const SHOWN_CHARS = 300;

/** A value as text: "none" when there is none, JSON for what is no text. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (Array.isArray(value) && value.length === 0) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS - 1)}…`;
}

/** Equal also when members stand in another order, and when one side leaves out what the other has empty. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const entries = Object.entries(member).filter(([, one]) => one !== undefined && one !== null);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
