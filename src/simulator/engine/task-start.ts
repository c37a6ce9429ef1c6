// How a task begins: PROVISIONING while it gets an interface, PENDING while ECS fetches what it needs, ACTIVATING while its
// containers start, RUNNING. Each step is tried against the account as it is at that moment and may find a reason why the
// task cannot start; which times are set shows how far it came.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { isUsedUp } from '../physics/api-rate.ts';
import { definitionOf } from './application.ts';
import { startInOrder } from './container-order.ts';
import { startExecAgents } from './exec-agent.ts';
import { watchSpot } from './interruptions.ts';
import { countUsage } from './placement/fargate-capacity.ts';
import { runProxy } from './service-connect.ts';
import { readEnvironmentFiles } from './start/environment-files.ts';
import { createContainers, unpackImages } from './start/host-runtime.ts';
import { openLogs } from './start/logger.ts';
import { startProcesses } from './start/process-start.ts';
import { authorize, pullImages } from './start/registry.ts';
import { readSecrets } from './start/secrets.ts';
import type { StartFailure, StartStep } from './start/start-attempt.ts';
import { attemptOf } from './start/start-place.ts';
import { mountVolumes } from './start/volumes.ts';
import { beginRunning } from './task-health.ts';
import { awaitHost } from './task-host.ts';
import { absentGroups, attachInterface, chooseSubnet } from './task-interface.ts';
import { newTask, type TaskOrder } from './task-order.ts';
import { stopTask } from './task-stop.ts';
import { isoNow, serviceOfTask, type World } from './world.ts';

const INTERFACE_MS = 8_000;
const PULL_START_MS = 4_000;
const PULL_MS = 10_000;
const ACTIVATE_MS = 1_000;
const RUN_MS = 2_000;

/** Creates a task and sets its start going. */
export function startTask(world: World, order: TaskOrder): SnapshotTask {
  const task = newTask(world, order);
  world.runOf(task).network = order.network;
  world.index.add(task);
  countUsage(world, task, 1);
  awaitHost(world, { task, order, arrived: () => world.after(INTERFACE_MS, () => provision(world, task)) });
  return task;
}

/** Picks up a task that had not reached RUNNING when the simulation began. */
export function resumeStart(world: World, service: SnapshotService | undefined, task: SnapshotTask): void {
  const deployment = (service?.deployments ?? []).find((one) => one.id === task.startedBy);
  world.runOf(task).network = (deployment ?? service)?.networkConfiguration?.awsvpcConfiguration;
  if (task.lastStatus === 'PROVISIONING' && (task.attachments ?? []).length === 0)
    world.after(INTERFACE_MS, () => provision(world, task));
  else world.after(PULL_START_MS, () => prepare(world, task));
}

function provision(world: World, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  if (definitionOf(world, task)?.networkMode === 'awsvpc') {
    const subnet = chooseSubnet(world, task);
    if (isUsedUp(world.account.state, 'ec2:CreateNetworkInterface')) {
      const stoppedReason = `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnet?.SubnetId ?? 'unknown'}': RequestLimitExceeded`;
      refuse(world, task, { stoppedReason, tookMs: 0 });
      return;
    }
    const absent = absentGroups(world, task);
    if (absent.length > 0) {
      const assign = world.runOf(task).network?.assignPublicIp === 'ENABLED' ? 'enabled' : 'disabled';
      const stoppedReason = `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ${assign} in subnet '${subnet?.SubnetId ?? 'unknown'}': InvalidGroup.NotFound`;
      refuse(world, task, { stoppedReason, tookMs: 0 });
      return;
    }
    const made = subnet === undefined ? undefined : attachInterface(world, task, subnet);
    if (made === undefined) {
      const where = subnet?.SubnetId ?? 'unknown';
      const stoppedReason = `Unexpected EC2 error while attempting to Create Network Interface in subnet '${where}': InsufficientFreeAddressesInSubnet`;
      refuse(world, task, { stoppedReason, tookMs: 0 });
      return;
    }
    task.availabilityZone = made.AvailabilityZone;
  }
  task.lastStatus = 'PENDING';
  task.connectivity = 'CONNECTED';
  task.connectivityAt = isoNow(world);
  reconcileOwner(world, task);
  world.after(PULL_START_MS, () => prepare(world, task));
}

/** What is fetched before an image is: the registry's token, secrets, environment files. */
function prepare(world: World, task: SnapshotTask): void {
  task.lastStatus = 'PENDING';
  attempt(world, task, {
    steps: [authorize, readSecrets, readEnvironmentFiles],
    next: () => pull(world, task),
  });
}

function pull(world: World, task: SnapshotTask): void {
  task.pullStartedAt = isoNow(world);
  const pulled = () => {
    task.pullStoppedAt = isoNow(world);
  };
  attempt(world, task, {
    steps: [pullImages, unpackImages],
    failed: pulled,
    next: () =>
      world.after(PULL_MS, () => {
        if (world.runOf(task).stopping) return;
        pulled();
        attempt(world, task, {
          steps: [openLogs, mountVolumes],
          next: () => world.after(ACTIVATE_MS, () => activate(world, task)),
        });
      }),
  });
}

function activate(world: World, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  task.lastStatus = 'ACTIVATING';
  attempt(world, task, {
    steps: [createContainers, startProcesses],
    next: () => world.after(RUN_MS, () => run(world, task)),
  });
}

function run(world: World, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  startInOrder(world, task, () => {
    task.lastStatus = 'RUNNING';
    task.startedAt = isoNow(world);
    watchSpot(world, task);
    startExecAgents(world, task);
    runProxy(world, task, definitionOf(world, task));
    beginRunning(world, { task, service: serviceOfTask(world, task) });
    reconcileOwner(world, task);
  });
}

interface Attempt {
  readonly steps: readonly StartStep[];
  /** What happens when all steps succeed. */
  readonly next: () => void;
  /** What is noted when one fails, once ECS has given up on it. */
  readonly failed?: () => void;
}

function attempt(world: World, task: SnapshotTask, { steps, next, failed }: Attempt): void {
  const place = attemptOf(world, task);
  if (world.runOf(task).stopping || place === undefined) return;
  for (const step of steps) {
    const failure = step(place);
    if (failure === undefined) continue;
    world.after(failure.tookMs, () => {
      if (world.runOf(task).stopping) return;
      failed?.();
      refuse(world, task, failure);
    });
    return;
  }
  next();
}

/** A task that never ran. */
function refuse(world: World, task: SnapshotTask, failure: StartFailure): void {
  stopTask(world, task, {
    code: 'TaskFailedToStart',
    reason: failure.stoppedReason,
    failed: true,
    ...(failure.container === undefined ? {} : { container: failure.container }),
  });
}

function reconcileOwner(world: World, task: SnapshotTask): void {
  const service = serviceOfTask(world, task);
  if (service !== undefined) world.reconcile(service);
}
