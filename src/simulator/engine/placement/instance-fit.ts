// Why a container instance cannot take a task, in the words that ECS puts behind "The closest matching …".
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

import type {
  Snapshot,
  SnapshotContainerInstance,
  SnapshotTaskDefinition,
} from '../../../contract/snapshot.ts';
import type { AwsvpcConfiguration, World } from '../world.ts';
import { satisfies } from './expression.ts';
import { needsOf, remaining, usedPorts } from './host-resources.ts';

export interface Wish {
  readonly clusterArn: string;
  readonly group: string;
  readonly definition: SnapshotTaskDefinition | undefined;
  readonly constraints: readonly {
    readonly type?: string | undefined;
    readonly expression?: string | undefined;
  }[];
  readonly network: AwsvpcConfiguration | undefined;
}

/**
 * With a trunk interface an instance takes many more tasks than it has interfaces; by size for most of the newer families.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
 */
const TRUNK_TASKS: Readonly<Record<string, number>> = { large: 10, xlarge: 20, '2xlarge': 40, '4xlarge': 60 };
const TRUNK_TASKS_MAX = 120;

/** Everything that speaks against the instance, most telling first; empty when it fits. */
export function objections(world: World, instance: SnapshotContainerInstance, wish: Wish): string[] {
  const needs = needsOf(wish.definition);
  const attribute = (name: string) => instance.attributes?.find((one) => one.name === name)?.value;
  const has = (name: string) => (instance.attributes ?? []).some((one) => one.name === name);
  const found: string[] = [];
  if (instance.agentConnected === false) found.push('encountered error "AGENT"');
  const lacking = (wish.definition?.requiresAttributes ?? []).filter(
    (one) => !has(one.name ?? '') || (one.value !== undefined && attribute(one.name ?? '') !== one.value),
  );
  if (lacking.length > 0) found.push('is missing an attribute required by your task');
  const subject = {
    attribute: (name: string) => (has(name) ? (attribute(name) ?? '') : builtIn(world, instance, name)),
  };
  for (const { type, expression } of wish.constraints) {
    if (
      type === 'distinctInstance' &&
      tasksOn(world, instance, wish).some((task) => task.group === wish.group)
    )
      found.push('encountered error "DistinctInstance placement constraint unsatisfied."');
    if (type === 'memberOf' && !satisfies(expression ?? '', subject))
      found.push('encountered error "MemberOf placement constraint unsatisfied."');
  }
  if (remaining(instance, 'CPU') < needs.cpu) found.push('has insufficient CPU units available');
  if (remaining(instance, 'MEMORY') < needs.memoryMiB) found.push('has insufficient memory available');
  if (needs.ports.some((port) => usedPorts(instance).has(port)))
    found.push('is already using a port required by your task');
  if (needs.eni) found.push(...interfaceObjections(world, instance, wish));
  return found;
}

/** Whether another host like `instance` could take the task; more of them help only then. */
export function fitsWhenEmpty(world: World, instance: SnapshotContainerInstance, wish: Wish): boolean {
  const { containerInstanceArn, registeredResources } = instance;
  const another = {
    ...instance,
    containerInstanceArn: `${containerInstanceArn}-another`,
    agentConnected: true,
    remainingResources: registeredResources,
  };
  return objections(world, another, wish).length === 0;
}

function interfaceObjections(world: World, instance: SnapshotContainerInstance, wish: Wish): string[] {
  const zone = zoneOf(world, instance);
  const zones = (wish.network?.subnets ?? []).map(
    (id) => world.account.state.ec2.Subnets.find((one) => one.SubnetId === id)?.AvailabilityZone,
  );
  const found =
    zone === undefined || zones.includes(zone) ? [] : ['is missing an attribute required by your task'];
  const own = tasksOn(world, instance, wish).filter(
    (task) => (task.attachments ?? []).length > 0 || task.lastStatus === 'PROVISIONING',
  );
  return own.length >= interfacesMax(world, instance)
    ? [...found, 'encountered error "RESOURCE:ENI"']
    : found;
}

/** One interface is the instance's own. */
function interfacesMax(world: World, instance: SnapshotContainerInstance): number {
  const type = instanceTypeOf(world, instance);
  if ((instance.attributes ?? []).some((one) => one.name === 'ecs.awsvpc-trunk-id'))
    return TRUNK_TASKS[type?.split('.')[1] ?? ''] ?? TRUNK_TASKS_MAX;
  const info = world.account.state.ec2.InstanceTypes.find((one) => one.InstanceType === type);
  return (info?.NetworkInfo?.MaximumNetworkInterfaces ?? Number.POSITIVE_INFINITY) - 1;
}

function builtIn(world: World, instance: SnapshotContainerInstance, name: string): string | undefined {
  if (name === 'ecs.instance-type') return instanceTypeOf(world, instance);
  if (name === 'ecs.availability-zone') return zoneOf(world, instance);
  return undefined;
}

function instanceTypeOf(world: World, instance: SnapshotContainerInstance): string | undefined {
  return (
    instance.attributes?.find((one) => one.name === 'ecs.instance-type')?.value ??
    machineOf(world, instance)?.InstanceType
  );
}

export function zoneOf(world: World, instance: SnapshotContainerInstance): string | undefined {
  return (
    instance.attributes?.find((one) => one.name === 'ecs.availability-zone')?.value ??
    machineOf(world, instance)?.Placement?.AvailabilityZone
  );
}

function machineOf(
  world: World,
  instance: SnapshotContainerInstance,
): Snapshot['ec2']['Instances'][number] | undefined {
  return world.account.state.ec2.Instances.find((one) => one.InstanceId === instance.ec2InstanceId);
}

export function tasksOn(
  world: World,
  instance: SnapshotContainerInstance,
  { clusterArn }: { clusterArn: string },
) {
  return world.index
    .inCluster(clusterArn)
    .filter(
      (task) => task.containerInstanceArn === instance.containerInstanceArn && task.lastStatus !== 'STOPPED',
    );
}
