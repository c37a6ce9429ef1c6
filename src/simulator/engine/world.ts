// What every part of the engine works on: the account, the moment being simulated, and what the engine remembers about
// tasks and services that AWS does not show. Everything that AWS shows is in the account's state.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import type { Application } from './application.ts';
import type { TaskIndex } from './task-index.ts';

/** What goes on inside a task. */
export interface TaskRun {
  /** What goes on inside its containers, by name. */
  readonly containers: Map<string, ContainerRun>;
  /** Container and load balancer are content, so the task counts for its deployment. */
  healthy: boolean;
  /** Set once the task is being stopped; every later step of its start does nothing. */
  stopping: boolean;
  /** When the container started, simulated epoch milliseconds. */
  startedAt: number;
  /** Looks whether the task has become healthy; set once it is RUNNING. */
  settled: (() => void) | undefined;
  /** Where an awsvpc task gets its interface. */
  network: AwsvpcConfiguration | undefined;
}

/** What goes on inside a container. */
export interface ContainerRun {
  phase: 'waiting' | 'running' | 'exited';
  /** When it started, simulated epoch milliseconds. */
  startedAt: number;
  /** Whether the application has opened its port. */
  listening: boolean;
  /** Whether it can do its work and answers health checks with success. */
  ready: boolean;
  /** What its own health check says; `none` without one. */
  health: 'none' | 'starting' | 'healthy' | 'unhealthy';
}

export type AwsvpcConfiguration = NonNullable<
  NonNullable<SnapshotService['networkConfiguration']>['awsvpcConfiguration']
>;

/** What the scheduler remembers of a service. */
export interface ServiceMemory {
  /** Tasks in a row that failed. */
  failures: number;
  /** No task is started before this simulated time. */
  notBefore: number;
  /** When the scheduler is due to look again because of `notBefore`; 0 when it is not. */
  wakeAt: number;
  /** When the scheduler tries again to place what it could not place. */
  retryAt: number;
  /** When its automatic scaling last changed it. */
  scaledAt: number;
  /** Problems that were said and have not gone, with the time when. */
  readonly problems: Map<string, number>;
  /** The last event said that the service is steady. */
  steady: boolean;
}

export interface World {
  readonly account: SimulatedAccount;
  readonly index: TaskIndex;
  /** What the task definitions say of their applications, by ARN; empty after every change. */
  readonly applications: Map<string, readonly Application[]>;
  /** When images were pulled from Docker Hub without signing in, by the NAT gateway or public address that it sees. */
  readonly hubPulls: Map<string, readonly number[]>;
  /** Auto scaling groups that are launching an instance, by name. */
  readonly launching: Set<string>;
  /** The simulated moment of what is happening, in epoch milliseconds. */
  now(): number;
  /** Runs `step` after `delayMs` of simulated time. */
  after(delayMs: number, step: () => void): void;
  /** Has the scheduler look at the service of `task` (or at `service`) once the current step is done. */
  reconcile(service: SnapshotService): void;
  runOf(task: SnapshotTask): TaskRun;
  memoryOf(service: SnapshotService): ServiceMemory;
  /** Targets that a load balancer has reached; only these can become unreachable. */
  readonly reachedTargets: WeakSet<object>;
  /** Told when something failed that makes no service wait, such as a container that exits after it has run. */
  crashed(): void;
  /** Told when a task could not even be made; the service waits as after any failure. */
  launchFailed(service: SnapshotService): void;
  /** Told when a task begins to stop because it failed (not when somebody stopped it). */
  taskFailed(task: SnapshotTask): void;
  /** Told when a task that failed is gone. */
  failedTaskGone(task: SnapshotTask): void;
  forget(task: SnapshotTask): void;
}

export function containerRun(world: World, task: SnapshotTask, name: string | undefined): ContainerRun {
  const { containers } = world.runOf(task);
  const known = containers.get(name ?? '') ?? {
    phase: 'waiting',
    startedAt: 0,
    listening: false,
    ready: false,
    health: 'none',
  };
  containers.set(name ?? '', known);
  return known;
}

export function isoNow(world: World): string {
  return new Date(world.now()).toISOString();
}

/** The tasks of a service that are not gone, whatever their state. */
export function tasksOf(world: World, service: SnapshotService): readonly SnapshotTask[] {
  return world.index.ofGroup(service.clusterArn, `service:${service.serviceName}`);
}

export function serviceOfTask(world: World, task: SnapshotTask): SnapshotService | undefined {
  return world.index.service(task.clusterArn, task.group ?? '');
}

export function taskId(task: SnapshotTask): string {
  return task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1);
}

export function clusterName(task: { clusterArn: string }): string {
  return task.clusterArn.slice(task.clusterArn.lastIndexOf('/') + 1);
}
