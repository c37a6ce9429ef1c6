// From RUNNING on: the load balancers look at the task as its containers' checks do, and it counts for its deployment once
// all of them are content. A task that was healthy once keeps its tracked connections.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { applicationsOf, isEssential } from './application.ts';
import { watchTarget } from './target-health.ts';
import { registerTargets } from './targets.ts';
import { containerRun, type World } from './world.ts';

/** Starts everything that happens to a task once it is RUNNING. */
export function beginRunning(
  world: World,
  { task, service }: { task: SnapshotTask; service: SnapshotService | undefined },
): void {
  const run = world.runOf(task);
  run.startedAt = world.now();
  const targets = registerTargets(world, service, task);
  let waiting = targets.length;
  run.settled = () => {
    if (waiting > 0 || run.stopping || run.healthy || !containersAreHealthy(world, task)) return;
    run.healthy = true;
    if (service === undefined) return;
    const memory = world.memoryOf(service);
    memory.failures = 0;
    memory.notBefore = 0;
    world.reconcile(service);
  };
  for (const target of targets) {
    watchTarget(world, { task, service, target }, () => {
      waiting -= 1;
      run.settled?.();
    });
  }
  run.settled();
}

function containersAreHealthy(world: World, task: SnapshotTask): boolean {
  return applicationsOf(world, task)
    .filter((one) => isEssential(one.container))
    .map((one) => containerRun(world, task, one.container.name).health)
    .every((health) => health === 'none' || health === 'healthy');
}
