// What a container instance has left: CPU, memory and ports, taken when a task is placed on it and given back when the
// task is gone. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html

import type {
  SnapshotContainerInstance,
  SnapshotTask,
  SnapshotTaskDefinition,
} from '../../../contract/snapshot.ts';
import { definitionOf } from '../application.ts';
import type { World } from '../world.ts';

/** The first port of those Linux hands out by itself. */
const DYNAMIC_PORT = 32_768;

type Resource = NonNullable<SnapshotContainerInstance['remainingResources']>[number];

export interface Needs {
  /** In CPU units. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Host ports that the definition fixes. */
  readonly ports: readonly number[];
  /** Whether the task gets an interface of its own. */
  readonly eni: boolean;
}

export function needsOf(definition: SnapshotTaskDefinition | undefined): Needs {
  const containers = definition?.containerDefinitions ?? [];
  const sum = (value: (container: (typeof containers)[number]) => number | undefined) =>
    containers.reduce((total, container) => total + (value(container) ?? 0), 0);
  const own = definition?.networkMode === 'awsvpc';
  return {
    cpu: Number(definition?.cpu ?? sum((container) => container.cpu)),
    memoryMiB: Number(
      definition?.memory ?? sum((container) => container.memoryReservation ?? container.memory),
    ),
    ports: own
      ? []
      : containers.flatMap((container) =>
          (container.portMappings ?? [])
            .map(
              (mapping) =>
                (definition?.networkMode === 'host' ? mapping.containerPort : mapping.hostPort) ?? 0,
            )
            .filter((port) => port > 0),
        ),
    eni: own,
  };
}

/** What is left of a resource; infinite when the snapshot does not say. */
export function remaining(instance: SnapshotContainerInstance, name: 'CPU' | 'MEMORY'): number {
  const list = instance.remainingResources ?? instance.registeredResources ?? [];
  return list.find((one) => one.name === name)?.integerValue ?? Number.POSITIVE_INFINITY;
}

export function usedPorts(instance: SnapshotContainerInstance): Set<number> {
  const list = instance.remainingResources ?? instance.registeredResources ?? [];
  return new Set((list.find((one) => one.name === 'PORTS')?.stringSetValue ?? []).map(Number));
}

/** Takes what the task needs from its instance and binds its ports. */
export function reserve(world: World, task: SnapshotTask): void {
  const instance = hostOf(world, task);
  if (instance === undefined) return;
  const needs = needsOf(definitionOf(world, task));
  bindPorts(world, task, instance);
  change(instance, { cpu: -needs.cpu, memoryMiB: -needs.memoryMiB });
  takePorts(instance, [...usedPorts(instance), ...boundPorts(task)]);
  instance.runningTasksCount = (instance.runningTasksCount ?? 0) + 1;
}

/** Gives it back. */
export function release(world: World, task: SnapshotTask): void {
  const instance = hostOf(world, task);
  if (instance === undefined) return;
  const needs = needsOf(definitionOf(world, task));
  change(instance, { cpu: needs.cpu, memoryMiB: needs.memoryMiB });
  const gone = new Set(boundPorts(task));
  takePorts(
    instance,
    [...usedPorts(instance)].filter((port) => !gone.has(port)),
  );
  instance.runningTasksCount = Math.max(0, (instance.runningTasksCount ?? 1) - 1);
}

export function hostOf(world: World, task: SnapshotTask): SnapshotContainerInstance | undefined {
  if (task.containerInstanceArn === undefined) return undefined;
  return world.account.state.ecs.containerInstances.find(
    (one) => one.containerInstanceArn === task.containerInstanceArn,
  );
}

function bindPorts(world: World, task: SnapshotTask, instance: SnapshotContainerInstance): void {
  const definition = definitionOf(world, task);
  if (definition?.networkMode === 'awsvpc') return;
  const used = usedPorts(instance);
  for (const other of world.index.inCluster(task.clusterArn))
    if (other.containerInstanceArn === task.containerInstanceArn && other.lastStatus !== 'STOPPED')
      for (const port of boundPorts(other)) used.add(port);
  let next = DYNAMIC_PORT;
  for (const container of task.containers ?? []) {
    const own = definition?.containerDefinitions?.find((one) => one.name === container.name);
    container.networkBindings = (own?.portMappings ?? []).map((mapping) => {
      const fixed = definition?.networkMode === 'host' ? mapping.containerPort : mapping.hostPort;
      while (used.has(next)) next += 1;
      const hostPort = fixed !== undefined && fixed > 0 ? fixed : next;
      used.add(hostPort);
      return {
        bindIP: '0.0.0.0',
        containerPort: mapping.containerPort ?? hostPort,
        hostPort,
        protocol: mapping.protocol ?? 'tcp',
      };
    });
  }
}

function boundPorts(task: SnapshotTask): number[] {
  return (task.containers ?? [])
    .flatMap((container) => container.networkBindings ?? [])
    .map((binding) => binding.hostPort ?? 0)
    .filter((port) => port > 0 && port < DYNAMIC_PORT);
}

function change(instance: SnapshotContainerInstance, by: { cpu: number; memoryMiB: number }): void {
  for (const resource of listOf(instance)) {
    if (resource.name === 'CPU') resource.integerValue = (resource.integerValue ?? 0) + by.cpu;
    if (resource.name === 'MEMORY') resource.integerValue = (resource.integerValue ?? 0) + by.memoryMiB;
  }
}

function takePorts(instance: SnapshotContainerInstance, ports: readonly number[]): void {
  const resource = listOf(instance).find((one) => one.name === 'PORTS');
  if (resource !== undefined) resource.stringSetValue = [...new Set(ports)].map(String);
}

function listOf(instance: SnapshotContainerInstance): Resource[] {
  if (instance.remainingResources === undefined)
    instance.remainingResources = structuredClone(instance.registeredResources ?? []);
  return instance.remainingResources;
}
