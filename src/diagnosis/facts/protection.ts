// Tasks that ECS may not stop because they are protected: a deployment whose new tasks all run waits for them. No event says so; what tells it
// is a deployment that stands still beside old tasks nobody is stopping, and GetTaskProtection says which of them are protected.
// Amazon ECS Developer Guide, "Protect your Amazon ECS tasks from being terminated by scale-in events".

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import type { ServiceFacts } from './service.ts';
import type { TaskFacts } from './tasks.ts';

export interface Protected {
  readonly task: TaskFacts;
  readonly protection: Observed<Ecs.ProtectedTask>;
}

/** ECS stops old tasks within moments once the new ones are healthy; for this long they only seem to wait. */
const PATIENCE_MS = 5 * 60_000;

/** Old tasks that run on in a deployment that has stood still for a while without a failure. */
export function heldTasks(
  bundle: Pick<EvidenceBundle, 'nowMs'>,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
): readonly TaskFacts[] {
  const { primary } = service;
  if (service.controller !== 'ECS' || primary?.rolloutState !== 'IN_PROGRESS') return [];
  if (primary.failedTasks > 0 || primary.pending > 0) return [];
  const live = tasks.filter((task) => !task.stopped && task.observed.value.desiredStatus === 'RUNNING');
  const moved = [primary.createdAtMs, ...live.map((task) => task.startedAtMs)];
  if (moved.some((at) => at !== undefined && bundle.nowMs - at < PATIENCE_MS)) return [];
  if (live.some((task) => task.ofPrimary && task.healthStatus === 'UNHEALTHY')) return [];
  return live.filter((task) => !task.ofPrimary);
}

/** Those of them that are protected now. */
export function protectedTasks(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
): readonly Protected[] {
  const known = bundle.protections?.items ?? [];
  if (known.length === 0) return [];
  return heldTasks(bundle, service, tasks).flatMap((task) => {
    const protection = known.find(
      ({ value }) => value.taskArn === task.arn && value.protectionEnabled === true,
    );
    return protection === undefined ? [] : [{ task, protection }];
  });
}
