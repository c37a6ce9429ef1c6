// A load balancer's opinion of a target: checked at the group's interval until it is healthy, and again whenever the
// account has changed in a way that could cut it off.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { addEvent } from './service-events.ts';
import { checkTarget } from './target-check.ts';
import { type Target, targetsOf } from './targets.ts';
import { stopTask } from './task-stop.ts';
import { isBusy } from './utilization.ts';
import { taskId, tasksOf, type World } from './world.ts';

export interface WatchedTask {
  readonly task: SnapshotTask;
  /** Undefined for a task that no service started. */
  readonly service: SnapshotService | undefined;
  readonly target: Target;
}

/** Checks one target until it is healthy, then calls `passed` and rests. Has the task stopped when it stays unhealthy. */
export function watchTarget(world: World, watched: WatchedTask, passed: () => void): void {
  const { task, target } = watched;
  const { group, entry } = target;
  const run = world.runOf(task);
  const inARow = { good: 0, bad: 0 };
  const look = () => {
    if (run.stopping) return;
    const found = checkTarget(world, task, target);
    inARow.good = found.ok ? inARow.good + 1 : 0;
    inARow.bad = found.ok ? 0 : inARow.bad + 1;
    if (inARow.good >= (group.HealthyThresholdCount ?? 5)) {
      entry.TargetHealth = { State: 'healthy' };
      world.reachedTargets.add(entry);
      passed();
      return;
    }
    if (!found.ok && inARow.bad >= (group.UnhealthyThresholdCount ?? 2))
      failTarget(world, watched, found.health);
    world.after((group.HealthCheckIntervalSeconds ?? 30) * 1000, look);
  };
  world.after((group.HealthCheckIntervalSeconds ?? 30) * 1000, look);
}

/** Notes which targets can be reached now; a snapshot may lack what it takes to reach the others. */
export function noteReachedTargets(world: World): void {
  for (const service of world.account.state.ecs.services)
    for (const { task, target } of healthyTargets(world, service))
      if (isReached(world, task, target) || isBusy(world, task)) world.reachedTargets.add(target.entry);
}

/** After a change of the account: has every target that was reached and no longer is checked anew. */
export function recheckTargets(world: World): void {
  for (const service of world.account.state.ecs.services) recheckService(world, service);
}

/** The same for the targets of one service. */
export function recheckService(world: World, service: SnapshotService): void {
  for (const watched of healthyTargets(world, service)) {
    const { task, target } = watched;
    if (!world.reachedTargets.has(target.entry) || isReached(world, task, target)) continue;
    world.reachedTargets.delete(target.entry);
    watchTarget(world, watched, () => {});
  }
}

function healthyTargets(world: World, service: SnapshotService): WatchedTask[] {
  if ((service.loadBalancers ?? []).length === 0) return [];
  return tasksOf(world, service)
    .filter((task) => task.lastStatus === 'RUNNING' && !world.runOf(task).stopping)
    .flatMap((task) => targetsOf(world, task).map((target) => ({ task, service, target })))
    .filter(({ target }) => target.entry.TargetHealth?.State === 'healthy');
}

function isReached(world: World, task: SnapshotTask, target: Target): boolean {
  return checkTarget(world, task, target).ok;
}

function failTarget(
  world: World,
  watched: WatchedTask,
  health: NonNullable<Target['entry']['TargetHealth']>,
): void {
  const { task, service, target } = watched;
  const run = world.runOf(task);
  target.entry.TargetHealth = health;
  if (health.State === 'unused') return;
  const graceMs = (service?.healthCheckGracePeriodSeconds ?? 0) * 1000;
  if (world.now() - run.startedAt < graceMs) return;
  const arn = target.group.TargetGroupArn;
  addEvent(
    world,
    service,
    `(port ${target.entry.Target.Port ?? 80}) is unhealthy in (target-group ${arn}) due to (reason ${health.Description ?? ''})`,
  );
  addEvent(world, service, `has stopped 1 running tasks: (task ${taskId(task)}).`);
  stopTask(world, task, {
    code: 'ServiceSchedulerInitiated',
    reason: `Task failed ELB health checks in (target-group ${arn})`,
    failed: true,
  });
}
