// Starts of the present revision that failed at their volumes although enough tasks run: the numbers look right, and the next task may fail again.

import type { Facts } from './facts.ts';
import { type StartFailure, startFailure } from './start-failure.ts';

/** As long as ECS keeps stopped tasks for certain. */
const BACK_MS = 60 * 60_000;

/** Of a service that is steady, newest first. */
export function pastMountFailures({
  bundle,
  condition,
  tasks,
}: Pick<Facts, 'bundle' | 'condition' | 'tasks'>): StartFailure[] {
  if (condition !== 'steady') return [];
  return tasks
    .filter((task) => task.failed && task.ofPrimary && bundle.nowMs - (task.stoppedAtMs ?? 0) <= BACK_MS)
    .flatMap((task) => startFailure(task) ?? [])
    .filter(({ phase, reply }) => phase === 'volume' && reply !== 'answer')
    .sort((a, b) => (b.task.stoppedAtMs ?? 0) - (a.task.stoppedAtMs ?? 0));
}
