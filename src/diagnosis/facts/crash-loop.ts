// A loop that is slower than a look back: each task lives for ten or twenty minutes, ends like the one before it and is replaced, so at most
// moments the numbers are right. What tells it from an incident that is over is the task that runs now: it has yet to outlive the others.

import type { ServiceFacts } from './service.ts';
import { completedAtMs } from './service.ts';
import type { TaskFacts } from './tasks.ts';

/**
 * Whether tasks of the present deployment end again and again and the present one is younger than the longest-lived of them.
 *
 * @param failed the failures of the present trouble, newest first
 * @param tasks all tasks that were seen, running and stopped
 * @param nowMs the moment of the investigation
 */
export function isCrashLoop(
  failed: readonly TaskFacts[],
  { service, tasks, nowMs }: { service: ServiceFacts; tasks: readonly TaskFacts[]; nowMs: number },
): boolean {
  const newest = failed[0];
  const since = completedAtMs(service) ?? 0;
  // Hosts and Spot capacity that are taken away say nothing about the revision.
  const alike = failed.filter(
    (task) =>
      task.ofPrimary &&
      task.kind !== 'infrastructure' &&
      (task.stoppedAtMs ?? 0) >= since &&
      newest !== undefined &&
      endOf(task) === endOf(newest),
  );
  const firstEndMs = Math.min(...alike.map((task) => endedAtMs(task) ?? Number.POSITIVE_INFINITY));
  // Only those of replacements: what ran for days before the first failure is no measure of the loop.
  const lives = alike
    .filter((task) => (task.createdAtMs ?? 0) >= firstEndMs)
    .flatMap((task) => lifeMs(task) ?? []);
  if (newest?.createdAtMs === undefined || lives.length === 0) return false;
  const longestMs = Math.max(...lives);
  const fromMs = newest.createdAtMs;
  const after = tasks.filter(
    (task) => !task.stopped && task.ofPrimary && task.createdAtMs !== undefined && task.createdAtMs > fromMs,
  );
  return after.length > 0 && after.every((task) => nowMs - (task.createdAtMs ?? 0) < longestMs);
}

/** What two ends share when they are the same fault. */
function endOf({ kind, culprit }: TaskFacts): string {
  return `${kind} ${culprit?.name} ${culprit?.exitCode}`;
}

/** When it began to end: ECS starts the replacement then, and not only when the last container is gone. */
function endedAtMs({ observed, stoppedAtMs }: TaskFacts): number | undefined {
  return observed.value.stoppingAt?.getTime() ?? stoppedAtMs;
}

function lifeMs(task: TaskFacts): number | undefined {
  const endMs = endedAtMs(task);
  return endMs === undefined || task.createdAtMs === undefined ? undefined : endMs - task.createdAtMs;
}
