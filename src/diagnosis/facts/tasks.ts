// Facts about tasks: what became of each, which of its containers failed first, and stopped tasks grouped by what they share.
// A reason outranks an exit code, containers that AWS injects never count as the cause by their position, and a task
// that the service stopped on purpose is no failure.

import type * as Ecs from '@aws-sdk/client-ecs';
import { below, type EvidenceBundle, type Observed } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { firstFailed, lastHeardOf, SIGNALLED } from './first-failed.ts';
import { revisionOf, type ServiceFacts } from './service.ts';

export type StopKind =
  | 'container-health'
  | 'elb-health'
  | 'start'
  | 'exit'
  | 'scheduled'
  | 'user'
  | 'infrastructure'
  | 'other';

export interface ContainerFacts {
  readonly name: string;
  /** Undefined when the task definition was not seen. */
  readonly essential: boolean | undefined;
  /** Added by AWS (service mesh proxy, GuardDuty agent, pause), not by the task definition. */
  readonly injected: boolean;
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly healthStatus: string | undefined;
  readonly definition: Observed<Ecs.ContainerDefinition> | undefined;
  readonly observed: Observed<Ecs.Container>;
}

export interface TaskFacts {
  readonly observed: Observed<Ecs.Task>;
  readonly arn: string;
  /** The last part of the ARN, which is also the last part of its log streams. */
  readonly id: string;
  readonly lastStatus: string;
  readonly stopped: boolean;
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly kind: StopKind;
  /** Stopped, and not because somebody or the scheduler wanted fewer tasks. */
  readonly failed: boolean;
  readonly revision: string;
  /** Started by the deployment that is being rolled out. */
  readonly ofPrimary: boolean;
  readonly definition: Observed<Ecs.TaskDefinition> | undefined;
  readonly containers: readonly ContainerFacts[];
  /** The container that failed first, when one can be told. */
  readonly culprit: ContainerFacts | undefined;
  readonly subnetId: string | undefined;
  readonly networkInterface: string | undefined;
  readonly address: string | undefined;
  readonly zone: string | undefined;
  readonly healthStatus: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly stoppedAtMs: number | undefined;
}

export interface StoppedGroup {
  /** What they share, with ids and numbers taken out of the reason. */
  readonly reason: string;
  readonly kind: StopKind;
  readonly revision: string;
  readonly count: number;
  readonly subnets: readonly string[];
  readonly zones: readonly string[];
  readonly newest: TaskFacts;
  readonly tasks: readonly TaskFacts[];
}

/** Facts of every task that was seen, running and stopped. */
export function taskFacts(bundle: EvidenceBundle, service: ServiceFacts): TaskFacts[] {
  return bundle.tasks.items.map((observed) => oneTask(observed, bundle, service));
}

