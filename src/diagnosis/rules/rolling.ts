// What is said of a service that moves on without a failure: a deployment, or more tasks of the revision that is in place.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { runsOnHosts, waitsForHost } from '../facts/further.ts';
import type { Rollback } from '../facts/rollback.ts';
import { counted, distinctRefs, type Found } from './rule.ts';

interface Rolling {
  readonly counts: string;
  readonly evidence: Found['evidence'];
  readonly told: string;
  readonly back: Rollback | undefined;
}

/** A deployment or a scale-out that moves on; only likely well while tasks wait for a host that is not there yet. */
export function rolling(facts: Facts, { counts, evidence, told, back }: Rolling): Found {
  const { service } = facts;
  const revision = service.primary?.revision ?? 'the new revision';
  const waiting = runsOnHosts(facts) ? facts.tasks.filter(waitsForHost) : [];
  // More tasks of a revision that is in place are no deployment.
  const grows = back === undefined && service.primary?.rolloutState === 'COMPLETED';
  const isUnseen = facts.bundle.tasks.gaps.some(({ kind }) => kind !== 'unread');
  const replaced =
    facts.failed.length > 0
      ? 'one that did not start was replaced'
      : isUnseen
        ? 'whether tasks failed could not be read'
        : undefined;
  const hosts =
    waiting.length === 0
      ? 'Nothing has to be done but wait for it.'
      : `${counted(waiting.length, 'task')} ${waiting.length === 1 ? 'waits' : 'wait'} in PROVISIONING for a host of the capacity provider. Whether one comes is not known yet: a new host takes a few minutes, so look again then.`;
  return {
    verdict: waiting.length === 0 ? 'proven' : 'likely',
    title: grows
      ? `${service.name} starts more tasks: ${counts}, and ${replaced ?? 'none has failed'}.`
      : `${service.name} is being ${back === undefined ? 'deployed' : 'rolled back'}: ${counts}, and ${replaced ?? `no task ${back === undefined ? 'has failed' : `of ${back.to} has failed`}`}.`,
    explanation: grows
      ? `The deployment of ${revision} is complete, and ECS brings the number of tasks up. ${hosts}`
      : `The deployment of ${revision} is in progress${isUnseen ? ', and ECS counts no failed task of it' : ''}. ${hosts}${told}`,
    evidence: distinctRefs([
      ...evidence,
      ...waiting.slice(0, 2).map(({ observed }) => below(observed, '.lastStatus')),
      ...(back?.evidence ?? []),
    ]),
  };
}
