// How much CPU, memory and disk a container uses at a moment, from what its application is like. Work is shared by the
// tasks that can do it, so fewer tasks are busier tasks.

import type { SnapshotTask, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { type Application, applicationsOf, definitionOf } from './application.ts';
import { containerRun, type World } from './world.ts';

const MINUTE_MS = 60_000;
/** A task at or above this is too busy to answer health checks in time. */
const BUSY_PERCENT = 100;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const FARGATE_DISK_GIB = 20;

/** The most memory that a container may use, in MiB: its own hard limit, otherwise the task's. */
export function memoryLimitMiB(
  application: Application,
  definition: SnapshotTaskDefinition | undefined,
): number | undefined {
  const task = Number(definition?.memory ?? Number.NaN);
  return application.container.memory ?? (Number.isFinite(task) ? task : undefined);
}

export function memoryUsedMiB(world: World, task: SnapshotTask, application: Application): number {
  const run = containerRun(world, task, application.container.name);
  if (run.phase !== 'running') return 0;
  const { memoryMiB, leaksMiBPerMinute } = application.behaviour;
  const used = memoryMiB + (leaksMiBPerMinute * (world.now() - run.startedAt)) / MINUTE_MS;
  return Math.min(used, memoryLimitMiB(application, definitionOf(world, task)) ?? used);
}

/** After how long the container's memory or disk is used up; undefined when it never is. */
export function untilFullMs(
  application: Application,
  definition: SnapshotTaskDefinition | undefined,
): { memory: number | undefined; disk: number | undefined } {
  const { memoryMiB, leaksMiBPerMinute, diskGiBPerMinute } = application.behaviour;
  const limit = memoryLimitMiB(application, definition);
  const leaking = limit !== undefined && (leaksMiBPerMinute > 0 || memoryMiB > limit);
  const disk = definition?.ephemeralStorage?.sizeInGiB ?? FARGATE_DISK_GIB;
  return {
    memory: leaking
      ? Math.max(0, (limit - memoryMiB) / Math.max(1, leaksMiBPerMinute)) * MINUTE_MS
      : undefined,
    disk: diskGiBPerMinute > 0 ? (disk / diskGiBPerMinute) * MINUTE_MS : undefined,
  };
}

/** Percent of the task's CPU, from 0 to 100. */
export function cpuPercent(world: World, task: SnapshotTask): number {
  const load = loadOf(world, task);
  if (load === undefined) return idlePercent(task, world.now());
  const sharers = world.index
    .ofGroup(task.clusterArn, task.group ?? '')
    .filter((one) => one.lastStatus === 'RUNNING' && !world.runOf(one).stopping).length;
  return Math.min(BUSY_PERCENT, load / Math.max(1, sharers));
}

export function isBusy(world: World, task: SnapshotTask): boolean {
  return loadOf(world, task) !== undefined && cpuPercent(world, task) >= BUSY_PERCENT;
}

function loadOf(world: World, task: SnapshotTask): number | undefined {
  return applicationsOf(world, task).find((one) => one.behaviour.load !== undefined)?.behaviour.load;
}

/** A few percent, never the same for long, always the same for the same task and minute. */
function idlePercent(task: SnapshotTask, now: number): number {
  const seed = Number.parseInt(task.taskArn.slice(-6), 16) || 0;
  const minute = Math.floor(now / MINUTE_MS);
  return 3 + ((seed + minute * 7919) % 500) / 100;
}
