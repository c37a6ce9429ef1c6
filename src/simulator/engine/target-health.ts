// A load balancer's opinion of a target: checked at the group's interval until it is healthy, and again whenever the
// account has changed in a way that could cut it off.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { Application } from './application.ts';
import { addEvent } from './service-events.ts';
import { checkTarget, type Target, targetsOf } from './targets.ts';
import { stopTask } from './task-stop.ts';
import { tasksOf, type World } from './world.ts';

export interface RunningTask {
  readonly task: SnapshotTask;
  /** Undefined for a task that no service started. */
  readonly service: SnapshotService | undefined;
  readonly application: Application;
}

type WatchedTask = Omit<RunningTask, 'application'> & { readonly target: Target };

/** Checks one target until it is healthy, then calls `passed` and rests. Has the task stopped when it stays unhealthy. */
export function watchTarget(world: World, watched: WatchedTask, passed: () => void): void {
  const { task, target } = watched;
  const { group, entry } = target;
  const run = world.runOf(task);
  const inARow = { good: 0, bad: 0 };
  const look = () => {
    if (run.stopping) return;
    const found = checkTarget(world, task, { target, ready: run.ready });
    inARow.good = found === 'ok' ? inARow.good + 1 : 0;
    inARow.bad = found === 'ok' ? 0 : inARow.bad + 1;
    if (inARow.good >= (group.HealthyThresholdCount ?? 5)) {
      entry.TargetHealth = { State: 'healthy' };
      world.reachedTargets.add(entry);
      passed();
      return;
    }
    if (found !== 'ok' && inARow.bad >= (group.UnhealthyThresholdCount ?? 2))
      failTarget(world, watched, found);
    world.after((group.HealthCheckIntervalSeconds ?? 30) * 1000, look);
  };
  world.after((group.HealthCheckIntervalSeconds ?? 30) * 1000, look);
}

/** Notes which targets can be reached now; a snapshot may lack what it takes to reach the others. */
export function noteReachedTargets(world: World): void {
  for (const { task, target } of healthyTargets(world)) {
    if (isReached(world, task, target)) world.reachedTargets.add(target.entry);
  }
}

/** After a change of the account: has every target that was reached and no longer is checked anew. */
export function recheckTargets(world: World): void {
  for (const watched of healthyTargets(world)) {
    const { task, target } = watched;
    if (!world.reachedTargets.has(target.entry) || isReached(world, task, target)) continue;
    world.reachedTargets.delete(target.entry);
    watchTarget(world, watched, () => {});
  }
}

function healthyTargets(world: World): WatchedTask[] {
  return world.account.state.ecs.services.flatMap((service) =>
    tasksOf(world, service)
      .filter((task) => task.lastStatus === 'RUNNING' && !world.runOf(task).stopping)
      .flatMap((task) => targetsOf(world, task).map((target) => ({ task, service, target })))
      .filter(({ target }) => target.entry.TargetHealth?.State === 'healthy'),
  );
}

function isReached(world: World, task: SnapshotTask, target: Target): boolean {
  return checkTarget(world, task, { target, ready: world.runOf(task).ready }) === 'ok';
}

function failTarget(world: World, watched: WatchedTask, found: 'timeout' | 'refused'): void {
  const { task, service, target } = watched;
  const run = world.runOf(task);
  const words = found === 'timeout' ? 'Request timed out' : 'Health checks failed with these codes: [503]';
  target.entry.TargetHealth = {
    State: 'unhealthy',
    Reason: found === 'timeout' ? 'Target.Timeout' : 'Target.ResponseCodeMismatch',
    Description: words,
  };
  const graceMs = (service?.healthCheckGracePeriodSeconds ?? 0) * 1000;
  if (world.now() - run.startedAt < graceMs) return;
  const arn = target.group.TargetGroupArn;
  addEvent(
    world,
    service,
    `(port ${target.entry.Target.Port ?? 80}) is unhealthy in (target-group ${arn}) due to (reason ${words})`,
  );
  stopTask(world, task, {
    code: 'ServiceSchedulerInitiated',
    reason: `Task failed ELB health checks in (target-group ${arn})`,
    failed: true,
  });
}
