// One task in a diagnosis: where it belongs, how far it came, how it ended. The code, the reason and the exit codes stay together,
// because each alone is misread.

import { z } from 'zod';
import type { TaskFacts } from '../../src/diagnosis/facts/tasks.ts';
import { counted, oneLine } from '../text-lines.ts';

export const taskSummary = z.object({
  id: z.string(),
  cluster: z.string(),
  /** What started it: `service:api`, `family:job`, or the name given to RunTask. */
  group: z.string().nullable(),
  service: z.string().nullable(),
  startedBy: z.string().nullable(),
  revision: z.string(),
  lastStatus: z.string(),
  healthStatus: z.string().nullable(),
  stopCode: z.string().nullable(),
  stoppedReason: z.string().nullable(),
  /** False for a task that runs, or that was meant to stop. */
  failed: z.boolean(),
  createdAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  stoppedAt: z.string().nullable(),
  containers: z
    .array(
      z.object({
        name: z.string(),
        essential: z.boolean().nullable(),
        exitCode: z.number().int().nullable(),
        reason: z.string().nullable(),
        /** The one that failed first, when it can be told. */
        first: z.boolean(),
      }),
    )
    .max(20),
  evidence: z.string(),
});
export type TaskSummary = z.infer<typeof taskSummary>;

const CONTAINERS_MAX = 20;

/** The task as it is reported. `service` is null for a task that no service started. */
export function taskSummaryOf(
  task: TaskFacts,
  place: { readonly cluster: string; readonly service: string | null; readonly failed: boolean },
): TaskSummary {
  const { value, at } = task.observed;
  return {
    id: task.id,
    cluster: place.cluster,
    group: value.group ?? null,
    service: place.service,
    startedBy: value.startedBy ?? null,
    revision: task.revision,
    lastStatus: task.lastStatus,
    healthStatus: task.healthStatus ?? null,
    stopCode: task.stopCode === '' ? null : task.stopCode,
    stoppedReason: task.stoppedReason === '' ? null : oneLine(task.stoppedReason, 1_000),
    failed: place.failed,
    createdAt: iso(task.createdAtMs),
    startedAt: iso(task.startedAtMs),
    stoppedAt: iso(task.stoppedAtMs),
    containers: task.containers.slice(0, CONTAINERS_MAX).map((one) => ({
      name: one.name,
      essential: one.essential ?? null,
      exitCode: one.exitCode ?? null,
      reason: one.reason === '' ? null : oneLine(one.reason, 500),
      first: one === task.culprit,
    })),
    evidence: at.id,
  };
}

/** Two lines: the task, and its containers with exit codes and reasons. */
export function taskLines(task: TaskSummary): string[] {
  const belongs =
    task.service === null ? `of no service (group ${task.group ?? 'not set'})` : `of service ${task.service}`;
  const stop =
    task.stoppedReason === null && task.stopCode === null
      ? ''
      : `, stopped: ${task.stopCode ?? 'no stop code'}, "${oneLine(task.stoppedReason ?? '', 300)}"`;
  const codes = task.containers
    .slice(0, 6)
    .map(
      (one) =>
        `${one.name}${one.first ? ' (failed first)' : ''}: exit ${one.exitCode ?? 'none'}${one.reason === null ? '' : `, "${oneLine(one.reason, 200)}"`}`,
    );
  return [
    `Task ${task.id} in ${task.cluster}, ${belongs}, ${task.revision}: ${task.lastStatus}${stop} [${task.evidence}]`,
    ...(codes.length === 0 ? [] : [`${counted(task.containers.length, 'container')}: ${codes.join('; ')}`]),
  ];
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
