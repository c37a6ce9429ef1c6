// Which failures belong to the present trouble. AWS keeps stopped tasks for an hour and often for several, so an incident that is over stands
// beside the one that is not: what failed before the service was steady, or hours before the next failure, is an older story.

import type { ServiceFacts } from './service.ts';
import { newestFirst, type TaskFacts } from './tasks.ts';

const TASKS_JUDGED = 50;
/** A service that fails again and again is steady in between; failures this close to the newest one are one incident. */
const ONE_INCIDENT_MS = 30 * 60_000;
/** ECS waits at most about a quarter of an hour between attempts; after a pause this long it is another incident. */
const PAUSE_MS = 60 * 60_000;
const STEADY = /has reached a steady state/i;

/**
 * Failures of the deployment that is rolled out now, newest first. When it has none, those of older deployments count that happened
 * after it began. `nowMs` is the moment of the investigation.
 */
export function presentFailures(
  tasks: readonly TaskFacts[],
  service: ServiceFacts,
  nowMs: number,
): TaskFacts[] {
  const failed = newestFirst(tasks.filter((task) => task.failed));
  const ofPrimary = failed.filter((task) => task.ofPrimary);
  const since = service.primary?.createdAtMs ?? 0;
  const candidates =
    ofPrimary.length > 0 ? ofPrimary : failed.filter((task) => (task.stoppedAtMs ?? 0) >= since);
  return latestIncident(candidates, service, nowMs).slice(0, TASKS_JUDGED);
}

function latestIncident(failed: readonly TaskFacts[], service: ServiceFacts, nowMs: number): TaskFacts[] {
  const steadyMs = service.events.find(({ message }) => STEADY.test(message))?.atMs;
  const newestMs = failed[0]?.stoppedAtMs;
  if (newestMs === undefined) return [...failed];
  // Nothing failed since it was steady, and that is a while ago: whatever is wrong now is something else.
  if (steadyMs !== undefined && newestMs < steadyMs && nowMs - newestMs > ONE_INCIDENT_MS) return [];
  const kept: TaskFacts[] = [];
  let beforeMs = newestMs;
  for (const task of failed) {
    const atMs = task.stoppedAtMs ?? beforeMs;
    const over = steadyMs !== undefined && atMs < steadyMs && newestMs - atMs > ONE_INCIDENT_MS;
    if (over || beforeMs - atMs > PAUSE_MS) break;
    kept.push(task);
    beforeMs = atMs;
  }
  return kept;
}
