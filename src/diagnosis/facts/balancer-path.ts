// The ways from the load balancers to the tasks: from every subnet of a balancer to every task, on the port of the traffic and on that of
// the health check, judged by the same solver as any other way. Targets that are instances are reached through the primary interface of the
// host, on ports of the host. Where a port or a group was not seen there is no verdict.

import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { NetworkPath } from '../../contract/finding.ts';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import { addressSet } from '../network/address-set.ts';
import { type PathSource, solvePaths } from '../network/path.ts';
import { dynamicHostPorts, type PathDestination, type PortRange } from '../network/peer.ts';
import { machinePlaces } from './host-place.ts';
import type { ServiceFacts } from './service.ts';
import type { TaskFacts } from './tasks.ts';

export interface BalancerPath {
  readonly balancer: Observed<Elb.LoadBalancer>;
  readonly targetGroup: Observed<Elb.TargetGroup>;
  /** What a rule has to let through: one port, or all that docker may hand out. */
  readonly ports: PortRange;
  readonly purpose: 'traffic' | 'health check';
  readonly paths: readonly NetworkPath[];
  /** Groups on both sides, the ones a rule would be added to and named in; behind instances those of the hosts. */
  readonly balancerGroups: readonly string[];
  readonly targetGroups: readonly string[];
  /** EC2 instances that are the targets. */
  readonly hosts: readonly string[];
  /** Blocks of the balancer's subnets, which stand for it where it has no groups. */
  readonly balancerBlocks: readonly string[];
  readonly balancerSubnets: readonly EdgeSubnet[];
  readonly targetSubnets: readonly EdgeSubnet[];
}

/** A subnet that was seen, with its block. */
export interface EdgeSubnet {
  readonly id: string;
  readonly cidr: string;
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
    const ends = isOfInstances(group.value)
      ? instanceEnds(bundle, group.value, attached)
      : addressEnds(group.value, attached, { bundle, service, tasks });
    return balancers
      .filter(({ value }) => arns.includes(value.LoadBalancerArn ?? ''))
      .flatMap((balancer) => ends.flatMap((end) => oneWay(bundle, { balancer, targetGroup: group, end })));
  });
}

type Attached = NonNullable<ServiceFacts['observed']['value']['loadBalancers']>[number];

/** Where one kind of traffic arrives. */
interface Ends extends Pick<BalancerPath, 'ports' | 'purpose' | 'targetGroups' | 'hosts'> {
  readonly places: readonly PathDestination[];
}

function isOfInstances({ TargetType }: Elb.TargetGroup): boolean {
  return TargetType === 'instance';
}

/** With targets by address the port is the container's. */
function addressEnds(
  group: Elb.TargetGroup,
  { containerPort }: Attached,
  { bundle, service, tasks }: { bundle: EvidenceBundle; service: ServiceFacts; tasks: readonly TaskFacts[] },
): Ends[] {
  const traffic = containerPort ?? group.Port;
  if (traffic === undefined || (group.TargetType !== undefined && group.TargetType !== 'ip')) return [];
  const health = healthPort(group);
  const end = (port: number, purpose: Ends['purpose']): Ends => ({
    ports: { from: port, to: port },
    purpose,
    places: destinations(bundle, service, tasks, port),
    targetGroups: service.securityGroups,
    hosts: [],
  });
  return [
    end(traffic, 'traffic'),
    ...(health === undefined || health === traffic ? [] : [end(health, 'health check')]),
  ];
}

