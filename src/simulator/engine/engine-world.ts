// Makes the world that every part of the engine works on: the account, its index, and memories that begin empty.

import type { SnapshotService } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { backOffMs } from './scheduler.ts';
import { addProblem } from './service-events.ts';
import { createTaskIndex } from './task-index.ts';
import { type ServiceMemory, serviceOfTask, type TaskRun, type World } from './world.ts';

/** ECS says that a service cannot start its tasks after this many failures in a row. */
const IMPAIRED_AFTER = 3;

/** The engine's own part of it. */
export interface Machinery {
  now(): number;
  after(delayMs: number, step: () => void): void;
  reconcile(service: SnapshotService): void;
  failed(): void;
}

/** What the engine remembers, empty, around an account. */
export function createWorld(account: SimulatedAccount, machinery: Machinery): World {
  const runs = new Map<string, TaskRun>();
  const memories = new Map<string, ServiceMemory>();
  const failed = (service: SnapshotService) => {
    machinery.failed();
    const memory = world.memoryOf(service);
    memory.failures += 1;
    memory.notBefore = machinery.now() + backOffMs(memory.failures);
  };
  const world: World = {
    account,
    index: createTaskIndex(account),
    launching: new Set(),
    hubPulls: new Map(),
    applications: new Map(),
    reachedTargets: new WeakSet(),
    now: machinery.now,
    after: machinery.after,
    reconcile: machinery.reconcile,
    runOf: (task) => {
      const known = runs.get(task.taskArn) ?? newRun();
      runs.set(task.taskArn, known);
      return known;
    },
    memoryOf: (service) => {
      const known = memories.get(service.serviceArn) ?? newMemory();
      memories.set(service.serviceArn, known);
      return known;
    },
    crashed: machinery.failed,
    launchFailed: failed,
    taskFailed: (task) => {
      const service = serviceOfTask(world, task);
      if (service === undefined) return;
      failed(service);
      if (task.stopCode === 'TaskFailedToStart' && world.memoryOf(service).failures >= IMPAIRED_AFTER)
        addProblem(
          world,
          service,
          'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
        );
      const deployment = (service.deployments ?? []).find((one) => one.id === task.startedBy);
      if (deployment !== undefined)
        Object.assign(deployment, {
          failedTasks: (deployment.failedTasks ?? 0) + 1,
          updatedAt: new Date(machinery.now()).toISOString(),
        });
    },
    failedTaskGone: (task) => {
      const service = serviceOfTask(world, task);
      if (service === undefined) return;
      const memory = world.memoryOf(service);
      if (memory.failures > 0) memory.notBefore = machinery.now() + backOffMs(memory.failures);
    },
    forget: (task) => {
      runs.delete(task.taskArn);
      world.index.remove(task);
    },
  };
  return world;
}

function newRun(): TaskRun {
  return {
    containers: new Map(),
    healthy: false,
    stopping: false,
    startedAt: 0,
    settled: undefined,
    network: undefined,
  };
}

function newMemory(): ServiceMemory {
  return {
    failures: 0,
    notBefore: 0,
    wakeAt: 0,
    retryAt: 0,
    scaledAt: 0,
    problems: new Map(),
    steady: false,
  };
}
