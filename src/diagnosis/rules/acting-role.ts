// What is said of the role that starts a task, whatever it was needed for: that there is none, that it is not known, that it may.

import type { Finding } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import type { Permission } from '../facts/permission.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import type { StartRole } from '../facts/start-role.ts';
import { lookUp, noResources, untold } from '../resources.ts';
import { remedyOf, type Weighed } from './refused.ts';
import { found, type Judgement } from './rule.ts';
import { couldNotStart, quoted, subjectOf } from './start-rule.ts';

/** A task that needs a role, of a definition that names none, on Fargate or on a host that has none either. */
export function noRole(
  facts: Facts,
  start: StartFailure,
  { actor, reads }: { readonly actor: StartRole; readonly reads: string },
): Judgement | undefined {
  const { definition, revision, observed } = start.task;
  if (actor.from === 'bare' && actor.at !== undefined) {
    const host = observed.value.containerInstanceArn?.split('/').at(-1) ?? '';
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: container instance ${host.slice(0, 8)} has no instance profile with a role.`,
      explanation: `${revision} names no execution role, so the host reads ${reads} with its own role, and its machine has no instance profile, or one without a role. ${couldNotStart(start)} Attach an instance profile, or register a revision with executionRoleArn; roles are never changed from here.`,
      evidence: [actor.at, ...start.evidence],
      culprits: [observed.value.containerInstanceArn ?? host],
    });
  }
  if (definition === undefined) return undefined;
  return found({
    verdict: 'proven',
    title: `${subjectOf(facts)}: ${revision} names no execution role.`,
    explanation: `Fargate reads ${reads} with the execution role of the task definition, and this one has none. Register a revision with executionRoleArn.`,
    evidence: [below(definition, ''), ...start.evidence],
    culprits: [revision],
  });
}

type Gap = Finding['cannotVerify'][number];

/** With what keeps the role of the start's host from being known; without a start, the role is known. */
export function withRole(
  known: readonly Gap[],
  { bundle }: Pick<Facts, 'bundle'>,
  start: StartFailure | undefined,
): Gap[] {
  if (start === undefined) return [...known];
  const host = start.task.observed.value.containerInstanceArn ?? '';
  const look = lookUp((bundle.resources ?? noResources).hostRoles, host);
  const gaps = look.state === 'unseen' ? untold(look.gaps) : [];
  return [
    ...known,
    ...(gaps.length > 0
      ? gaps
      : [{ what: 'which role the container instance has', missingAction: 'iam:ListInstanceProfiles' }]),
  ];
}

/** What to do about a permission that is missing for sure; else AWS's own words. */
export function whatToDo(weighed: Weighed, start: StartFailure): string {
  return weighed.verdict === 'proven' ? `${couldNotStart(start)} ${remedyOf(weighed)}` : quoted(start);
}

export function allowedSentence(permissions: readonly Permission[]): string {
  return permissions[0]?.because ?? 'The role may read it.';
}
