// Where a service's next task goes: on Fargate while quota and zones allow it, otherwise on the container instance that
// fits best. When there is none the answer is the event that ECS writes.

import type { SnapshotContainerInstance, SnapshotService } from '../../../contract/snapshot.ts';
import type { TaskOrder } from '../task-order.ts';
import type { World } from '../world.ts';
import { fargateRefusal } from './fargate-capacity.ts';
import { needsOf, remaining } from './host-resources.ts';
import { fitsWhenEmpty, objections, tasksOn, type Wish, zoneOf } from './instance-fit.ts';

export type Placement =
  | { readonly placed: true; readonly order: TaskOrder }
  /** `waits` tells a task that may be created and wait for an instance from one that cannot exist. */
  | { readonly placed: false; readonly event: string; readonly waits: boolean };

/** Decides for one task; `service` is undefined for one that no service asks for. */
export function placeTask(world: World, service: SnapshotService | undefined, order: TaskOrder): Placement {
  if (order.launchType === 'FARGATE') {
    const reason = fargateRefusal(world, order);
    if (reason === undefined) return { placed: true, order };
    return { placed: false, event: `was unable to place a task. Reason: ${reason}`, waits: false };
  }
  if (order.containerInstanceArn !== undefined) return { placed: true, order };
  const wish = wishOf(world, service, order);
  const all = instancesFor(world, order);
  if (all.length === 0) {
    const where = order.capacityProviderName === undefined ? 'cluster' : 'capacity provider';
    return {
      placed: false,
      event: `was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your ${where}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
      waits: order.capacityProviderName !== undefined,
    };
  }
  const judged = all.map((instance) => ({ instance, against: objections(world, instance, wish) }));
  const fitting = judged.filter(({ against }) => against.length === 0).map(({ instance }) => instance);
  const chosen = bestOf(world, fitting, { service, wish });
  if (chosen !== undefined)
    return { placed: true, order: { ...order, containerInstanceArn: chosen.containerInstanceArn } };
  const closest = judged.sort((left, right) => left.against.length - right.against.length)[0];
  const id = closest?.instance.containerInstanceArn.split('/').at(-1) ?? '';
  return {
    placed: false,
    event: `was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${id}) ${closest?.against[0] ?? ''}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
    // ECS keeps a task waiting for another host only when another one of the kind would take it.
    waits:
      order.capacityProviderName !== undefined &&
      all.some((instance) => fitsWhenEmpty(world, instance, wish)),
  };
}

export function wishOf(world: World, service: SnapshotService | undefined, order: TaskOrder): Wish {
  const definition = world.index.definition(order.taskDefinitionArn ?? '');
  return {
    clusterArn: order.clusterArn,
    group: order.group,
    definition,
    constraints: [...(service?.placementConstraints ?? []), ...(definition?.placementConstraints ?? [])],
    network: order.network,
  };
}

/** The instances that may take tasks at all: active ones of the cluster and, where one is named, of the provider. */
export function instancesFor(
  world: World,
  { clusterArn, capacityProviderName }: { clusterArn: string; capacityProviderName?: string | undefined },
): SnapshotContainerInstance[] {
  const cluster = clusterArn.slice(clusterArn.lastIndexOf('/') + 1);
  return world.account.state.ecs.containerInstances.filter(
    (one) =>
      one.containerInstanceArn.split('/').at(-2) === cluster &&
      (one.status ?? 'ACTIVE') === 'ACTIVE' &&
      (capacityProviderName === undefined || one.capacityProviderName === capacityProviderName),
  );
}

/** Binpack packs; everything else spreads over zones, then over instances. */
function bestOf(
  world: World,
  fitting: readonly SnapshotContainerInstance[],
  { service, wish }: { service: SnapshotService | undefined; wish: Wish },
): SnapshotContainerInstance | undefined {
  const own = (instance: SnapshotContainerInstance) =>
    tasksOn(world, instance, wish).filter((task) => task.group === wish.group).length;
  const inZone = (zone: string | undefined) =>
    fitting.filter((one) => zoneOf(world, one) === zone).reduce((sum, one) => sum + own(one), 0);
  const pack = (service?.placementStrategy ?? [])[0]?.type === 'binpack';
  const needs = needsOf(wish.definition);
  const score = (instance: SnapshotContainerInstance) =>
    pack
      ? [remaining(instance, 'MEMORY') - needs.memoryMiB]
      : [inZone(zoneOf(world, instance)), own(instance), -remaining(instance, 'MEMORY')];
  return [...fitting].sort((left, right) => {
    const [one, other] = [score(left), score(right)];
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
  })[0];
}
