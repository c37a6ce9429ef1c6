// Which role acts when a task starts: the one AWS's refusal names, else the execution role of the task definition; on EC2 without one, the
// role of the instance. It is the wrong one to look at more often than not, so it is worked out in one place.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle } from '../evidence.ts';
import { lookUp, noResources } from '../resources.ts';
import { type Refusal, refusalIn } from './refusal.ts';
import type { StartFailure } from './start-failure.ts';
import type { TaskFacts } from './tasks.ts';

export interface StartRole {
  /** ARN, or a bare name when only a session of it was named; undefined when nobody knows it. */
  readonly role: string | undefined;
  /** `none`: the definition names none and Fargate has no other; `bare`: AWS says that the host has none either. */
  readonly from: 'refusal' | 'execution' | 'instance' | 'bare' | 'none';
  readonly at: EvidenceRef | undefined;
}

/** The role that pulls, reads secrets and opens log streams for a task; with the evidence also that of its host. */
export function startRole(start: StartFailure, bundle?: EvidenceBundle): StartRole {
  const refusal = refusalIn(start.whole);
  const execution = executionRole(start.task);
  const { definition } = start.task;
  if (refusal?.roleName !== undefined && refusal.roleName !== execution?.split('/').at(-1))
    return { role: arnOfRefused(refusal), from: 'refusal', at: start.evidence[0] };
  if (execution !== undefined)
    return {
      role: execution,
      from: 'execution',
      at: definition === undefined ? undefined : below(definition, '.executionRoleArn'),
    };
  if (!onHost(start.task)) return { role: undefined, from: 'none', at: undefined };
  const host = start.task.observed.value.containerInstanceArn ?? '';
  const look = lookUp((bundle?.resources ?? noResources).hostRoles, host);
  if (look.state === 'there') return { role: look.thing, from: 'instance', at: look.at };
  return look.state === 'absent'
    ? { role: undefined, from: 'bare', at: look.at }
    : { role: undefined, from: 'instance', at: undefined };
}

/** What people call the role in a sentence. */
export function roleWords({ role, from }: StartRole): string {
  const name = role?.split('/').at(-1);
  if (from === 'none' || from === 'bare') return 'no role at all';
  if (from === 'instance' || name === undefined)
    return name === undefined ? 'the role of the container instance' : `the instance role ${name}`;
  return from === 'execution' ? `the execution role ${name}` : `role ${name}`;
}

export function executionRole(task: TaskFacts): string | undefined {
  const arn = task.observed.value.overrides?.executionRoleArn ?? task.definition?.value.executionRoleArn;
  return arn === undefined || arn === '' ? undefined : arn;
}

/** Undefined when the task has none, which is something else than one that may do nothing. */
export function taskRole(task: TaskFacts): string | undefined {
  const arn = task.observed.value.overrides?.taskRoleArn ?? task.definition?.value.taskRoleArn;
  return arn === undefined || arn === '' ? undefined : arn;
}

export function onHost(task: TaskFacts): boolean {
  const { launchType, containerInstanceArn, capacityProviderName } = task.observed.value;
  if (launchType === 'FARGATE' || /^FARGATE/.test(capacityProviderName ?? '')) return false;
  return containerInstanceArn !== undefined || launchType === 'EC2' || launchType === 'EXTERNAL';
}

/** The ARN IAM gave for a role of that name, where the role was read. */
export function knownArn(bundle: EvidenceBundle, role: string): string {
  const look = lookUp((bundle.resources ?? noResources).roles, role.split('/').at(-1) ?? role);
  return look.state === 'there' ? (look.thing.Arn ?? role) : role;
}

/** A session says nothing about the path of its role, and most roles have none. */
function arnOfRefused(refusal: Refusal): string {
  return refusal.account === undefined
    ? (refusal.roleName ?? '')
    : `arn:aws:iam::${refusal.account}:role/${refusal.roleName}`;
}
