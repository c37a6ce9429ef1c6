// Stage three of an investigation: the logs of failed containers, the VPC, and what the environment names as destinations, all at once.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, NetworkEvidence, Observed } from '../../src/diagnosis/evidence.ts';
import { namedDestinations } from '../../src/diagnosis/facts/environment.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { hasRun } from '../../src/diagnosis/facts/further.ts';
import { vpcIdOf } from '../../src/diagnosis/facts/host-place.ts';
import { workingRevision } from '../../src/diagnosis/facts/revisions.ts';
import type { ContainerFacts, StoppedGroup, TaskFacts } from '../../src/diagnosis/facts/tasks.ts';
import type { CollectOptions } from './collect.ts';
import { readDatabases } from './collect-databases.ts';
import { type LogPlace, type LogRead, logPlace, readLog } from './collect-logs.ts';
import { readGroups, readGroupsOfVpc, readSubnetsOfVpc, readVpc, withGroups } from './collect-network.ts';
import { next } from './staged.ts';

/** Lines of each log that are looked at. */
const LOG_LINES = 300;
/** Failed tasks whose logs are read; the newest of each group of equal failures. */
const LOGS_MAX = 4;

export interface AroundOptions extends CollectOptions {
  /** Whether ways through the network matter; if not, only the groups of the service are read. */
  readonly paths: boolean;
}

/** The network around the tasks behind `current`, and where the destinations may be that they name. */
export async function readAround(
  aws: Aws,
  current: Facts,
  options: AroundOptions,
): Promise<Partial<NetworkEvidence>> {
  const { network } = current.bundle;
  const own = current.service.securityGroups;
  const isOwnUnread = network.securityGroups.gaps.some((gap) => gap.kind === 'unread');
  const readOwn = async () => (isOwnUnread && own.length > 0 ? readGroups(aws, own) : undefined);
  if (!options.paths) {
    const securityGroups = await readOwn();
    return securityGroups === undefined ? {} : { securityGroups };
  }
  const vpcId = vpcIdOf(current.bundle);
  // What never ran has tried none of the destinations it names.
  const ran = options.question !== undefined || hasRun(current);
  const hostnames = current.starts.some(({ reply }) => reply === 'dns');
  const isPlaceless = network.subnets.gaps.some((gap) => gap.kind === 'unread');
  const [vpc, groups, databases, subnets] = await Promise.all([
    vpcId === undefined ? {} : readVpc(aws, { vpcId, groups: own, interfaces: ran, hostnames }),
    // Which groups stand at the far end is known only when these answers are; all of the VPC come in one.
    vpcId === undefined ? readOwn() : readGroupsAround(aws, vpcId, own),
    ran ? readDatabases(aws, environmentHosts(current), network) : undefined,
    // A service without network configuration names no subnet.
    vpcId === undefined || !isPlaceless ? undefined : readSubnetsOfVpc(aws, vpcId),
  ]);
  return {
    ...vpc,
    ...(groups === undefined ? {} : { securityGroups: groups }),
    ...(databases === undefined ? {} : { databases }),
    ...(subnets === undefined ? {} : { subnets }),
  };
}

/** All groups of the VPC, and those of the tasks that are not among them: gone, of another VPC, or past the end of the list. */
async function readGroupsAround(aws: Aws, vpcId: string, own: readonly string[]) {
  const around = await readGroupsOfVpc(aws, vpcId);
  const mine = await withGroups(next(aws), around, own);
  return {
    items: [...new Set([...around.items, ...mine.items])],
    gaps: [...new Set([...around.gaps, ...mine.gaps])],
  };
}

/** The logs of failed containers, unless the question does not need them. */
export async function readLogs(
  aws: Aws,
  facts: Facts,
  { logs }: CollectOptions,
): Promise<Pick<EvidenceBundle, 'logs' | 'logPresence' | 'logGaps' | 'workingLogs'>> {
  if (logs === false) return logEvidence([]);
  const read = (places: readonly LogPlace[]) =>
    Promise.all(places.map((place) => readLog(aws, place, LOG_LINES)));
  const [failed, working] = await Promise.all([read(logPlaces(facts)), read(workingPlaces(facts))]);
  const seen = working.flatMap(({ log }) => log ?? []);
  return { ...logEvidence(failed), ...(seen.length === 0 ? {} : { workingLogs: seen }) };
}

function logEvidence(reads: readonly LogRead[]): Pick<EvidenceBundle, 'logs' | 'logPresence' | 'logGaps'> {
  return {
    logs: reads.flatMap((read) => (read.log === undefined ? [] : [read.log])),
    logPresence: reads.flatMap((read) => (read.presence === undefined ? [] : [read.presence])),
    logGaps: reads.flatMap((read) => (read.gap === undefined ? [] : [read.gap])),
  };
}

/** Hosts that the newest revision names. */
export function environmentHosts(facts: Facts): string[] {
  return destinationsNamed(facts).map((named) => named.host);
}

