// A score: signals that stand together in a text, and how strongly they point to which causes.

import type { CauseClass } from '../../../contract/finding.ts';
import type { SignalName } from '../signals/all-signals.ts';

export interface Score {
  readonly when: readonly SignalName[];
  readonly unless: readonly SignalName[];
  readonly points: readonly (readonly [CauseClass, number])[];
}

/** `points` go to each cause when all signals of `when` and none of `unless` are in the text. 0.6 and more can decide. */
export function score(
  when: readonly SignalName[],
  points: Readonly<Partial<Record<CauseClass, number>>>,
  unless: readonly SignalName[] = [],
): Score {
  // Object.entries forgets the keys' type; `points` is a literal of ours and holds causes only.
  return { when, unless, points: Object.entries(points) as [CauseClass, number][] };
}
