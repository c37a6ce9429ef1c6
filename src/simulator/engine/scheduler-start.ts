// Starting what a service lacks: as many tasks as the deployment's bounds allow, each where it can be placed. What cannot
// be placed is said once and tried again.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { Deployment } from '../deployment.ts';
import { requestInstance } from './placement/instance-groups.ts';
import { placeTask } from './placement/place.ts';
import { nextOrder } from './placement/provider-strategy.ts';
import { addEvent, addProblem } from './service-events.ts';
import { assumeFailure, roleThatFails } from './start/assumed-roles.ts';
import { startTask } from './task-start.ts';
import { taskId, type World } from './world.ts';

/** The scheduler tries again this much later to place what it could not. */
const PLACEMENT_RETRY_MS = 30_000;

/** Starts up to `count` tasks of the deployment beside `own`, those it has. */
export function startTasks(
  world: World,
  service: SnapshotService,
  wish: { deployment: Deployment; own: readonly SnapshotTask[]; count: number },
): void {
  if (mustWait(world, service)) return;
  const { deployment } = wish;
  const role = roleThatFails(world, world.index.definition(deployment.taskDefinition ?? ''));
  if (role !== undefined) {
    addProblem(world, service, `failed to launch a task with (error ${assumeFailure(role)}).`);
    deployment.failedTasks = (deployment.failedTasks ?? 0) + 1;
    world.launchFailed(service);
    mustWait(world, service);
    return;
  }
  const started: SnapshotTask[] = [];
  for (let index = 0; index < wish.count; index++) {
    const order = nextOrder(world, service, { deployment, own: [...wish.own, ...started] });
    const placement = placeTask(world, service, order);
    if (placement.placed) {
      started.push(startTask(world, placement.order));
      continue;
    }
    addProblem(world, service, placement.event);
    if (!placement.waits) {
      retryLater(world, service);
      break;
    }
    requestInstance(world, order.capacityProviderName);
    started.push(startTask(world, order));
  }
  if (started.length === 0) return;
  addEvent(world, service, `has started ${started.length} tasks: ${named(started)}.`);
}

/** After failures the scheduler waits; it looks again when the pause is over. */
function mustWait(world: World, service: SnapshotService): boolean {
  const memory = world.memoryOf(service);
  if (world.now() >= memory.notBefore) return false;
  if (memory.wakeAt !== memory.notBefore) {
    memory.wakeAt = memory.notBefore;
    world.after(memory.notBefore - world.now(), () => world.reconcile(service));
  }
  return true;
}

function retryLater(world: World, service: SnapshotService): void {
  const memory = world.memoryOf(service);
  if (memory.retryAt > world.now()) return;
  memory.retryAt = world.now() + PLACEMENT_RETRY_MS;
  world.after(PLACEMENT_RETRY_MS, () => world.reconcile(service));
}

/** The tasks as events name them. */
export function named(tasks: readonly SnapshotTask[]): string {
  return tasks.map((task) => `(task ${taskId(task)})`).join(' ');
}
