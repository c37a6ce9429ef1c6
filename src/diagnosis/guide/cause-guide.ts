// What each cause is, how it shows, what proves it and what cures it, for the reference page and for people who wonder about a verdict.
// `explain/cause-table.ts` says where to look by hand; a test holds the two and the rules together.

import type { CauseClass } from '../../contract/finding.ts';
import { runtimeCauses } from './runtime-causes.ts';
import { startCauses } from './start-causes.ts';

export interface CauseGuide {
  /** The group of the taxonomy, as a heading. */
  readonly group: string;
  /** What it is, one sentence. */
  readonly what: string;
  /** How it shows: the words of AWS and of applications, and what it is mistaken for. */
  readonly recognise: string;
  /** The state that proves it, or why no state can; then it is `likely` at best. */
  readonly proof: string;
  readonly fix: string;
}

/** A cause as it is written down: what, recognise, proof, fix. */
export type GuideRow = readonly [what: string, recognise: string, proof: string, fix: string];

/** Every class that is a cause; `healthy` and `unknown` are outcomes. */
export type Cause = Exclude<CauseClass, 'healthy' | 'unknown'>;

/** The guide to every cause, in the order of the taxonomy. */
export const causeGuide: Readonly<Record<Cause, CauseGuide>> = {
  ...inGroup('Network', startCauses.network),
  ...inGroup('IAM', startCauses.iam),
  ...inGroup('Image', startCauses.image),
  ...inGroup('Configuration', startCauses.configuration),
  ...inGroup('Storage', startCauses.storage),
  ...inGroup('Container', runtimeCauses.container),
  ...inGroup('Health', runtimeCauses.health),
  ...inGroup('Placement', runtimeCauses.placement),
  ...inGroup('Deployment', runtimeCauses.deployment),
  ...inGroup('Runtime', runtimeCauses.runtime),
};

/** True when no state of the account proves the cause. */
export function isBeyondProof({ proof }: Pick<CauseGuide, 'proof'>): boolean {
  return proof.startsWith('Not provable');
}

function inGroup<K extends Cause>(
  group: string,
  rows: Readonly<Record<K, GuideRow>>,
): Readonly<Record<K, CauseGuide>> {
  const entries = Object.entries<GuideRow>(rows).map(([name, [what, recognise, proof, fix]]) => [
    name,
    { group, what, recognise, proof, fix },
  ]);
  // The keys are those of `rows`; Object.fromEntries forgets them.
  return Object.fromEntries(entries) as Readonly<Record<K, CauseGuide>>;
}
