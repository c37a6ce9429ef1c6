// Tasks as targets of load balancers: registered when they run, checked at the target group's interval over the
// simulated network, drained and removed when they stop.

import type { Snapshot, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { reach } from '../physics/reach.ts';
import { addEvent } from './service-events.ts';
import { interfaceOf } from './task-interface.ts';
import type { World } from './world.ts';

type TargetGroup = Snapshot['elbv2']['TargetGroups'][number];
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

/** Marks the task's targets as draining; returns how long that takes, 0 when it has none. */
export function drainTargets(world: World, service: SnapshotService | undefined, task: SnapshotTask): number {
  let delayMs = 0;
  for (const { group, entry } of targetsOf(world, task)) {
    entry.TargetHealth = {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
    delayMs = Math.max(delayMs, drainSeconds(world, group) * 1000);
    if (service !== undefined)
      addEvent(world, service, `deregistered 1 targets in (target-group ${group.TargetGroupArn})`);
  }
  return delayMs;
}

export function removeTargets(world: World, task: SnapshotTask): void {
  const { TargetHealth } = world.account.state.elbv2;
  for (const { group, entry } of targetsOf(world, task)) {
    TargetHealth[group.TargetGroupArn] = (TargetHealth[group.TargetGroupArn] ?? []).filter(
      (one) => one !== entry,
    );
  }
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

/** What one health check finds: success, no answer over the network, or the application's own refusal. */
export function checkTarget(
  world: World,
  task: SnapshotTask,
  probe: { target: Target; ready: boolean },
): 'ok' | 'timeout' | 'refused' {
  const { group, entry } = probe.target;
  const address = entry.Target.Id;
  const port = entry.Target.Port ?? group.Port ?? 80;
  const probers = balancerInterfaces(world, group);
  const { ec2 } = world.account.state;
  if (probers.some((from) => !reach(ec2, { from, to: address, port }).open)) return 'timeout';
  return probe.ready && task.lastStatus === 'RUNNING' ? 'ok' : 'refused';
}

/** A load balancer's own interfaces carry its name in their description: `ELB app/<name>/<id>`. */
function balancerInterfaces(world: World, group: TargetGroup): Snapshot['ec2']['NetworkInterfaces'] {
  const names = (group.LoadBalancerArns ?? []).map(
    (arn) => `ELB ${arn.slice(arn.indexOf('loadbalancer/') + 'loadbalancer/'.length)}`,
  );
  return world.account.state.ec2.NetworkInterfaces.filter((one) => names.includes(one.Description ?? ''));
}

function drainSeconds(world: World, group: TargetGroup): number {
  const attributes = world.account.state.elbv2.TargetGroupAttributes[group.TargetGroupArn] ?? [];
  const value = attributes.find((one) => one.Key === 'deregistration_delay.timeout_seconds')?.Value;
  return value === undefined ? DRAIN_SECONDS : Number(value);
}

function portOf(balancer: Balancer, group: TargetGroup): number {
  return balancer.containerPort ?? group.Port ?? 80;
}