/** Behind instances each target has a port of its host: the one the task definition fixes, or one that docker handed out. */
function instanceEnds(bundle: EvidenceBundle, group: Elb.TargetGroup, attached: Attached): Ends[] {
  const targets = bundle.targetHealth.items
    .filter(({ value }) => value.targetGroupArn === group.TargetGroupArn)
    .flatMap(({ value }) => value.targets.map(({ Target }) => Target));
  const places = machinePlaces(bundle.balancing?.instances ?? { items: [], gaps: [] });
  const health = healthPort(group);
  const reached = targets.flatMap((target) => {
    const place = places.find(({ instance }) => instance === target?.Id);
    return place === undefined || target?.Port === undefined ? [] : [{ place, port: target.Port }];
  });
  const [first] = reached;
  if (first === undefined) return [];
  const hosts = [...new Set(reached.map(({ place }) => place.instance))];
  const common = { targetGroups: first.place.securityGroups, hosts };
  const placesOn = (own: number | undefined) =>
    reached.slice(0, TASKS_SOLVED).map(
      ({ place, port }): PathDestination => ({
        port: own ?? port,
        protocol: 'tcp',
        addresses: addressSet([place.address ?? '']),
        securityGroups: place.securityGroups.length === 0 ? undefined : place.securityGroups,
        name: place.instance,
        ...(place.address === undefined ? {} : { address: place.address }),
        ...(place.subnetId === undefined ? {} : { subnetId: place.subnetId }),
      }),
    );
  const ports = isDynamic(bundle, attached, first.port)
    ? dynamicHostPorts
    : { from: first.port, to: first.port };
  return [
    { ...common, ports, purpose: 'traffic', places: placesOn(undefined) },
    ...(health === undefined
      ? []
      : [
          {
            ...common,
            ports: { from: health, to: health },
            purpose: 'health check' as const,
            places: placesOn(health),
          },
        ]),
  ];
}

/** A check with a port of its own; undefined when it asks where the traffic goes. */
function healthPort({ HealthCheckPort }: Elb.TargetGroup): number | undefined {
  const port = Number(HealthCheckPort);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

/** Whether docker chooses the port on the host anew for each task. */
function isDynamic(
  bundle: EvidenceBundle,
  { containerName, containerPort }: Attached,
  seen: number,
): boolean {
  const container = bundle.taskDefinitions.items
    .flatMap(({ value }) =>
      (value.containerDefinitions ?? []).map((one) => ({ one, mode: value.networkMode })),
    )
    .find(({ one }) => one.name === containerName);
  if (container?.mode === 'host') return false;
  const mapping = container?.one.portMappings?.find((one) => one.containerPort === containerPort);
  return mapping === undefined ? seen >= dynamicHostPorts.from : (mapping.hostPort ?? 0) === 0;
}

function oneWay(
  bundle: EvidenceBundle,
  { balancer, targetGroup, end }: Pick<BalancerPath, 'balancer' | 'targetGroup'> & { readonly end: Ends },
): BalancerPath[] {
  const { value } = balancer;
  const balancerGroups = value.SecurityGroups ?? [];
  const groupless = balancerGroups.length === 0;
  if (groupless && !asksForItself(targetGroup.value, value, end.purpose)) return [];
  const sources: PathSource[] = (value.AvailabilityZones ?? []).flatMap(({ SubnetId }) =>
    SubnetId === undefined
      ? []
      : [
          {
            subnetId: SubnetId,
            securityGroups: balancerGroups,
            groupless,
            publicAddress: value.Scheme === 'internet-facing',
            ...(value.VpcId === undefined ? {} : { vpcId: value.VpcId }),
          },
        ],
  );
  const { places, ...about } = end;
  if (sources.length === 0 || places.length === 0) return [];
  const paths = places.flatMap((place) => solvePaths(bundle.network, sources, place).paths);
  const balancerSubnets = edges(
    bundle,
    sources.map(({ subnetId }) => subnetId),
  );
  const targetSubnets = edges(
    bundle,
    places.flatMap(({ subnetId }) => subnetId ?? []),
  );
  const balancerBlocks = balancerSubnets.map(({ cidr }) => cidr);
  return [
    {
      ...about,
      balancer,
      targetGroup,
      paths,
      balancerGroups,
      balancerBlocks,
      balancerSubnets,
      targetSubnets,
    },
  ];
}

function edges({ network }: EvidenceBundle, ids: readonly string[]): EdgeSubnet[] {
  return network.subnets.items.flatMap(({ value: { SubnetId: id = '', CidrBlock: cidr } }) =>
    cidr !== undefined && ids.includes(id) ? [{ id, cidr }] : [],
  );
}

/**
 * A network load balancer without groups may pass the clients' addresses on, and who they are nobody knows; its health checks come from its
 * own addresses: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
 */
function asksForItself(
  group: Elb.TargetGroup,
  { Type }: Elb.LoadBalancer,
  purpose: BalancerPath['purpose'],
): boolean {
  if (Type !== 'network' || group.HealthCheckEnabled === false) return false;
  return purpose === 'health check' || healthPort(group) === undefined;
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
