// The service scheduler: compares what a service wants with what runs, starts and stops tasks within the deployment's
// bounds, waits longer after each failure, and says when a deployment is complete, has failed, or all is steady.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { beginDeployment, type Deployment, endDeployment, primaryOf } from '../deployment.ts';
import { refreshCounts } from './counts.ts';
import { reconcileDaemon } from './daemon.ts';
import { drainService } from './draining.ts';
import { hostOf } from './placement/host-resources.ts';
import { named, startTasks } from './scheduler-start.ts';
import { addEvent, addProblem } from './service-events.ts';
import { stopTask } from './task-stop.ts';
import { isoNow, tasksOf, type World } from './world.ts';

/** Pauses after the first, second, … failure in a row; ECS grows to about 15 minutes and stays there. */
const BACK_OFF_MS = [60_000, 120_000, 300_000, 900_000] as const;
/** Bounds of the circuit breaker's threshold. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
const BREAKER_MIN = 3;
const BREAKER_MAX = 200;

/** How long the scheduler waits after `failures` failures in a row. */
export function backOffMs(failures: number): number {
  if (failures === 0) return 0;
  return BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length) - 1] ?? 0;
}

/** Takes the next steps for one service. Calling it again at the same moment changes nothing. */
export function reconcileService(world: World, service: SnapshotService): void {
  if (service.status === 'DRAINING') {
    drainService(world, service);
    refreshCounts(world, service);
    return;
  }
  const primary = primaryOf(service);
  if (service.status !== 'ACTIVE' || primary === undefined) return;
  if (service.schedulingStrategy === 'DAEMON') {
    reconcileDaemon(world, service, primary);
    refreshCounts(world, service);
    noteSteadiness(world, service);
    return;
  }
  primary.desiredCount = service.desiredCount;
  openBreaker(world, service, primary);
  const current = primaryOf(service) ?? primary;
  stopSurplus(world, service, current);
  startMissing(world, service, current);
  complete(world, service, current);
  refreshCounts(world, service);
  noteSteadiness(world, service);
}

/** Whether everything the service wants is there and nothing else. */
export function isSteady(world: World, service: SnapshotService): boolean {
  if (service.status !== 'ACTIVE') return true;
  const present = tasksOf(world, service).filter((task) => task.lastStatus !== 'STOPPED');
  const desired = service.desiredCount ?? 0;
  const only = (service.deployments ?? []).length === 1 && primaryOf(service)?.rolloutState !== 'IN_PROGRESS';
  return only && present.length === desired && present.every((task) => world.runOf(task).healthy);
}

interface Split {
  readonly present: SnapshotTask[];
  readonly old: SnapshotTask[];
  readonly fresh: SnapshotTask[];
  readonly healthy: number;
  readonly freshHealthy: number;
}

function split(world: World, service: SnapshotService, primary: Deployment): Split {
  const present = tasksOf(world, service).filter((task) => task.lastStatus !== 'STOPPED');
  const live = present.filter((task) => task.desiredStatus === 'RUNNING');
  const isHealthy = (task: SnapshotTask) => world.runOf(task).healthy;
  // A task on an instance that is being drained is replaced like one of an older deployment.
  const isFresh = (task: SnapshotTask) =>
    task.startedBy === primary.id && hostOf(world, task)?.status !== 'DRAINING';
  const fresh = live.filter(isFresh);
  return {
    present,
    old: live.filter((task) => !isFresh(task)),
    fresh,
    healthy: live.filter(isHealthy).length,
    freshHealthy: fresh.filter(isHealthy).length,
  };
}

function boundsOf(service: SnapshotService): { min: number; max: number } {
  const desired = service.desiredCount ?? 0;
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration ?? {};
  return {
    min: Math.ceil((desired * minimumHealthyPercent) / 100),
    max: Math.floor((desired * maximumPercent) / 100),
  };
}

