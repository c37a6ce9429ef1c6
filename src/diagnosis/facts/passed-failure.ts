// A failure in a rollout that the rollout itself got past: one task did not start, and one that was made after it runs where it would have run.
// A second failure, or a successor in another subnet or on another host, leaves the question open.

import { startFailure } from './start-failure.ts';
import type { TaskFacts } from './tasks.ts';

/** Whether all that failed is one start that a later task of the same deployment has made since. */
export function isPassed(failed: readonly TaskFacts[], tasks: readonly TaskFacts[]): boolean {
  const [one] = failed;
  if (one === undefined || failed.length > 1 || !one.ofPrimary) return false;
  return tasks.some(
    (task) =>
      task.ofPrimary &&
      task.lastStatus === 'RUNNING' &&
      (task.startedAtMs ?? 0) > (one.stoppedAtMs ?? Number.POSITIVE_INFINITY) &&
      (isOfAws(one) || (one.kind === 'start' && isSamePlace(one, task))),
  );
}

/** AWS's own work took too long, or took the host away: nothing of the service is to blame wherever it happened. */
function isOfAws(task: TaskFacts): boolean {
  const start = startFailure(task);
  return (
    task.kind === 'infrastructure' || (start?.phase === 'network-interface' && start.reply === 'silence')
  );
}

function isSamePlace(one: TaskFacts, other: TaskFacts): boolean {
  const hostOf = ({ observed }: TaskFacts) => observed.value.containerInstanceArn;
  const isKnown = one.subnetId !== undefined || hostOf(one) !== undefined;
  return isKnown && one.subnetId === other.subnetId && hostOf(one) === hostOf(other);
}
