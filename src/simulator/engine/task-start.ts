// How a task begins: PROVISIONING while it gets an interface, PENDING while its image is pulled and its logger is set up,
// ACTIVATING while it is registered, RUNNING. Each step may find a reason why the task cannot start.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { Deployment } from '../deployment.ts';
import { applicationOf, definitionOf } from './application.ts';
import { beginRunning } from './task-health.ts';
import { attachInterface, chooseSubnet } from './task-interface.ts';
import { logGroupFor } from './task-logs.ts';
import { stopTask } from './task-stop.ts';
import { clusterName, isoNow, taskId, type World } from './world.ts';

const INTERFACE_MS = 8_000;
const PULL_START_MS = 4_000;
const PULL_MS = 10_000;
const ACTIVATE_MS = 1_000;
const RUN_MS = 2_000;

/** Creates a task of `deployment` and sets its start going. */
export function startTask(world: World, service: SnapshotService, deployment: Deployment): SnapshotTask {
  const task = newTask(world, service, deployment);
  world.account.state.ecs.tasks.push(task);
  world.after(INTERFACE_MS, () => provision(world, service, task));
  return task;
}

/** Picks up a task that had not reached RUNNING when the simulation began. */
export function resumeStart(world: World, service: SnapshotService, task: SnapshotTask): void {
  if (task.lastStatus === 'PROVISIONING' && (task.attachments ?? []).length === 0)
    world.after(INTERFACE_MS, () => provision(world, service, task));
  else world.after(PULL_START_MS, () => pull(world, service, task));
}

function provision(world: World, service: SnapshotService, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  const definition = definitionOf(world, task);
  if (definition?.networkMode === 'awsvpc') {
    const subnet = chooseSubnet(world, service);
    const made = subnet === undefined ? undefined : attachInterface(world, task, { subnet, service });
    if (made === undefined) {
      const where = subnet?.SubnetId ?? 'unknown';
      refuse(
        world,
        task,
        `Unexpected EC2 error while attempting to Create Network Interface in subnet '${where}': InsufficientFreeAddressesInSubnet`,
      );
      return;
    }
    task.availabilityZone = made.AvailabilityZone;
  }
  task.lastStatus = 'PENDING';
  task.connectivity = 'CONNECTED';
  task.connectivityAt = isoNow(world);
  world.reconcile(service);
  world.after(PULL_START_MS, () => pull(world, service, task));
}

function pull(world: World, service: SnapshotService, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  task.lastStatus = 'PENDING';
  task.pullStartedAt = isoNow(world);
  world.after(PULL_MS, () => {
    if (world.runOf(task).stopping) return;
    task.pullStoppedAt = isoNow(world);
    const application = applicationOf(world, task);
    if (application !== undefined && logGroupFor(world, application.container) === 'missing') {
      refuse(
        world,
        task,
        'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
      );
      return;
    }
    world.after(ACTIVATE_MS, () => activate(world, service, task));
  });
}

function activate(world: World, service: SnapshotService, task: SnapshotTask): void {
  if (world.runOf(task).stopping) return;
  task.lastStatus = 'ACTIVATING';
  world.after(RUN_MS, () => {
    const application = applicationOf(world, task);
    if (world.runOf(task).stopping || application === undefined) return;
    task.lastStatus = 'RUNNING';
    task.startedAt = isoNow(world);
    for (const container of task.containers ?? []) container.lastStatus = 'RUNNING';
    beginRunning(world, { task, service, application });
    world.reconcile(service);
  });
}

/** A task that never ran. */
function refuse(world: World, task: SnapshotTask, reason: string): void {
  stopTask(world, task, { code: 'TaskFailedToStart', reason, failed: true });
}

function newTask(world: World, service: SnapshotService, deployment: Deployment): SnapshotTask {
  const { account } = world;
  const id = account.newHex(32);
  const cluster = clusterName(service);
  const taskArn = `arn:aws:ecs:${account.region}:${account.id}:task/${cluster}/${id}`;
  const task: SnapshotTask = {
    taskArn,
    clusterArn: service.clusterArn,
    taskDefinitionArn: deployment.taskDefinition,
    group: `service:${service.serviceName}`,
    startedBy: deployment.id,
    launchType: service.launchType ?? 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    createdAt: isoNow(world),
    version: 1,
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    attachments: [],
    tags: [],
  };
  const definition = definitionOf(world, task);
  return {
    ...task,
    cpu: definition?.cpu,
    memory: definition?.memory,
    overrides: {
      containerOverrides: (definition?.containerDefinitions ?? []).map(({ name }) => ({ name })),
      inferenceAcceleratorOverrides: [],
    },
    containers: (definition?.containerDefinitions ?? []).map((container) => ({
      containerArn: `arn:aws:ecs:${account.region}:${account.id}:container/${cluster}/${id}/${account.newHex(32)}`,
      taskArn,
      name: container.name,
      image: container.image,
      runtimeId: `${taskId(task)}-${account.newHex(10)}`,
      lastStatus: 'PENDING',
      healthStatus: 'UNKNOWN',
      networkBindings: [],
      networkInterfaces: [],
      managedAgents: [],
      cpu: String(container.cpu ?? 0),
    })),
  };
}
