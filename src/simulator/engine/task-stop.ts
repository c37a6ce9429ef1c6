// How a task ends: DEACTIVATING while its targets drain, STOPPING until its containers have exited, DEPROVISIONING until
// its interface is gone, STOPPED; an hour later nobody sees it any more.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { applicationOf } from './application.ts';
import { stopLine } from './log-lines.ts';
import { drainTargets, removeTargets } from './targets.ts';
import { deleteInterface } from './task-interface.ts';
import { writeLog } from './task-logs.ts';
import { isoNow, serviceOfTask, type World } from './world.ts';

const EXIT_MS = 1_000;
const DEPROVISION_MS = 22_000;
/** ECS shows a stopped task for about an hour. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export const STOPPED_TASK_VISIBLE_MS = 3_600_000;
/** What a process that does not handle SIGTERM exits with. */
const SIGTERM_EXIT = 143;

export interface StopCause {
  readonly code: NonNullable<SnapshotTask['stopCode']>;
  readonly reason: string;
  /** Whether the task failed, which slows the scheduler down, or was simply no longer wanted. */
  readonly failed: boolean;
  /** What ECS says of the container that kept the task from starting. */
  readonly container?: { readonly name: string; readonly reason: string };
}

/** Begins to stop the task. Does nothing when that has begun already. */
export function stopTask(world: World, task: SnapshotTask, cause: StopCause): void {
  const run = world.runOf(task);
  if (run.stopping) return;
  run.stopping = true;
  run.healthy = false;
  const hasRun = task.startedAt !== undefined;
  task.desiredStatus = 'STOPPED';
  task.stopCode = cause.code;
  task.stoppedReason = cause.reason;
  task.stoppingAt = isoNow(world);
  task.lastStatus = 'DEACTIVATING';
  const drainMs = drainTargets(world, serviceOfTask(world, task), task);
  if (cause.failed) world.taskFailed(task);
  reconcileOwner(world, task);
  world.after(drainMs, () => {
    task.lastStatus = 'STOPPING';
    const application = applicationOf(world, task);
    if (hasRun && application !== undefined)
      writeLog(world, task, application.container, [stopLine(0).message]);
    world.after(EXIT_MS, () => exitContainers(world, task, { ...cause, hasRun }));
  });
}

/** Picks up a task that was already on its way to STOPPED when the simulation began. */
export function finishStopping(world: World, task: SnapshotTask): void {
  world.runOf(task).stopping = true;
  world.after(DEPROVISION_MS, () => finish(world, task));
}

function exitContainers(world: World, task: SnapshotTask, cause: StopCause & { hasRun: boolean }): void {
  task.lastStatus = 'DEPROVISIONING';
  if (cause.hasRun) task.executionStoppedAt = isoNow(world);
  for (const container of task.containers ?? []) {
    container.lastStatus = 'STOPPED';
    if (cause.hasRun) container.exitCode = SIGTERM_EXIT;
    if (cause.container?.name === container.name) container.reason = cause.container?.reason;
  }
  world.after(DEPROVISION_MS, () => {
    if (cause.failed) world.failedTaskGone(task);
    finish(world, task);
  });
}

function finish(world: World, task: SnapshotTask): void {
  task.lastStatus = 'STOPPED';
  task.desiredStatus = 'STOPPED';
  task.stoppedAt = isoNow(world);
  removeTargets(world, task);
  deleteInterface(world, task);
  reconcileOwner(world, task);
  world.after(STOPPED_TASK_VISIBLE_MS, () => world.forget(task));
}

function reconcileOwner(world: World, task: SnapshotTask): void {
  const service = serviceOfTask(world, task);
  if (service !== undefined) world.reconcile(service);
}
