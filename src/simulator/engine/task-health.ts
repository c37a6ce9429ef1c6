// From RUNNING on: the application tries to become ready, the container's health check and the load balancers look at
// it, and whoever finds it unhealthy has it stopped. Nothing is decided in advance: readiness is what the simulated
// network allows at the moment of each attempt. A task that was healthy once keeps its tracked connections.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { resolveName } from '../physics/names.ts';
import { reach } from '../physics/reach.ts';
import type { Application } from './application.ts';
import {
  DATABASE_TIMEOUT_MS,
  databaseReadyLines,
  databaseTimeoutLines,
  databaseUnknownLines,
  healthLine,
  startLines,
} from './log-lines.ts';
import { addEvent } from './service-events.ts';
import { type RunningTask, watchTarget } from './target-health.ts';
import { registerTargets } from './targets.ts';
import { containerInterface } from './task-interface.ts';
import { scheduleLog, writeLog } from './task-logs.ts';
import { stopTask } from './task-stop.ts';
import { taskId, type World } from './world.ts';

/** When the application, counted from its start, first tries its database. */
const FIRST_ATTEMPT_MS = 910;
/** The scheduler acts on a verdict this much later. */
const REACTION_MS = 2_000;
const ANSWER_LOG_MS = 60_000;

/** Starts everything that happens to a task once it is RUNNING. */
export function beginRunning(world: World, running: RunningTask): void {
  const { task, service, application } = running;
  world.runOf(task).startedAt = world.now();
  logWhileAlive(world, running, startLines(application));
  if (application.database === undefined) world.runOf(task).ready = true;
  else world.after(FIRST_ATTEMPT_MS, () => tryDatabase(world, running));
  const targets = registerTargets(world, service, task);
  const pending = { container: application.healthCheck !== undefined, targets: targets.length };
  const settle = () => {
    if (pending.container || pending.targets > 0 || world.runOf(task).stopping) return;
    world.runOf(task).healthy = true;
    if (service === undefined) return;
    const memory = world.memoryOf(service);
    memory.failures = 0;
    memory.notBefore = 0;
    world.reconcile(service);
  };
  watchContainer(world, running, () => {
    pending.container = false;
    settle();
  });
  for (const target of targets) {
    watchTarget(world, { ...running, target }, () => {
      pending.targets -= 1;
      settle();
    });
  }
  settle();
}

function tryDatabase(world: World, running: RunningTask): void {
  const { task, application } = running;
  const run = world.runOf(task);
  const from = containerInterface(world, task);
  const { database } = application;
  if (run.stopping || from === undefined || database === undefined) return;
  const { state } = world.account;
  const address = resolveName(state, database.host, from.VpcId ?? '');
  if (address !== undefined && reach(state.ec2, { from, to: address, port: database.port }).open) {
    run.ready = true;
    logFromNow(world, running, databaseReadyLines());
    return;
  }
  logFromNow(
    world,
    running,
    address === undefined ? databaseUnknownLines(database) : databaseTimeoutLines(database),
  );
  world.after(DATABASE_TIMEOUT_MS + REACTION_MS, () => tryDatabase(world, running));
}

/** The container's own health check; `passed` is called once, at the first success. */
function watchContainer(world: World, running: RunningTask, passed: () => void): void {
  const { task, service, application } = running;
  const check = application.healthCheck;
  if (check === undefined) return;
  const run = world.runOf(task);
  let failures = 0;
  const look = () => {
    if (run.stopping) return;
    writeLog(world, task, application.container, [healthLine(0, run.ready).message]);
    if (run.ready) {
      setHealth(task, application, 'HEALTHY');
      keepAnswering(world, running);
      passed();
      return;
    }
    // A failure during the start period does not count.
    if (world.now() - run.startedAt > check.startPeriodMs) failures += 1;
    if (failures < check.retries) {
      world.after(check.intervalMs, look);
      return;
    }
    setHealth(task, application, 'UNHEALTHY');
    world.after(REACTION_MS, () => {
      if (run.stopping) return;
      addEvent(world, service, `(task ${taskId(task)}) failed container health checks.`);
      stopTask(world, task, {
        code: 'ServiceSchedulerInitiated',
        reason: 'Task failed container health checks',
        failed: true,
      });
    });
  };
  world.after(check.intervalMs, look);
}

/** A healthy application logs its health endpoint about once a minute, so that its stream is alive. */
export function keepAnswering(world: World, running: RunningTask): void {
  world.after(ANSWER_LOG_MS, () => {
    const { task, application } = running;
    if (world.runOf(task).stopping) return;
    writeLog(world, task, application.container, [healthLine(0, true).message]);
    keepAnswering(world, running);
  });
}

function setHealth(task: SnapshotTask, application: Application, health: 'HEALTHY' | 'UNHEALTHY'): void {
  task.healthStatus = health;
  for (const container of task.containers ?? [])
    if (container.name === application.container.name) container.healthStatus = health;
}

function logWhileAlive(world: World, running: RunningTask, lines: ReturnType<typeof startLines>): void {
  const { task, application } = running;
  scheduleLog(world, lines, {
    task,
    container: application.container,
    alive: () => !world.runOf(task).stopping,
  });
}

/** Lines whose offsets count from the container's start, written from the first database attempt on. */
function logFromNow(world: World, running: RunningTask, lines: ReturnType<typeof startLines>): void {
  logWhileAlive(
    world,
    running,
    lines.map((line) => ({ ...line, afterMs: Math.max(0, line.afterMs - FIRST_ATTEMPT_MS) })),
  );
}
