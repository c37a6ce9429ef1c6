// The one thing that differs between the revision that fails and the one that runs. With exactly one difference people need no list; with more,
// naming one of them would be a guess. It is what changed, and not yet a cause: a service can also break around a change.

import type { CauseClass, EvidenceRef } from '../../contract/finding.ts';
import type { Difference } from '../compare/difference.ts';
import { compareRevisions } from '../compare/revisions.ts';
import { below } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import type { Facts } from './facts.ts';
import { workingRevision } from './revisions.ts';

export interface OneDifference {
  readonly sentence: string;
  readonly evidence: readonly EvidenceRef[];
}

/** Causes a revision brings with it; a gate that is shut is shut for every revision. */
const OF_A_REVISION: ReadonlySet<CauseClass> = new Set([
  'unknown',
  'image-not-found',
  'platform-mismatch',
  'secret-reference-invalid',
  'log-group-missing',
  'log-pipeline-failure',
  'invalid-task-definition',
  'entrypoint-invalid',
  'app-config-error',
  'app-clean-exit',
  'oom-killed',
  'native-crash',
  'container-dependency-failed',
  'slow-start-grace',
  'app-bind-address',
  'container-healthcheck-invalid',
  'lb-healthcheck-misconfig',
  'insufficient-cluster-resources',
  'placement-constraint-unmet',
]);
/** Causes that lie in one kind of setting: that something else was changed explains nothing of them. */
const OF_A_KIND: Partial<Record<CauseClass, readonly Difference['kind'][]>> = {
  'image-not-found': ['image'],
  'secret-reference-invalid': ['secret', 'role'],
  'log-group-missing': ['logging'],
};
const VALUE_CHARS = 120;

/** The difference, when the newest revision fails, an older one runs, and exactly one thing is not the same. */
export function oneDifference(facts: Facts, cause: CauseClass): OneDifference | undefined {
  const { service, failed, bundle } = facts;
  const { primary } = service;
  if (!OF_A_REVISION.has(cause) || primary === undefined || primary.running > 0) return undefined;
  const [newest] = failed;
  if (newest === undefined || failed.some(({ revision }) => revision !== primary.revision)) return undefined;
  const earlier = workingRevision(facts, newest);
  const after = bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === primary.taskDefinitionArn,
  );
  if (earlier === undefined || after === undefined) return undefined;
  const { differences } = compareRevisions(earlier.definition, after);
  const [only] = differences;
  if (only === undefined || differences.length > 1) return undefined;
  if (OF_A_KIND[cause]?.includes(only.kind) === false) return undefined;
  const value = (text: string) => tidy(text, VALUE_CHARS);
  return {
    sentence: `The one difference between ${earlier.revision}, which runs, and ${primary.revision} is ${only.what}: ${value(only.before)} before, ${value(only.after)} now.`,
    evidence: [below(earlier.definition, ''), below(after, '')],
  };
}
