// How tasks ended that were meant to stop: a container that is still running when its stop time-out is over is killed with SIGKILL, and
// what it was doing is cut off. Times and exit codes are ECS's own; 137 with an out-of-memory reason is something else.

import type { ContainerFacts, TaskFacts } from './tasks.ts';

export interface CutShort {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly waitedMs: number;
  readonly timeoutSeconds: number;
}

const SIGKILL_EXIT = 137;
/** stopTimeout where the task definition sets none (Amazon ECS API reference, ContainerDefinition). */
const STOP_TIMEOUT_SECONDS = 30;
/** ECS's moments are seconds apart from the container's own. */
const SLACK_MS = 2_000;
const OUT_OF_MEMORY = /OutOfMemory|out of memory|OOM[- ]?killed/i;

/** The container that had to be killed when the task was stopped on purpose. */
export function cutShort(task: TaskFacts): CutShort | undefined {
  if (!task.stopped || task.kind === 'start') return undefined;
  const { stoppingAt, executionStoppedAt, stoppedAt } = task.observed.value;
  const end = executionStoppedAt ?? stoppedAt;
  if (stoppingAt === undefined || end === undefined) return undefined;
  const waitedMs = end.getTime() - stoppingAt.getTime();
  for (const container of task.containers) {
    if (container.exitCode !== SIGKILL_EXIT || OUT_OF_MEMORY.test(container.reason)) continue;
    const timeoutSeconds = container.definition?.value.stopTimeout ?? STOP_TIMEOUT_SECONDS;
    if (waitedMs >= timeoutSeconds * 1_000 - SLACK_MS) return { task, container, waitedMs, timeoutSeconds };
  }
  return undefined;
}

/** Tasks the service stopped on purpose in the last `withinMs` and had to kill, newest first. */
export function cutShortOnPurpose(
  tasks: readonly TaskFacts[],
  { nowMs, withinMs }: { nowMs: number; withinMs: number },
): CutShort[] {
  return tasks
    .filter(
      (task) =>
        (task.kind === 'scheduled' || task.kind === 'user' || task.kind === 'infrastructure') &&
        nowMs - (task.stoppedAtMs ?? 0) <= withinMs,
    )
    .flatMap((task) => cutShort(task) ?? [])
    .sort((a, b) => (b.task.stoppedAtMs ?? 0) - (a.task.stoppedAtMs ?? 0));
}

/** Longer than targets drain where nobody set how long (300 s, Elastic Load Balancing user guide), and a look of the scheduler. */
const LONG_DRAIN_MS = 6 * 60_000;

/** Tasks that ECS has told to end and that still wait for their targets to drain, the longest waiting first. */
export function stillDraining(
  tasks: readonly TaskFacts[],
  nowMs: number,
): { task: TaskFacts; forMs: number }[] {
  return tasks
    .filter(({ stopped, lastStatus }) => !stopped && lastStatus === 'DEACTIVATING')
    .map((task) => ({ task, forMs: nowMs - (task.observed.value.stoppingAt?.getTime() ?? nowMs) }))
    .filter(({ forMs }) => forMs >= LONG_DRAIN_MS)
    .sort((a, b) => b.forMs - a.forMs);
}
