// How a task ends: DEACTIVATING while its targets drain, STOPPING until its containers have exited, DEPROVISIONING until
// its interface is gone, STOPPED; an hour later nobody sees it any more.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, applicationsOf } from './application.ts';
import { say } from './application-log.ts';
import { stopLine } from './log-lines.ts';
import { countUsage } from './placement/fargate-capacity.ts';
import { release } from './placement/host-resources.ts';
import { drainTargets } from './targets.ts';
import { deleteInterface } from './task-interface.ts';
import { containerRun, isoNow, serviceOfTask, type World } from './world.ts';

const EXIT_MS = 1_000;
const DEPROVISION_MS = 22_000;
/** ECS shows a stopped task for about an hour. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export const STOPPED_TASK_VISIBLE_MS = 3_600_000;
/** What a process that does not handle SIGTERM exits with. */
const SIGTERM_EXIT = 143;
/** What one that is killed exits with. */
const SIGKILL_EXIT = 137;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const STOP_TIMEOUT_SECONDS = 30;

export interface StopCause {
  readonly code: NonNullable<SnapshotTask['stopCode']>;
  readonly reason: string;
  /** Whether the task failed, which slows the scheduler down, or was simply no longer wanted. */
  readonly failed: boolean;
  /** Whether it ended by itself after it had run, which slows nothing down. */
  readonly crashed?: boolean;
  /** What ECS says of the container that kept the task from starting. */
  readonly container?: { readonly name: string; readonly reason: string };
}

/** Begins to stop the task. Does nothing when that has begun already. */
export function stopTask(world: World, task: SnapshotTask, cause: StopCause): void {
  const run = world.runOf(task);
  if (run.stopping) return;
  run.stopping = true;
  run.healthy = false;
  task.desiredStatus = 'STOPPED';
  task.stopCode = cause.code;
  task.stoppedReason = cause.reason;
  task.stoppingAt = isoNow(world);
  task.lastStatus = 'DEACTIVATING';
  const drainMs = drainTargets(world, serviceOfTask(world, task), task);
  if (cause.failed) world.taskFailed(task);
  else if (cause.crashed === true) world.crashed();
  reconcileOwner(world, task);
  // What has ended by itself is not held back while its targets drain.
  world.after(cause.crashed === true ? 0 : drainMs, () => {
    task.lastStatus = 'STOPPING';
    const lastMs = Math.max(EXIT_MS, ...running(world, task).map((one) => endBySignal(world, task, one)));
    world.after(lastMs, () => exitContainers(world, task, cause));
  });
}

function running(world: World, task: SnapshotTask): Application[] {
  return applicationsOf(world, task).filter(
    (one) => containerRun(world, task, one.container.name).phase === 'running',
  );
}

/** Sends SIGTERM, and SIGKILL to a program that ignores it. Returns how long the program takes. */
function endBySignal(world: World, task: SnapshotTask, application: Application): number {
  const { behaviour, container } = application;
  if (!behaviour.ignoresSigterm) say(world, task, application, [stopLine(0).message]);
  const tookMs = behaviour.ignoresSigterm ? (container.stopTimeout ?? STOP_TIMEOUT_SECONDS) * 1000 : EXIT_MS;
  world.after(tookMs, () => {
    containerRun(world, task, container.name).phase = 'exited';
    const shown = task.containers?.find((one) => one.name === container.name);
    if (shown === undefined) return;
    shown.lastStatus = 'STOPPED';
    shown.exitCode = behaviour.ignoresSigterm ? SIGKILL_EXIT : SIGTERM_EXIT;
  });
  return tookMs;
}

/** Picks up a task that was already on its way to STOPPED when the simulation began. */
export function finishStopping(world: World, task: SnapshotTask): void {
  world.runOf(task).stopping = true;
  drainTargets(world, undefined, task);
  world.after(DEPROVISION_MS, () => finish(world, task));
}

function exitContainers(world: World, task: SnapshotTask, cause: StopCause): void {
  task.lastStatus = 'DEPROVISIONING';
  if ((task.containers ?? []).some((container) => container.exitCode !== undefined))
    task.executionStoppedAt = isoNow(world);
  for (const container of task.containers ?? []) {
    container.lastStatus = 'STOPPED';
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
  deleteInterface(world, task);
  release(world, task);
  countUsage(world, task, -1);
  reconcileOwner(world, task);
  world.after(STOPPED_TASK_VISIBLE_MS, () => world.forget(task));
}

function reconcileOwner(world: World, task: SnapshotTask): void {
  const service = serviceOfTask(world, task);
  if (service !== undefined) world.reconcile(service);
}