/** Failed tasks grouped by normalised reason and revision, newest group first. */
export function stoppedGroups(tasks: readonly TaskFacts[]): StoppedGroup[] {
  const groups = new Map<string, TaskFacts[]>();
  for (const task of tasks) {
    if (!task.stopped) continue;
    const key = JSON.stringify([task.kind, normalisedReason(task), task.revision]);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  const listed = [...groups.values()].flatMap((members) => {
    const sorted = newestFirst(members);
    const newest = sorted[0];
    if (newest === undefined) return [];
    return [
      {
        reason: normalisedReason(newest),
        kind: newest.kind,
        revision: newest.revision,
        count: sorted.length,
        subnets: distinct(sorted.map((task) => task.subnetId)),
        zones: distinct(sorted.map((task) => task.zone)),
        newest,
        tasks: sorted,
      },
    ];
  });
  return listed.sort((a, b) => (b.newest.stoppedAtMs ?? 0) - (a.newest.stoppedAtMs ?? 0));
}

/** By the moment they stopped, or were made when they have not stopped. */
export function newestFirst(tasks: readonly TaskFacts[]): TaskFacts[] {
  return [...tasks].sort(
    (a, b) => (b.stoppedAtMs ?? b.createdAtMs ?? 0) - (a.stoppedAtMs ?? a.createdAtMs ?? 0),
  );
}

/** The reason without what differs from task to task: ids, digests, counts, addresses. */
export function normalisedReason(task: TaskFacts): string {
  const text = task.stoppedReason === '' ? (task.culprit?.reason ?? '') : task.stoppedReason;
  return tidy(
    text
      .replace(/\b[0-9a-f]{32}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|sha256:[0-9a-f]{16,}/g, '…')
      .replace(/\bretried \d+ time/g, 'retried N time'),
    300,
  );
}

/** AWS's words when the host or the capacity under a task went away. */
const TAKEN_BACK =
  /\bspot\b.*(?:interrupt|terminat|reclaim)|host ec2 .*(?:stopped|terminat)|performing maintenance on the underlying|task retire|scheduled for (?:maintenance|retirement)|container instance .*(?:deregistered|terminated)/i;

/** Reads what a stop means from its code and reason together; either may be missing. */
export function stopKindOf(stopCode: string, reason: string): StopKind {
  if (/failed container health checks/i.test(reason)) return 'container-health';
  if (/failed ELB health checks|unhealthy in .*target-group/i.test(reason)) return 'elb-health';
  if (TAKEN_BACK.test(reason)) return 'infrastructure';
  switch (stopCode) {
    case 'TaskFailedToStart':
      return 'start';
    case 'EssentialContainerExited':
      return 'exit';
    case 'UserInitiated':
      return 'user';
    case 'SpotInterruption':
    case 'TerminationNotice':
      return 'infrastructure';
    case 'ServiceSchedulerInitiated':
      return 'scheduled';
    default:
      return kindFromText(reason);
  }
}

function kindFromText(reason: string): StopKind {
  if (
    /^\s*(?:CannotPull|ResourceInitialization|CannotStart|CannotCreate|TaskFailedToStart|DockerTimeout|ContainerRuntime|EssentialContainerFailedToStart)|unable to pull secrets|unexpected EC2 error|network interface provisioning|unused device index/i.test(
      reason,
    )
  )
    return 'start';
  if (/essential container|OutOfMemoryError/i.test(reason)) return 'exit';
  if (/scaling activity initiated|deployment .{0,60}(?:initiated|replaced)/i.test(reason)) return 'scheduled';
  if (/task stopped by|stopped by user/i.test(reason)) return 'user';
  return 'other';
}

/** Where code and reason of the task were left out, its containers still show whether it started and how it ended. */
function kindFromContainers(task: Ecs.Task): StopKind {
  const containers = task.containers ?? [];
  const told = containers.map(({ reason = '' }) => kindFromText(reason)).find((kind) => kind !== 'other');
  if (told !== undefined) return told;
  const ended = containers.some(({ exitCode }) => exitCode !== undefined && !SIGNALLED.has(exitCode));
  return ended ? 'exit' : 'other';
}

function oneTask(observed: Observed<Ecs.Task>, bundle: EvidenceBundle, service: ServiceFacts): TaskFacts {
  const task = observed.value;
  const definition = bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === task.taskDefinitionArn,
  );
  const stopCode = task.stopCode ?? '';
  const stoppedReason = task.stoppedReason ?? '';
  const stopped = task.lastStatus === 'STOPPED' || task.stoppedAt !== undefined;
  const stated = stopKindOf(stopCode, stoppedReason);
  const kind = stated === 'other' && stopped ? kindFromContainers(task) : stated;
  const containers = (task.containers ?? []).map((container, index) =>
    oneContainer({ value: container, at: below(observed, `.containers[${index}]`) }, definition),
  );
  const attachment = task.attachments?.find(
    (item) => item.type === 'ElasticNetworkInterface' || item.type === 'eni',
  );
  const detail = (name: string): string | undefined =>
    attachment?.details?.find((item) => item.name === name)?.value;
  return {
    observed,
    arn: task.taskArn ?? '',
    id: (task.taskArn ?? '').split('/').at(-1) ?? '',
    lastStatus: task.lastStatus ?? '',
    stopped,
    stopCode,
    stoppedReason,
    kind,
    failed: stopped && kind !== 'scheduled' && kind !== 'user',
    revision: revisionOf(task.taskDefinitionArn ?? ''),
    ofPrimary: service.primary !== undefined && isOfDeployment(task, service.primary),
    definition,
    containers,
    culprit: stopped ? firstFailed(containers, kind, lastHeardOf(bundle, task.taskArn)) : undefined,
    subnetId: detail('subnetId'),
    networkInterface: detail('networkInterfaceId'),
    address: detail('privateIPv4Address'),
    zone: task.availabilityZone,
    healthStatus: task.healthStatus,
    createdAtMs: task.createdAt?.getTime(),
    startedAtMs: task.startedAt?.getTime(),
    stoppedAtMs: task.stoppedAt?.getTime() ?? task.stoppingAt?.getTime(),
  };
}

function isOfDeployment(
  task: Ecs.Task,
  primary: { readonly id: string; readonly taskDefinitionArn: string },
): boolean {
  // Tasks of services name their deployment; without it the revision has to do.
  return task.startedBy?.startsWith('ecs-svc/') === true
    ? task.startedBy === primary.id
    : task.taskDefinitionArn === primary.taskDefinitionArn;
}

function oneContainer(
  observed: Observed<Ecs.Container>,
  definition: Observed<Ecs.TaskDefinition> | undefined,
): ContainerFacts {
  const { value } = observed;
  const name = value.name ?? '';
  const index =
    definition?.value.containerDefinitions?.findIndex((container) => container.name === name) ?? -1;
  const own = index === -1 ? undefined : definition?.value.containerDefinitions?.[index];
  return {
    name,
    essential: own === undefined ? undefined : (own.essential ?? true),
    injected:
      /^(aws-guardduty-agent|ecs-service-connect-|~internal~)/.test(name) ||
      (definition !== undefined && own === undefined),
    exitCode: value.exitCode,
    reason: value.reason ?? '',
    healthStatus: value.healthStatus,
    definition:
      own === undefined || definition === undefined
        ? undefined
        : { value: own, at: below(definition, `.containerDefinitions[${index}]`) },
    observed,
  };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