function stopSurplus(world: World, service: SnapshotService, primary: Deployment): void {
  const { present, old, fresh, healthy, freshHealthy } = split(world, service, primary);
  const desired = service.desiredCount ?? 0;
  const { min, max } = boundsOf(service);
  const healthiestLast = (tasks: SnapshotTask[]) =>
    [...tasks].sort((left, right) => Number(world.runOf(left).healthy) - Number(world.runOf(right).healthy));
  const surplus = healthiestLast(fresh).slice(0, Math.max(0, fresh.length - desired));
  let count = old.length;
  // Nothing makes room for a deployment that has failed.
  if (primary.rolloutState === 'FAILED') count = 0;
  else if (freshHealthy < desired) {
    const missing = desired - fresh.length;
    const room = max - present.length;
    const unhealthyOld = old.filter((task) => !world.runOf(task).healthy).length;
    count = Math.min(
      old.length,
      unhealthyOld + Math.max(0, healthy - min),
      Math.max(missing - room, old.length + freshHealthy - desired, 0),
    );
  }
  const chosen = [...surplus, ...healthiestLast(old).slice(0, count)].filter(
    (task) => !isProtected(world, task),
  );
  if (chosen.length === 0) return;
  const balanced = (service.loadBalancers ?? []).length > 0;
  if (balanced) addEvent(world, service, `has begun draining connections on ${chosen.length} tasks.`);
  for (const task of chosen) {
    stopTask(world, task, {
      code: 'ServiceSchedulerInitiated',
      reason: `Scaling activity initiated by (deployment ${primary.id ?? ''})`,
      failed: false,
    });
  }
  addEvent(world, service, `has stopped ${chosen.length} running tasks: ${named(chosen)}.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
function isProtected(world: World, task: SnapshotTask): boolean {
  return world.account.state.ecs.taskProtections.some(
    (one) =>
      one.taskArn === task.taskArn &&
      one.protectionEnabled === true &&
      Date.parse(one.expirationDate ?? '9999-01-01') > world.now(),
  );
}

function startMissing(world: World, service: SnapshotService, primary: Deployment): void {
  if (primary.rolloutState === 'FAILED') return;
  const { present, fresh } = split(world, service, primary);
  const count = Math.min((service.desiredCount ?? 0) - fresh.length, boundsOf(service).max - present.length);
  if (isDeadlocked(world, service, primary))
    addProblem(
      world,
      service,
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    );
  if (count > 0) startTasks(world, service, { deployment: primary, own: fresh, count });
}

/** Neither may a task be stopped first, nor one started first. */
function isDeadlocked(world: World, service: SnapshotService, primary: Deployment): boolean {
  const { old, fresh } = split(world, service, primary);
  const desired = service.desiredCount ?? 0;
  const { min, max } = boundsOf(service);
  return old.length >= desired && fresh.length < desired && desired > 0 && min >= desired && max <= desired;
}

function complete(world: World, service: SnapshotService, primary: Deployment): void {
  const { present, freshHealthy } = split(world, service, primary);
  const desired = service.desiredCount ?? 0;
  if (primary.rolloutState !== 'IN_PROGRESS' || freshHealthy < desired || present.length !== desired) return;
  endDeployment(world.account, service, {
    deployment: primary,
    state: 'COMPLETED',
    reason: `ECS deployment ${primary.id ?? ''} completed.`,
    nowIso: isoNow(world),
  });
  for (const record of world.account.state.ecs.serviceDeployments)
    if (record.serviceArn === service.serviceArn && record.status === 'ROLLBACK_IN_PROGRESS')
      record.status = 'ROLLBACK_SUCCESSFUL';
  service.deployments = [primary];
  addEvent(world, service, `(deployment ${primary.id ?? ''}) deployment completed.`);
}

function openBreaker(world: World, service: SnapshotService, primary: Deployment): void {
  const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
  const threshold = Math.min(BREAKER_MAX, Math.max(BREAKER_MIN, Math.ceil((service.desiredCount ?? 0) / 2)));
  if (
    breaker?.enable !== true ||
    primary.rolloutState !== 'IN_PROGRESS' ||
    (primary.failedTasks ?? 0) < threshold
  )
    return;
  const nowIso = isoNow(world);
  const former = (service.deployments ?? []).find(
    (deployment) => deployment.status === 'ACTIVE' && deployment.rolloutState === 'COMPLETED',
  );
  const rollsBack = breaker.rollback === true && former !== undefined;
  endDeployment(world.account, service, {
    deployment: primary,
    state: 'FAILED',
    reason: 'ECS deployment circuit breaker: tasks failed to start.',
    nowIso,
    ...(rollsBack ? { status: 'ROLLBACK_IN_PROGRESS' } : {}),
  });
  addEvent(world, service, `(deployment ${primary.id ?? ''}) deployment failed: tasks failed to start.`);
  if (!rollsBack) return;
  service.taskDefinition = former.taskDefinition;
  if (former.networkConfiguration !== undefined)
    service.networkConfiguration = structuredClone(former.networkConfiguration);
  const next = beginDeployment(world.account, service, nowIso);
  next.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${former.id ?? ''}.`;
  Object.assign(world.memoryOf(service), { failures: 0, notBefore: 0 });
  addEvent(world, service, `rolling back to (deployment ${former.id ?? ''}).`);
}

function noteSteadiness(world: World, service: SnapshotService): void {
  const memory = world.memoryOf(service);
  const steady = isSteady(world, service);
  if (steady) memory.problems.clear();
  if (steady && !memory.steady) addEvent(world, service, 'has reached a steady state.');
  memory.steady = steady;
}
