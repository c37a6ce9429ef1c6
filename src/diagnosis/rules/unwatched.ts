// Tasks that ECS counts as running and nobody reports about: the agents of the hosts below them are disconnected, so what ECS says of them
// is what it heard last. An agent reconnects several times an hour by itself, so the loss of one of several hosts is proven only where the
// machine behind it does not run.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { counted, type Found, listed } from './rule.ts';

const NAMED_MAX = 3;

interface LostHost {
  readonly host: Observed<Ecs.ContainerInstance>;
  readonly id: string;
  readonly machine: string;
  /** "stopped"; "gone" where EC2 does not know it; undefined while it runs or nobody could look. */
  readonly dead: string | undefined;
  readonly seen: readonly EvidenceRef[];
  readonly tasks: readonly TaskFacts[];
}

/** The finding for running tasks of which ECS only knows what it heard last; undefined when every host below them reports. */
export function unwatched(facts: Facts): Found | undefined {
  const { service } = facts;
  const under = hostsBelow(facts);
  const lost = under.flatMap((host) => lostHost(host, facts) ?? []);
  if (lost.length === 0) return undefined;
  const dead = lost.filter((one) => one.dead !== undefined);
  const all = lost.length === under.length;
  const tasks = lost.flatMap((one) => one.tasks);
  const sick = sickTargets(facts, lost);
  // Tasks that fail elsewhere are a story of their own.
  const isStory = facts.failed.length === 0 || sick.refs.length > 0;
  const ghosts = dead.flatMap((one) => one.tasks).length;
  return {
    verdict: isStory && (all || dead.length > 0) ? 'proven' : 'likely',
    title: all
      ? `ECS has lost contact with every host that runs tasks of ${service.name}.`
      : dead.length > 0
        ? `${counted(ghosts, 'task')} of ${service.name} that ECS counts as running ${ghosts === 1 ? 'is' : 'are'} on a host that does not run.`
        : `ECS does not know whether ${counted(tasks.length, 'task')} of ${service.name} still ${tasks.length === 1 ? 'runs' : 'run'}: the agent of the host is disconnected.`,
    explanation: `The agent of ${lost.length} of ${counted(under.length, 'host')} (${listed(lost.slice(0, NAMED_MAX).map(({ id }) => id))}) is disconnected.${machineText(lost)} ECS counts ${service.running} of ${service.desired} tasks as running because that is the last it heard: it does not see them fail, replaces none and can start none there.${sick.text}${stillHealthy(facts, sick)} ${advice(lost, dead)}`,
    evidence: [
      ...lost.slice(0, NAMED_MAX).flatMap((one) => [below(one.host, '.agentConnected'), ...one.seen]),
      ...sick.refs.slice(0, NAMED_MAX),
      below(service.observed, '.runningCount'),
    ],
    culprits: lost.slice(0, 10).map(({ id }) => id),
    ...(dead.length === lost.length ? {} : { cannotVerify: unseenMachines(facts) }),
  };
}

function machineText(lost: readonly LostHost[]): string {
  const parts = lost
    .slice(0, NAMED_MAX)
    .flatMap(({ machine, dead }) =>
      dead === undefined
        ? []
        : [` The machine ${machine} ${dead === 'gone' ? 'does not exist any more' : `is ${dead}`}.`],
    );
  return parts.join('');
}

function advice(lost: readonly LostHost[], dead: readonly LostHost[]): string {
  if (dead.length === lost.length)
    return `Start ${dead.length === 1 ? 'the machine' : 'the machines'} again or deregister the container ${dead.length === 1 ? 'instance' : 'instances'} by force, and ECS starts the tasks elsewhere.`;
  return 'An agent reconnects by itself within minutes; if it stays away, look whether the hosts run and reach ECS, and restart the agent or drain the host.';
}

/** Targets of the tasks that nobody reports about, as far as the load balancer finds them sick. */
function sickTargets({ bundle }: Facts, lost: readonly LostHost[]): { text: string; refs: EvidenceRef[] } {
  const ids = new Set(
    lost.flatMap(({ machine, tasks }) => [machine, ...tasks.map(({ address }) => address)]),
  );
  const sick = bundle.targetHealth.items.flatMap((group) =>
    group.value.targets.flatMap(({ Target, TargetHealth }, index) =>
      ids.has(Target?.Id ?? '') && TargetHealth?.State === 'unhealthy'
        ? [
            {
              id: Target?.Id ?? '',
              reason: TargetHealth.Reason ?? '',
              at: below(group, `.TargetHealthDescriptions[${index}].TargetHealth`),
            },
          ]
        : [],
    ),
  );
  const [first] = sick;
  return {
    refs: sick.map(({ at }) => at),
    text:
      first === undefined
        ? ''
        : ` The load balancer finds ${counted(sick.length, 'target')} there unhealthy: ${first.id} (${first.reason}).`,
  };
}

function stillHealthy({ bundle }: Facts, { refs }: { refs: readonly EvidenceRef[] }): string {
  const healthy = bundle.targetHealth.items
    .flatMap(({ value }) => value.targets)
    .filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
  return healthy === 0 || refs.length > 0
    ? ''
    : ` The load balancer still finds ${counted(healthy, 'target')} healthy.`;
}

/** The container instances that were read and have a running task of the service. */
function hostsBelow({ bundle, tasks }: Facts): Observed<Ecs.ContainerInstance>[] {
  const used = new Set(tasks.filter(isRunning).map(({ observed }) => observed.value.containerInstanceArn));
  const seen = [
    ...(bundle.hosts?.containerInstances.items ?? []),
    ...(bundle.capacity?.containerInstances.items ?? []),
  ].filter(({ value }) => used.has(value.containerInstanceArn));
  return [...new Map(seen.map((one) => [one.value.containerInstanceArn, one])).values()];
}

function isRunning({ stopped, lastStatus }: TaskFacts): boolean {
  return !stopped && lastStatus === 'RUNNING';
}

function lostHost(host: Observed<Ecs.ContainerInstance>, { bundle, tasks }: Facts): LostHost | undefined {
  const { containerInstanceArn: arn = '', ec2InstanceId: machine = '', agentConnected } = host.value;
  if (agentConnected !== false) return undefined;
  const lists = [bundle.hosts?.instances, bundle.balancing?.instances].flatMap((one) => one ?? []);
  const found = lists.flatMap(({ items }) => items).find(({ value }) => value.InstanceId === machine);
  const state = found?.value.State?.Name;
  // Asked for by its id and not among the answers; a list with a gap says nothing.
  const gone =
    found === undefined &&
    machine.startsWith('i-') &&
    bundle.hosts !== undefined &&
    bundle.hosts.instances.gaps.length === 0;
  const down = state === undefined || state === 'running' || state === 'pending' ? undefined : state;
  return {
    host,
    id: arn.split('/').at(-1) ?? '',
    machine,
    dead: gone ? 'gone' : down,
    seen: found === undefined ? [below(host, '.ec2InstanceId')] : [below(found, '.State.Name')],
    tasks: tasks.filter((task) => isRunning(task) && task.observed.value.containerInstanceArn === arn),
  };
}

function unseenMachines({ bundle }: Facts): { what: string; missingAction: string }[] {
  return (bundle.hosts?.instances.gaps ?? [])
    .filter(({ kind }) => kind !== 'unread')
    .map(({ what, missingAction }) => ({ what, missingAction }));
}
