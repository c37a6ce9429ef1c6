// The engine: an agenda of simulated moments. It runs what is due, one moment at a time, and after each lets the
// scheduler look at the services it touched. It never waits and never reads a clock; whoever owns it says when.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { primaryOf } from '../deployment.ts';
import { createAgenda } from './agenda.ts';
import { keepAgents } from './agent-connection.ts';
import { applicationsOf } from './application.ts';
import { resumeContainer } from './container-resume.ts';
import { countClusters } from './counts.ts';
import { createWorld } from './engine-world.ts';
import { endTasksOfLostHosts } from './interruptions.ts';
import { keepMetrics } from './metrics.ts';
import { fillGroups } from './placement/instance-groups.ts';
import { backOffMs, isSteady, reconcileService } from './scheduler.ts';
import { noteReachedTargets, recheckTargets } from './target-health.ts';
import { resumeStart } from './task-start.ts';
import { finishStopping, STOPPED_TASK_VISIBLE_MS, stopTask } from './task-stop.ts';
import { serviceOfTask, tasksOf, type World } from './world.ts';

export interface Engine {
  /** When something happens next, in simulated epoch milliseconds. */
  nextAt(): number | undefined;
  /** Runs what is due next, at its own moment. */
  runNext(): void;
  /** Takes up a change that was made to the state at the simulated time `at`. */
  stateChanged(at: number): void;
  /** Whether every service is as it should be. */
  steady(): boolean;
  /** How many tasks have failed since the start. */
  failures(): number;
}

export interface EngineOptions {
  readonly account: SimulatedAccount;
  /** The simulated moment of the state. */
  readonly startAt: number;
}

/** Each moment ends after this many rounds of the scheduler; more would mean that it does not settle. */
const ROUNDS_MAX = 20;

/** Creates an engine that goes on from the account's state. */
export function createEngine({ account, startAt }: EngineOptions): Engine {
  const agenda = createAgenda();
  const dirty = new Set<SnapshotService>();
  const failures = { count: 0 };
  let at = startAt;
  const world = createWorld(account, {
    now: () => at,
    after: (delayMs, step) => void agenda.add(at + delayMs, step),
    reconcile: (service) => void dirty.add(service),
    failed: () => {
      failures.count += 1;
    },
  });
  const settle = () => {
    for (let round = 0; round < ROUNDS_MAX && dirty.size > 0; round++) {
      const services = [...dirty];
      dirty.clear();
      for (const service of services) reconcileService(world, service);
    }
  };
  takeUp(world);
  keepMetrics(world);
  keepAgents(world);
  world.after(0, () => fillGroups(world));
  return {
    nextAt: agenda.nextAt,
    runNext: () => {
      const next = agenda.take();
      if (next === undefined) return;
      at = Math.max(at, next.at);
      next.run();
      settle();
    },
    stateChanged: (changedAt) => {
      at = Math.max(at, changedAt);
      world.index.refresh();
      world.applications.clear();
      for (const task of account.state.ecs.tasks) stopIfAsked(world, task);
      for (const service of account.state.ecs.services) resetForNewDeployment(world, service);
      endTasksOfLostHosts(world);
      recheckTargets(world);
      countClusters(world);
      fillGroups(world);
      settle();
    },
    steady: () => account.state.ecs.services.every((service) => isSteady(world, service)),
    failures: () => failures.count,
  };
}

/** Goes on from a state that somebody else made: what runs keeps running, what was on its way goes on. */
function takeUp(world: World): void {
  const { tasks, services } = world.account.state.ecs;
  for (const task of tasks) takeUpTask(world, task);
  countClusters(world);
  noteReachedTargets(world);
  for (const service of services) {
    const memory = world.memoryOf(service);
    memory.steady = isSteady(world, service);
    const primary = primaryOf(service);
    const failed = tasksOf(world, service).filter(
      (task) => task.lastStatus === 'STOPPED' && task.startedBy === primary?.id && isFailure(task),
    );
    memory.failures = primary?.rolloutState === 'IN_PROGRESS' ? (primary.failedTasks ?? failed.length) : 0;
    const last = Math.max(0, ...failed.map((task) => Date.parse(task.stoppedAt ?? '')));
    memory.notBefore = last === 0 ? 0 : last + backOffMs(memory.failures);
    world.after(0, () => world.reconcile(service));
  }
}

function takeUpTask(world: World, task: SnapshotTask): void {
  const run = world.runOf(task);
  const service = serviceOfTask(world, task);
  if (task.lastStatus === 'STOPPED') {
    run.stopping = true;
    const leftMs = Date.parse(task.stoppedAt ?? '') + STOPPED_TASK_VISIBLE_MS - world.now();
    world.after(Number.isFinite(leftMs) ? Math.max(0, leftMs) : STOPPED_TASK_VISIBLE_MS, () =>
      world.forget(task),
    );
  } else if (task.desiredStatus === 'STOPPED') {
    finishStopping(world, task);
  } else if (task.lastStatus === 'RUNNING') {
    const startedAt = Date.parse(task.startedAt ?? '') || 0;
    Object.assign(run, { healthy: task.healthStatus !== 'UNHEALTHY', startedAt });
    for (const application of applicationsOf(world, task))
      resumeContainer(world, { task, service, application });
  } else {
    resumeStart(world, service, task);
  }
}

/** StopTask only marks the task; stopping it is the engine's part. */
function stopIfAsked(world: World, task: SnapshotTask): void {
  if (task.desiredStatus !== 'STOPPED' || task.lastStatus === 'STOPPED' || world.runOf(task).stopping) return;
  stopTask(world, task, {
    code: task.stopCode ?? 'UserInitiated',
    reason: task.stoppedReason ?? 'Task stopped by user',
    failed: false,
  });
}

/** A deployment that has no failures yet starts without the pauses of the one before it. */
function resetForNewDeployment(world: World, service: SnapshotService): void {
  const primary = primaryOf(service);
  const untried =
    (primary?.failedTasks ?? 0) === 0 &&
    !tasksOf(world, service).some((task) => task.startedBy === primary?.id);
  if (untried) Object.assign(world.memoryOf(service), { failures: 0, notBefore: 0 });
  world.reconcile(service);
}

function isFailure(task: SnapshotTask): boolean {
  return (
    task.stopCode === 'TaskFailedToStart' ||
    task.stopCode === 'EssentialContainerExited' ||
    /failed .*health checks/i.test(task.stoppedReason ?? '')
  );
}
