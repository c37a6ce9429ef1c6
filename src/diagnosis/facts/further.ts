// What else is worth reading before a verdict: the load balancers, the hosts, the scaling. Asked only when something the facts show
// points there, so that an investigation with a proven cause stays as short as it was.

import type { Complaint, ComplaintKind } from './complaints.ts';
import { looksContested } from './contest.ts';
import type { Facts } from './facts.ts';
import { heldTasks } from './protection.ts';
import { stillDraining } from './stopping.ts';
import type { TaskFacts } from './tasks.ts';

export interface FurtherReads {
  readonly balancing: boolean;
  readonly capacity: boolean;
  /** With the hosts, how many interfaces their types may have. */
  readonly interfaces: boolean;
  readonly scaling: boolean;
  /** How long targets drain, for tasks that were killed while they stopped or whose targets drain for long. */
  readonly draining: boolean;
  /** Whether old tasks that a deployment waits for are protected. */
  readonly protection: boolean;
}

const ABOUT_HOSTS: ReadonlySet<ComplaintKind> = new Set([
  'resources',
  'port',
  'interface',
  'attribute',
  'constraint',
  'agent',
  'no-instances',
  'provider',
  'addresses',
  'placement',
]);
const ABOUT_BALANCERS: ReadonlySet<ComplaintKind> = new Set([
  'unhealthy',
  'target-group',
  'container-mapping',
]);

/** The reads the facts ask for; none when nothing points anywhere. */
export function furtherReads(facts: Facts): FurtherReads {
  return {
    balancing: facts.condition === 'troubled' && pointsAtBalancer(facts),
    capacity: facts.condition === 'troubled' && runsOnHosts(facts) && pointsAtHosts(facts),
    draining:
      (facts.service.observed.value.loadBalancers ?? []).length > 0 &&
      (facts.cutShort.length > 0 || stillDraining(facts.tasks, facts.bundle.nowMs).length > 0),
    interfaces:
      facts.complaints.some(({ kind }) => kind === 'interface') ||
      facts.starts.some(({ phase }) => phase === 'network-interface'),
    // Tasks that fail are started and stopped all the time; then coming and going says nothing about scaling.
    scaling: facts.failed.length === 0 && looksContested(facts.bundle),
    // A deployment whose own tasks fail waits for them first.
    protection:
      !facts.failed.some(({ ofPrimary }) => ofPrimary) &&
      heldTasks(facts.bundle, facts.service, facts.tasks).length > 0,
  };
}

/** True when tasks run on instances of the account rather than on Fargate, as far as the service says. */
export function runsOnHosts({ service }: Pick<Facts, 'service'>): boolean {
  const { launchType, capacityProviderStrategy = [] } = service.observed.value;
  if (capacityProviderStrategy.length > 0)
    return capacityProviderStrategy.some((one) => !/^FARGATE(?:_SPOT)?$/.test(one.capacityProvider ?? ''));
  return launchType === 'EC2' || launchType === 'EXTERNAL';
}

/** The newest standing complaint of one of these kinds. */
export function complaintOf(
  facts: Pick<Facts, 'complaints'>,
  ...kinds: ComplaintKind[]
): Complaint | undefined {
  return facts.complaints.find(({ kind }) => kinds.includes(kind));
}

/** True when tasks are missing that nothing has started and nothing has ended. */
export function waitsForPlace(facts: Pick<Facts, 'service' | 'stuck'>): boolean {
  const { service } = facts;
  const unfinished = service.primary !== undefined && service.primary.running < service.primary.desired;
  return facts.stuck.length > 0 || service.running < service.desired || unfinished;
}

/** True of a task that ECS made for a capacity provider and has put on no host yet. */
export function waitsForHost({ stopped, lastStatus, observed }: TaskFacts): boolean {
  return !stopped && lastStatus === 'PROVISIONING' && observed.value.containerInstanceArn === undefined;
}

/** AWS's word for a task whose capacity provider gave it no host in time. */
export function foundNoHost({ stoppedReason }: Pick<TaskFacts, 'stoppedReason'>): boolean {
  return /EMPTY CAPACITY PROVIDER/i.test(stoppedReason);
}

/** True when every failure is a start that got its answer: then neither a path nor a log can say more. */
export function answeredStartsOnly(facts: Facts): boolean {
  return (
    facts.failed.length > 0 &&
    facts.starts.length > 0 &&
    facts.failed.every(({ kind }) => kind === 'start') &&
    facts.starts.every(({ reply, phase }) => reply === 'answer' && phase !== 'other') &&
    !facts.tasks.some((task) => !task.stopped && task.healthStatus === 'UNHEALTHY')
  );
}

/** True when a way through the network may have to do with it: something failed, hangs, is sick or is not reached. */
export function pointsAtNetwork(facts: Facts): boolean {
  const targets = facts.bundle.targetHealth.items.flatMap(({ value }) => value.targets);
  return (
    facts.failed.length > 0 ||
    facts.stuck.length > 0 ||
    facts.execTrouble !== undefined ||
    facts.tasks.some(isSick) ||
    targets.some(({ TargetHealth }) => TargetHealth?.State === 'unhealthy') ||
    facts.complaints.some(({ kind }) => kind === 'unhealthy')
  );
}

/** True when one of the tasks in trouble ran, so that it may have looked for what it names. */
export function hasRun(facts: Pick<Facts, 'failed' | 'tasks'>): boolean {
  return facts.failed.some(({ kind }) => kind !== 'start') || facts.tasks.some(isSick);
}

function isSick({ stopped, healthStatus }: TaskFacts): boolean {
  return !stopped && healthStatus === 'UNHEALTHY';
}

function pointsAtBalancer(facts: Facts): boolean {
  const attached = (facts.service.observed.value.loadBalancers ?? []).length > 0;
  const targets = facts.bundle.targetHealth.items.flatMap(({ value }) => value.targets);
  return (
    attached &&
    (facts.failed.some((task) => task.kind === 'elb-health') ||
      targets.some(({ TargetHealth }) => ['unhealthy', 'unused'].includes(TargetHealth?.State ?? '')) ||
      facts.complaints.some(({ kind }) => ABOUT_BALANCERS.has(kind)))
  );
}

/** True when the scheduler says that the hosts are why; known from the service alone, and enough whatever its tasks show. */
export function complainsOfHosts(facts: Pick<Facts, 'service' | 'complaints'>): boolean {
  return runsOnHosts(facts) && facts.complaints.some(({ kind }) => ABOUT_HOSTS.has(kind));
}

function pointsAtHosts(facts: Facts): boolean {
  return (
    // A session that cannot be opened is a trouble of its own, of tasks that are all there.
    (facts.failed.length === 0 && (facts.execTrouble === undefined || waitsForPlace(facts))) ||
    facts.stuck.length > 0 ||
    facts.tasks.some(waitsForHost) ||
    facts.failed.some(foundNoHost) ||
    complainsOfHosts(facts) ||
    facts.starts.some(({ phase }) => phase === 'network-interface')
  );
}
