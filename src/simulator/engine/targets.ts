// Tasks as targets of load balancers: registered when they run, drained when they stop and removed when that is over.

import type { Snapshot, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { hostOf } from './placement/host-resources.ts';
import { addCounted } from './service-events.ts';
import { interfaceOf } from './task-interface.ts';
import { serviceOfTask, type World } from './world.ts';

export type TargetGroup = Snapshot['elbv2']['TargetGroups'][number];
type TargetHealth = Snapshot['elbv2']['TargetHealth'][string][number];
type Balancer = NonNullable<SnapshotService['loadBalancers']>[number];

/** AWS's default for `deregistration_delay.timeout_seconds`. */
const DRAIN_SECONDS = 300;

/** One load balancer's view of a task. */
export interface Target {
  readonly group: TargetGroup;
  readonly entry: TargetHealth;
}

/** Registers the task with every target group of its service. */
export function registerTargets(
  world: World,
  service: SnapshotService | undefined,
  task: SnapshotTask,
): Target[] {
  const { elbv2 } = world.account.state;
  const targets: Target[] = [];
  for (const balancer of service?.loadBalancers ?? []) {
    const group = elbv2.TargetGroups.find((one) => one.TargetGroupArn === balancer.targetGroupArn);
    if (group === undefined) continue;
    const place = placeOf(world, task, { port: portOf(balancer, group), container: balancer.containerName });
    if (place === undefined) continue;
    const entry: TargetHealth = {
      Target: { ...place, AvailabilityZone: task.availabilityZone },
      HealthCheckPort: String(place.Port),
      TargetHealth: {
        State: 'initial',
        Reason: 'Elb.RegistrationInProgress',
        Description: 'Target registration is in progress',
      },
    };
    const listed = elbv2.TargetHealth[group.TargetGroupArn] ?? [];
    elbv2.TargetHealth[group.TargetGroupArn] = [...listed, entry];
    targets.push({ group, entry });
    addCounted(world, service, {
      verb: 'registered',
      rest: `targets in (target-group ${group.TargetGroupArn})`,
    });
  }
  return targets;
}

/** Marks the task's targets as draining until their group's delay is over; returns how long that takes. */
export function drainTargets(world: World, service: SnapshotService | undefined, task: SnapshotTask): number {
  let delayMs = 0;
  for (const { group, entry } of targetsOf(world, task)) {
    entry.TargetHealth = {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
    const ownMs = drainSeconds(world, group) * 1000;
    delayMs = Math.max(delayMs, ownMs);
    world.after(ownMs, () => removeTarget(world, { group, entry }));
    addCounted(world, service, {
      verb: 'deregistered',
      rest: `targets in (target-group ${group.TargetGroupArn})`,
    });
  }
  return delayMs;
}

function removeTarget(world: World, { group, entry }: Target): void {
  const { TargetHealth } = world.account.state.elbv2;
  TargetHealth[group.TargetGroupArn] = (TargetHealth[group.TargetGroupArn] ?? []).filter(
    (one) => one !== entry,
  );
}

function targetGroupsOf(world: World, service: SnapshotService | undefined): TargetGroup[] {
  const arns = (service?.loadBalancers ?? []).map((one) => one.targetGroupArn);
  if (arns.length === 0) return [];
  return world.account.state.elbv2.TargetGroups.filter((group) => arns.includes(group.TargetGroupArn));
}

export function targetsOf(world: World, task: SnapshotTask): Target[] {
  const { TargetHealth } = world.account.state.elbv2;
  const address = interfaceOf(world, task)?.PrivateIpAddress;
  const instance = address === undefined ? hostOf(world, task)?.ec2InstanceId : undefined;
  const ports = hostPorts(task);
  const isOwn = ({ Target: { Id, Port } }: TargetHealth) =>
    address === undefined
      ? instance !== undefined && Id === instance && ports.includes(Port ?? 0)
      : Id === address;
  return targetGroupsOf(world, serviceOfTask(world, task)).flatMap((group) =>
    (TargetHealth[group.TargetGroupArn] ?? []).filter(isOwn).map((entry) => ({ group, entry })),
  );
}

/** A task with an address of its own is that address; any other is its instance at the host's port. */
function placeOf(
  world: World,
  task: SnapshotTask,
  { port, container }: { port: number; container: string | undefined },
): { Id: string; Port: number } | undefined {
  const address = interfaceOf(world, task)?.PrivateIpAddress;
  if (address !== undefined) return { Id: address, Port: port };
  const instance = hostOf(world, task)?.ec2InstanceId;
  const bound = (task.containers ?? [])
    .filter((one) => container === undefined || one.name === container)
    .flatMap((one) => one.networkBindings ?? [])
    .find((binding) => binding.containerPort === port);
  return instance === undefined || bound?.hostPort === undefined
    ? undefined
    : { Id: instance, Port: bound.hostPort };
}

function hostPorts(task: SnapshotTask): number[] {
  return (task.containers ?? [])
    .flatMap((one) => one.networkBindings ?? [])
    .map((binding) => binding.hostPort ?? 0);
}

function drainSeconds(world: World, group: TargetGroup): number {
  const attributes = world.account.state.elbv2.TargetGroupAttributes[group.TargetGroupArn] ?? [];
  const value = attributes.find((one) => one.Key === 'deregistration_delay.timeout_seconds')?.Value;
  return value === undefined ? DRAIN_SECONDS : Number(value);
}

function portOf(balancer: Balancer, group: TargetGroup): number {
  return balancer.containerPort ?? group.Port ?? 80;
}
