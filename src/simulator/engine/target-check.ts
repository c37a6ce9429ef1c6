// One health check of a load balancer: from its own interfaces over the simulated network to the health check port, and
// then whatever the application answers there, held against the group's matcher.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html

import type { Snapshot, SnapshotNetworkInterface, SnapshotTask } from '../../contract/snapshot.ts';
import { reach } from '../physics/reach.ts';
import { taskAnswer } from './application-answer.ts';
import type { Target, TargetGroup } from './targets.ts';
import { containerInterface } from './task-interface.ts';
import type { World } from './world.ts';

type Health = NonNullable<Snapshot['elbv2']['TargetHealth'][string][number]['TargetHealth']>;

/** What a check finds, in the words that DescribeTargetHealth shows for it. */
export type Finding = { readonly ok: true } | { readonly ok: false; readonly health: Health };

export function checkTarget(world: World, task: SnapshotTask, { group, entry }: Target): Finding {
  const unused = whyUnused(world, task, group);
  if (unused !== undefined)
    return { ok: false, health: { State: 'unused', Reason: 'Target.NotInUse', Description: unused } };
  const at = containerInterface(world, task);
  const address = at?.PrivateIpAddress ?? entry.Target.Id;
  const trafficPort = entry.Target.Port ?? group.Port ?? 80;
  const port = /^\d+$/.test(group.HealthCheckPort ?? '') ? Number(group.HealthCheckPort) : trafficPort;
  const { ec2 } = world.account.state;
  const probers = balancerInterfaces(world, group);
  if (
    probers.some((from) => !reach(ec2, { from, to: address, port, ...(at === undefined ? {} : { at }) }).open)
  )
    return timedOut;
  if (task.lastStatus !== 'RUNNING') return failed;
  const http = /^HTTPS?$/.test(group.HealthCheckProtocol ?? group.Protocol ?? 'HTTP');
  const answer = taskAnswer(world, task, {
    port: containerPort(task, port),
    path: http ? (group.HealthCheckPath ?? '/') : undefined,
    from: 'network',
  });
  if (answer === 'refused') return failed;
  if (answer === 'late') return timedOut;
  if (!http || matches(group.Matcher?.HttpCode ?? '200', answer)) return { ok: true };
  return {
    ok: false,
    health: {
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: `Health checks failed with these codes: [${answer}]`,
    },
  };
}

const timedOut: Finding = {
  ok: false,
  health: { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
};
const failed: Finding = {
  ok: false,
  health: { State: 'unhealthy', Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' },
};

/** Why no load balancer looks at the target at all. */
function whyUnused(world: World, task: SnapshotTask, group: TargetGroup): string | undefined {
  const arns = group.LoadBalancerArns ?? [];
  if (arns.length === 0) return 'Target group is not configured to receive traffic from the load balancer';
  const zones = world.account.state.elbv2.LoadBalancers.filter((one) => arns.includes(one.LoadBalancerArn))
    .flatMap((one) => one.AvailabilityZones ?? [])
    .map((one) => one.ZoneName);
  return task.availabilityZone === undefined || zones.includes(task.availabilityZone)
    ? undefined
    : 'Target is in an Availability Zone that is not enabled for the load balancer';
}

/** `200`, `200,301` or `200-299`. */
function matches(codes: string, status: number): boolean {
  return codes.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });
}

/** In bridge mode the host's port leads to another one inside the container. */
function containerPort(task: SnapshotTask, port: number): number {
  const bindings = (task.containers ?? []).flatMap((container) => container.networkBindings ?? []);
  return bindings.find((binding) => binding.hostPort === port)?.containerPort ?? port;
}

/** A load balancer's own interfaces carry its name in their description: `ELB app/<name>/<id>`. */
function balancerInterfaces(world: World, group: TargetGroup): SnapshotNetworkInterface[] {
  const { elbv2 } = world.account.state;
  return (group.LoadBalancerArns ?? []).flatMap((arn) => {
    const name = `ELB ${arn.slice(arn.indexOf('loadbalancer/') + 'loadbalancer/'.length)}`;
    const listed = [...world.index.describedAs(name)];
    const balancer = elbv2.LoadBalancers.find((one) => one.LoadBalancerArn === arn);
    return listed.length > 0 || balancer === undefined ? listed : impliedInterfaces(world, balancer);
  });
}

/** A snapshot may list a load balancer without its interfaces; its subnets and groups say what they are like. */
function impliedInterfaces(
  world: World,
  balancer: Snapshot['elbv2']['LoadBalancers'][number],
): SnapshotNetworkInterface[] {
  // Without groups a network load balancer is not filtered, and neither is what its targets see of it.
  if ((balancer.SecurityGroups ?? []).length === 0) return [];
  return (balancer.AvailabilityZones ?? []).map(({ SubnetId, ZoneName }) => ({
    NetworkInterfaceId: `${balancer.LoadBalancerName ?? ''} in ${SubnetId ?? ''}`,
    SubnetId,
    VpcId: balancer.VpcId,
    AvailabilityZone: ZoneName,
    PrivateIpAddress: firstAddress(world, SubnetId),
    Groups: (balancer.SecurityGroups ?? []).map((GroupId) => ({ GroupId })),
  }));
}

function firstAddress(world: World, subnetId: string | undefined): string {
  const cidr = world.account.state.ec2.Subnets.find((one) => one.SubnetId === subnetId)?.CidrBlock ?? '';
  return cidr.replace(/\.\d+\/\d+$/, '.9');
}