function destinationsNamed(facts: Facts): ReturnType<typeof namedDestinations> {
  return facts.bundle.taskDefinitions.items
    .filter(({ value }) => value.taskDefinitionArn === facts.service.primary?.taskDefinitionArn)
    .flatMap((definition) => containersOf(definition))
    .flatMap((container) => namedDestinations(container));
}

function containersOf(definition: Observed<Ecs.TaskDefinition>): Observed<Ecs.ContainerDefinition>[] {
  return (definition.value.containerDefinitions ?? []).map((value, index) => ({
    value,
    at: { id: definition.at.id, path: `${definition.at.path}.containerDefinitions[${index}]` },
  }));
}

/** Logs worth reading: of each kind of failure the newest task, of it the container that failed first. */
function logPlaces(facts: Facts): LogPlace[] {
  const failed = new Set(facts.failed);
  const newest = facts.stopped
    .filter((group) => group.tasks.some((task) => failed.has(task)))
    .flatMap((group) => [group.newest, ...longestLived(group, failed)])
    .filter(mayHaveLogged);
  const sick = facts.tasks.filter((task) => !task.stopped && task.healthStatus === 'UNHEALTHY').slice(0, 1);
  return [...newest, ...sick].slice(0, LOGS_MAX).flatMap((task) => placesOf(task, facts.bundle.region));
}

/** Of a task that runs beside those whose own check fails: what it logs when the same check asks it. */
function workingPlaces(facts: Facts): LogPlace[] {
  const killed = facts.failed.find(({ kind }) => kind === 'container-health');
  const working = killed === undefined ? undefined : workingRevision(facts, killed);
  const task = facts.tasks.find(
    ({ stopped, lastStatus, revision }) =>
      !stopped && lastStatus === 'RUNNING' && revision === working?.revision,
  );
  return task === undefined ? [] : placesOf(task, facts.bundle.region).slice(0, 1);
}

/** The newest lines of one running task of a service that seems well, the one that has run longest of its newest deployment. */
export async function readRunningLog(
  aws: Aws,
  facts: Facts,
): Promise<Pick<EvidenceBundle, 'runningLogs' | 'logGaps'>> {
  const running = facts.tasks.filter(
    ({ stopped, ofPrimary, lastStatus }) => !stopped && ofPrimary && lastStatus === 'RUNNING',
  );
  const [task] = [...running].sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0));
  const [place] = task === undefined ? [] : servingPlaces(task, facts);
  if (place === undefined) return { logGaps: [] };
  const { log, gap } = await readLog(aws, place, LOG_LINES);
  return { ...(log === undefined ? {} : { runningLogs: [log] }), logGaps: gap === undefined ? [] : [gap] };
}

/** The container behind the load balancer first, then those without which the task ends. */
function servingPlaces(task: TaskFacts, { service, bundle }: Facts): LogPlace[] {
  const balanced = new Set(
    (service.observed.value.loadBalancers ?? []).map(({ containerName }) => containerName),
  );
  const order = ({ name, definition }: ContainerFacts) =>
    balanced.has(name) ? 0 : definition?.value.essential === false ? 2 : 1;
  const own = task.containers.filter(({ injected, definition }) => !injected && definition !== undefined);
  return [...own]
    .sort((a, b) => order(a) - order(b))
    .flatMap(({ definition }) =>
      definition === undefined ? [] : logPlace(task, definition.value, bundle.region),
    )
    .flatMap((place) => ('problem' in place ? [] : [place]));
}

/** A start that failed before any container of its own ran has written no line. */
function mayHaveLogged({ kind, startedAtMs, containers }: TaskFacts): boolean {
  return (
    kind !== 'start' || startedAtMs !== undefined || containers.some(({ exitCode }) => exitCode !== undefined)
  );
}

/** Of tasks that a health check ended, the one that lived longest may have become ready before its end. */
function longestLived({ kind, newest, tasks }: StoppedGroup, failed: ReadonlySet<TaskFacts>): TaskFacts[] {
  if (kind !== 'elb-health' && kind !== 'container-health') return [];
  const lived = (task: TaskFacts) => (task.stoppedAtMs ?? 0) - (task.startedAtMs ?? task.stoppedAtMs ?? 0);
  const [longest] = [...tasks].filter((task) => failed.has(task)).sort((a, b) => lived(b) - lived(a));
  return longest === undefined || longest === newest ? [] : [longest];
}

function placesOf(task: TaskFacts, region: string): LogPlace[] {
  const own = task.containers.filter(
    (container) => !container.injected && container.definition !== undefined,
  );
  // What a container waits for has run before it, and says why it never came.
  const awaited = new Set(
    task.kind === 'start'
      ? (task.culprit?.definition?.value.dependsOn ?? []).map(({ containerName }) => containerName)
      : [],
  );
  const place = (one: ContainerFacts) => (awaited.has(one.name) ? 2 : one === task.culprit ? 1 : 0);
  const ordered = [...own].sort((a, b) => place(b) - place(a));
  return ordered.slice(0, 2).flatMap((container) => {
    const place =
      container.definition === undefined ? undefined : logPlace(task, container.definition.value, region);
    return place === undefined || 'problem' in place ? [] : [place];
  });
}
