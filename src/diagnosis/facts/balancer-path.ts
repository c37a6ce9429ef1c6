// The ways from the load balancers to the tasks: from every subnet of a balancer to every task, on the port of the traffic and on that of
// the health check, judged by the same solver as any other way. Where a port or a group was not seen there is no verdict.

import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { NetworkPath } from '../../contract/finding.ts';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import { addressSet } from '../network/address-set.ts';
import { type PathSource, solvePaths } from '../network/path.ts';
import type { PathDestination } from '../network/peer.ts';
import type { ServiceFacts } from './service.ts';
import type { TaskFacts } from './tasks.ts';

export interface BalancerPath {
  readonly balancer: Observed<Elb.LoadBalancer>;
  readonly targetGroup: Observed<Elb.TargetGroup>;
  readonly port: number;
  readonly purpose: 'traffic' | 'health check';
  readonly paths: readonly NetworkPath[];
  /** Groups on both sides, the ones a rule would be added to and named in. */
  readonly balancerGroups: readonly string[];
  readonly taskGroups: readonly string[];
}

/** Tasks the ways are solved to: those of one service look alike. */
const TASKS_SOLVED = 3;

/** Every way, or none when the balancers were not read. */
export function balancerPaths(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
): BalancerPath[] {
  const balancers = bundle.balancing?.loadBalancers.items ?? [];
  return (service.observed.value.loadBalancers ?? []).flatMap((attached) => {
    const group = bundle.targetGroups.items.find(
      ({ value }) => value.TargetGroupArn === attached.targetGroupArn,
    );
    if (group === undefined) return [];
    const arns = group.value.LoadBalancerArns ?? [];
    return balancers
      .filter(({ value }) => arns.includes(value.LoadBalancerArn ?? ''))
      .flatMap((balancer) =>
        portsOf(group.value, attached.containerPort).flatMap(({ port, purpose }) =>
          oneWay({ bundle, service, tasks }, { balancer, targetGroup: group, port, purpose }),
        ),
      );
  });
}

type Ports = Pick<BalancerPath, 'port' | 'purpose'>[];

/** With targets by address the port is the container's; behind instances the host's port is dynamic and stays unknown. */
function portsOf(group: Elb.TargetGroup, containerPort: number | undefined): Ports {
  if (group.TargetType !== undefined && group.TargetType !== 'ip') return [];
  const traffic = containerPort ?? group.Port;
  if (traffic === undefined) return [];
  const health = Number(group.HealthCheckPort);
  const own = Number.isInteger(health) && health > 0 && health !== traffic;
  return [
    { port: traffic, purpose: 'traffic' },
    ...(own ? [{ port: health, purpose: 'health check' } as const] : []),
  ];
}

function oneWay(
  { bundle, service, tasks }: { bundle: EvidenceBundle; service: ServiceFacts; tasks: readonly TaskFacts[] },
  way: Pick<BalancerPath, 'balancer' | 'targetGroup' | 'port' | 'purpose'>,
): BalancerPath[] {
  const balancer = way.balancer.value;
  const balancerGroups = balancer.SecurityGroups ?? [];
  // A network load balancer without groups keeps the clients' addresses: which these are nobody knows.
  if (balancerGroups.length === 0) return [];
  const subnets = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) =>
    SubnetId === undefined ? [] : [SubnetId],
  );
  const sources: PathSource[] = subnets.map((subnetId) => ({
    subnetId,
    securityGroups: balancerGroups,
    publicAddress: balancer.Scheme === 'internet-facing',
  }));
  const ends = destinations(bundle, service, tasks, way.port);
  if (sources.length === 0 || ends.length === 0) return [];
  const paths = ends.flatMap((end) => solvePaths(bundle.network, sources, end).paths);
  return [{ ...way, paths, balancerGroups, taskGroups: service.securityGroups }];
}

function destinations(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
  port: number,
): PathDestination[] {
  const base = { port, protocol: 'tcp' as const, securityGroups: service.securityGroups };
  if (service.securityGroups.length === 0) return [];
  const placed = tasks.filter((task) => task.address !== undefined && task.subnetId !== undefined);
  const known = placed.slice(0, TASKS_SOLVED).map((task) => ({
    ...base,
    addresses: addressSet([task.address ?? '']),
    ...(task.address === undefined ? {} : { address: task.address }),
    ...(task.subnetId === undefined ? {} : { subnetId: task.subnetId }),
  }));
  if (known.length > 0) return known;
  return bundle.network.subnets.items
    .filter(({ value }) => service.subnets.includes(value.SubnetId ?? ''))
    .map(({ value }) => ({
      ...base,
      addresses: addressSet([value.CidrBlock ?? '']),
      ...(value.SubnetId === undefined ? {} : { subnetId: value.SubnetId }),
    }));
}
