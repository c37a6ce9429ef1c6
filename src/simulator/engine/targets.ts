// Tasks as targets of load balancers: registered when they run, drained when they stop and removed when that is over.

import type { Snapshot, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { addEvent } from './service-events.ts';
import { interfaceOf } from './task-interface.ts';
import type { World } from './world.ts';

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
  const address = interfaceOf(world, task)?.PrivateIpAddress;
  const { elbv2 } = world.account.state;
  const targets: Target[] = [];
  for (const balancer of service?.loadBalancers ?? []) {
    const group = elbv2.TargetGroups.find((one) => one.TargetGroupArn === balancer.targetGroupArn);
    if (group === undefined || address === undefined) continue;
    const entry: TargetHealth = {
      Target: { Id: address, Port: portOf(balancer, group), AvailabilityZone: task.availabilityZone },
      HealthCheckPort: String(portOf(balancer, group)),
      TargetHealth: {
        State: 'initial',
        Reason: 'Elb.RegistrationInProgress',
        Description: 'Target registration is in progress',
      },
    };
    const listed = elbv2.TargetHealth[group.TargetGroupArn] ?? [];
    elbv2.TargetHealth[group.TargetGroupArn] = [...listed, entry];
    targets.push({ group, entry });
    addEvent(world, service, `registered 1 targets in (target-group ${group.TargetGroupArn})`);
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
    if (service !== undefined)
      addEvent(world, service, `deregistered 1 targets in (target-group ${group.TargetGroupArn})`);
  }
  return delayMs;
}

function removeTarget(world: World, { group, entry }: Target): void {
  const { TargetHealth } = world.account.state.elbv2;
  TargetHealth[group.TargetGroupArn] = (TargetHealth[group.TargetGroupArn] ?? []).filter(
    (one) => one !== entry,
  );
}

export function targetsOf(world: World, task: SnapshotTask): Target[] {
  const { TargetGroups, TargetHealth } = world.account.state.elbv2;
  const address = interfaceOf(world, task)?.PrivateIpAddress;
  return TargetGroups.flatMap((group) =>
    (TargetHealth[group.TargetGroupArn] ?? [])
      .filter((entry) => address !== undefined && entry.Target.Id === address)
      .map((entry) => ({ group, entry })),
  );
}

function drainSeconds(world: World, group: TargetGroup): number {
  const attributes = world.account.state.elbv2.TargetGroupAttributes[group.TargetGroupArn] ?? [];
  const value = attributes.find((one) => one.Key === 'deregistration_delay.timeout_seconds')?.Value;
  return value === undefined ? DRAIN_SECONDS : Number(value);
}

function portOf(balancer: Balancer, group: TargetGroup): number {
  return balancer.containerPort ?? group.Port ?? 80;
}
