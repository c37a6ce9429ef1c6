// Tasks that run and get no request: target groups of the service that hold none of them, and targets that the load balancer leaves out. ECS
// counts such tasks as running, so only the health of the targets tells. Elastic Load Balancing User Guide, "Target health status".

import type { EvidenceBundle, Observed, TargetHealth } from '../evidence.ts';
import type { ServiceFacts } from './service.ts';
import type { TaskFacts } from './tasks.ts';

/** ECS registers a task within moments of its start; for this long it may only be on its way. */
const REGISTERED_MS = 5 * 60_000;
/** AWS's words for a target in a zone that the load balancer was not given. */
const OTHER_ZONE = /availability zone/i;

/** Target groups of the service without one target beside those that leave, while its tasks have run for a while. */
export function emptyGroups(
  bundle: Pick<EvidenceBundle, 'targetHealth' | 'nowMs'>,
  { observed, controller }: ServiceFacts,
  tasks: readonly TaskFacts[],
): readonly Observed<TargetHealth>[] {
  // Other controllers, and deployments that change sides between two groups, leave one of them empty.
  if (controller !== 'ECS') return [];
  const own = (observed.value.loadBalancers ?? [])
    .filter(({ advancedConfiguration }) => advancedConfiguration === undefined)
    .map(({ targetGroupArn }) => targetGroupArn);
  const running = tasks.filter((task) => runsFor(task, bundle.nowMs));
  if (running.length === 0 || isLeaving(observed.value)) return [];
  return bundle.targetHealth.items.filter(
    ({ value }) =>
      own.includes(value.targetGroupArn) &&
      value.targets.every(({ TargetHealth: health }) => health?.State === 'draining'),
  );
}

/** A service that is being deleted, or scaled in to nothing, takes its targets out on purpose. */
function isLeaving({ status, desiredCount }: ServiceFacts['observed']['value']): boolean {
  return status !== 'ACTIVE' || desiredCount === 0;
}

function runsFor(task: TaskFacts, nowMs: number): boolean {
  const { desiredStatus } = task.observed.value;
  return (
    !task.stopped &&
    task.lastStatus === 'RUNNING' &&
    (desiredStatus === undefined || desiredStatus === 'RUNNING') &&
    task.startedAtMs !== undefined &&
    nowMs - task.startedAtMs >= REGISTERED_MS
  );
}

/** True when targets are there and the load balancer leaves all of them out, or one of them for its zone. */
export function leavesOut({ targetHealth }: Pick<EvidenceBundle, 'targetHealth'>): boolean {
  const all = targetHealth.items.flatMap(({ value }) =>
    value.targets.flatMap((one) => one.TargetHealth ?? []),
  );
  const unused = all.filter(({ State }) => State === 'unused');
  return (
    (all.length > 0 && unused.length === all.length) ||
    unused.some(
      ({ Reason, Description }) => Reason === 'Target.NotInUse' && OTHER_ZONE.test(Description ?? ''),
    )
  );
}
