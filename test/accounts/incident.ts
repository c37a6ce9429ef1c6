// How incidents look in ECS: a service whose tasks end again and again, a rollout that does not come up, service events in
// AWS's wording.

import type { SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import type { World } from './base.ts';
import { addStopped, noneRuns, type Stop } from './tasks.ts';
import { definitionArn, deployment, deploymentId, primaryOf, theDefinition, theService } from './workload.ts';

/** A service event; the newest stands first, as AWS returns them. */
export function event(w: World, secondsAgo: number, message: string, name = w.place.service): void {
  const service = theService(w, name);
  service.events = [
    { id: w.hex(`${name}-${secondsAgo}-${message}`, 32), createdAt: w.ago(secondsAgo), message },
    ...(service.events ?? []),
  ].sort((one, other) => String(other.createdAt).localeCompare(String(one.createdAt)));
}

export function startedEvent(w: World, secondsAgo: number, count: number, name = w.place.service): void {
  const ids = Array.from(
    { length: count },
    (_, index) => `(task ${w.hex(`started-${secondsAgo}-${index}`, 32)})`,
  );
  event(w, secondsAgo, `(service ${name}) has started ${count} tasks: ${ids.join(' ')}.`, name);
}

/** Nothing of the service runs and its tasks keep ending as `stop` says. */
export function failing(w: World, stop: Stop): void {
  const name = stop.name ?? w.place.service;
  noneRuns(w, name);
  Object.assign(primaryOf(w, name), { failedTasks: stop.count ?? 4 });
  addStopped(w, stop);
  restartEvents(w, stop, name);
}

function restartEvents(w: World, stop: Stop, name: string): void {
  const { count = 4, last = 75, every = 210 } = stop;
  for (let index = 0; index < count; index++)
    startedEvent(w, last + index * every + (stop.lived ?? 0) + 50, 1, name);
  if (stop.lived === undefined)
    event(
      w,
      last + 20,
      `(service ${name}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
      name,
    );
}

/** A new revision is being rolled out; the tasks of the old one still run. */
export function rollOut(
  w: World,
  change: (definition: SnapshotTaskDefinition) => void,
  more: { readonly ago?: number; readonly name?: string } = {},
): SnapshotTaskDefinition {
  const { ago = 1_500, name = w.place.service } = more;
  const service = theService(w, name);
  const definition = structuredClone(theDefinition(w, name));
  const old = primaryOf(w, name);
  const revision = 42;
  Object.assign(definition, {
    revision,
    taskDefinitionArn: definitionArn(w, name, revision),
    registeredAt: w.ago(ago + 30),
  });
  change(definition);
  w.snapshot.ecs.taskDefinitions.push(definition);
  service.taskDefinition = definitionArn(w, name, revision);
  Object.assign(old, { status: 'ACTIVE' });
  service.deployments = [
    {
      ...deployment(w, name, revision, { desired: service.desiredCount ?? 0, running: 0, ago }),
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${deploymentId(w, name, revision)} in progress.`,
    },
    old,
  ];
  return definition;
}

/** A rollout whose tasks keep ending as `stop` says. */
export function failingRollOut(
  w: World,
  change: (definition: SnapshotTaskDefinition) => void,
  stop: Stop,
): SnapshotTaskDefinition {
  const name = stop.name ?? w.place.service;
  const definition = rollOut(w, change, { name });
  Object.assign(primaryOf(w, name), { failedTasks: stop.count ?? 4 });
  addStopped(w, { ...stop, revision: 42 });
  restartEvents(w, stop, name);
  return definition;
}

/** The circuit breaker gave up on the deployment: a consequence, never the cause. */
export function breakerTripped(w: World): void {
  const service = theService(w);
  const primary = primaryOf(w);
  Object.assign(service.deploymentConfiguration ?? {}, {
    deploymentCircuitBreaker: { enable: true, rollback: false },
  });
  Object.assign(primary, {
    rolloutState: 'FAILED',
    rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  });
  event(
    w,
    40,
    `(service ${w.place.service}) (deployment ${primary.id}) deployment failed: tasks failed to start.`,
  );
}

export const failedToStart = 'TaskFailedToStart' as const;
export const exited = 'EssentialContainerExited' as const;
export const byScheduler = 'ServiceSchedulerInitiated' as const;
export const essentialExited = 'Essential container in task exited';
