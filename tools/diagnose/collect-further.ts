// A last stage, run only when the facts ask for it: the load balancers in front, the hosts below, the scaling beside the service. What does
// not depend on anything is read at once; what is named by a first answer follows it.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Aws } from '../../src/contract/aws.ts';
import type {
  BalancingEvidence,
  CapacityEvidence,
  EvidenceBundle,
  Seen,
} from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { complainsOfHosts, furtherReads } from '../../src/diagnosis/facts/further.ts';
import { machinePlaces } from '../../src/diagnosis/facts/host-place.ts';
import { noResources, type ResourceEvidence, withResources } from '../../src/diagnosis/resources.ts';
import { drainingActions, readDraining } from './collect-draining.ts';
import { type HostNetwork, withHostNetwork } from './collect-host-network.ts';
import {
  readCapacityProviders,
  readContainerInstances,
  readGroupActivities,
  readHostGroups,
  readInstances,
} from './collect-hosts.ts';
import { readLostHosts, readStrangers } from './collect-lost-hosts.ts';
import { readGroupsOfVpc, readSubnetsOfVpc, withGroups, withMore } from './collect-network.ts';
import { readProtections, readScaling } from './collect-scaling.ts';
import { readTrail } from './collect-trail.ts';
import { joined, readList } from './reading.ts';
import { next } from './staged.ts';

export const furtherActions = [
  'ecs:ListContainerInstances',
  'ecs:DescribeContainerInstances',
  'ecs:DescribeCapacityProviders',
  'ecs:GetTaskProtection',
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeScalingActivities',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingActivities',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeListeners',
  ...drainingActions,
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceTypes',
] as const;

const BALANCERS_MAX = 5;
const TYPES_MAX = 50;

/** What was read of it, and the part of the network that came with it. */
export interface FurtherEvidence
  extends Pick<EvidenceBundle, 'balancing' | 'capacity' | 'scaling' | 'protections' | 'draining'> {
  readonly around?: Around;
  readonly lost?: HostNetwork;
  /** Who set the bounds of its scaling. */
  readonly trail?: ResourceEvidence['trail'];
}

/** Where load balancers stand: their groups and their subnets. */
type Around = Partial<Pick<EvidenceBundle['network'], 'securityGroups' | 'subnets'>>;

/** What the facts ask for; nothing when they ask for nothing. */
export async function readFurther(aws: Aws, facts: Facts): Promise<FurtherEvidence> {
  const { bundle } = facts;
  const wanted = furtherReads(facts);
  const [balancing, capacity, scaling, protections, draining, trail] = await Promise.all([
    wanted.balancing ? readBalancing(aws, bundle) : undefined,
    // Known from the scheduler's own words, so that there is time to look for them.
    wanted.capacity ? readCapacity(aws, bundle, { ...wanted, lost: complainsOfHosts(facts) }) : undefined,
    wanted.scaling ? readScaling(aws, bundle) : undefined,
    wanted.protection ? readProtections(aws, facts) : undefined,
    wanted.draining ? readDraining(aws, bundle) : undefined,
    // Where none is wanted to run, bounds were set by nobody of interest, and the look is not worth a request.
    wanted.scaling && (bundle.service.value.desiredCount ?? 0) > 0
      ? readTrail(aws, { resources: [], requests: ['RegisterScalableTarget'] }, bundle.nowMs)
      : undefined,
  ]);
  return {
    ...(balancing === undefined ? {} : { balancing: balancing.evidence, around: balancing.around }),
    ...(capacity === undefined ? {} : { capacity: capacity.capacity }),
    ...(capacity?.lost === undefined ? {} : { lost: capacity.lost }),
    ...(scaling === undefined ? {} : { scaling }),
    ...(protections === undefined ? {} : { protections }),
    ...(draining === undefined ? {} : { draining }),
    ...(trail === undefined ? {} : { trail }),
  };
}

/** The bundle with what was read. */
export function withFurther(
  bundle: EvidenceBundle,
  { around, lost, trail, ...evidence }: FurtherEvidence,
): EvidenceBundle {
  const resources =
    trail === undefined ? bundle.resources : withResources(bundle.resources ?? noResources, { trail });
  const whole = { ...bundle, ...evidence, ...(resources === undefined ? {} : { resources }) };
  const network = around === undefined ? whole.network : withMore(whole.network, around);
  return withHostNetwork({ ...whole, network }, lost);
}

async function readBalancing(
  aws: Aws,
  bundle: EvidenceBundle,
): Promise<{ evidence: BalancingEvidence; around: Around }> {
  const arns = [
    ...new Set(bundle.targetGroups.items.flatMap(({ value }) => value.LoadBalancerArns ?? [])),
  ].slice(0, BALANCERS_MAX);
  const vpcId = bundle.targetGroups.items.find(({ value }) => value.VpcId !== undefined)?.value.VpcId;
  const surely = arns.length === 0 ? undefined : vpcId;
  const [balancers, listeners, instances, inVpc, subnets] = await Promise.all([
    arns.length === 0 ? nothing() : readBalancers(aws, arns),
    Promise.all(arns.map((arn) => readListeners(aws, arn))),
    readInstances(aws, instanceTargets(bundle)),
    // Load balancers stand in the VPC of their targets, and name their groups and subnets only now.
    surely === undefined ? nothing() : readGroupsOfVpc(aws, surely),
    surely === undefined ? nothing() : readSubnetsOfVpc(aws, surely),
  ]);
  const own = balancers.items.flatMap(({ value }) => value.SecurityGroups ?? []);
  // Groups of instances that are targets decide what the balancer reaches.
  const hosts = machinePlaces(instances).flatMap(({ securityGroups }) => securityGroups);
  const ids = [...new Set([...own, ...hosts])];
  const groups = ids.length === 0 ? nothing() : await withGroups(next(aws), inVpc, ids);
  return {
    evidence: {
      loadBalancers: balancers,
      listeners: {
        items: listeners.flatMap((list) => list.items),
        gaps: listeners.flatMap((list) => list.gaps),
      },
      instances,
    },
    around: { securityGroups: groups, subnets: subnetsOf(balancers, subnets, bundle) },
  };
}

/** The subnets that load balancers stand in, without those that are known of the tasks. */
function subnetsOf(
  balancers: BalancingEvidence['loadBalancers'],
  inVpc: Seen<Ec2.Subnet>,
  { network }: EvidenceBundle,
): Seen<Ec2.Subnet> {
  const zones = balancers.items.flatMap(({ value }) => value.AvailabilityZones ?? []);
  const known = network.subnets.items.map(({ value }) => value.SubnetId);
  const wanted = zones.map(({ SubnetId }) => SubnetId).filter((id) => !known.includes(id));
  return { items: inVpc.items.filter(({ value }) => wanted.includes(value.SubnetId)), gaps: inVpc.gaps };
}

function readBalancers(aws: Aws, arns: readonly string[]) {
  return readList(aws, {
    action: 'elasticloadbalancing:DescribeLoadBalancers',
    input: { LoadBalancerArns: [...arns] },
    what: 'the load balancers',
    path: '$.LoadBalancers',
    items: (output) => output.LoadBalancers,
  });
}

function readListeners(aws: Aws, arn: string) {
  return readList(aws, {
    action: 'elasticloadbalancing:DescribeListeners',
    input: { LoadBalancerArn: arn },
    what: 'the listeners of the load balancer',
    path: '$.Listeners',
    items: (output) => output.Listeners,
  });
}

/** Ids of targets, those of instances among them. */
function instanceTargets(bundle: EvidenceBundle): string[] {
  const ids = bundle.targetHealth.items.flatMap(({ value }) =>
    value.targets.map((target) => target.Target?.Id ?? ''),
  );
  return [...new Set(ids)];
}

/** What the instance types may have; at most 100 types in one request. */
function readInstanceTypes(aws: Aws, types: readonly string[]): Promise<Seen<Ec2.InstanceTypeInfo>> {
  const distinct = [...new Set(types)].slice(0, TYPES_MAX);
  if (distinct.length === 0) return Promise.resolve(nothing());
  return readList(aws, {
    action: 'ec2:DescribeInstanceTypes',
    // The filter takes any text, where the list of types would refuse one it does not know.
    input: { Filters: [{ Name: 'instance-type', Values: distinct }] },
    what: 'the instance types of the hosts',
    path: '$.InstanceTypes',
    items: (output) => output.InstanceTypes,
  });
}

/** What the tasks could be placed on, and where hosts stand that are lost. */
export interface Capacity {
  readonly capacity: CapacityEvidence;
  readonly lost: HostNetwork | undefined;
}

export interface CapacityOptions {
  readonly interfaces: boolean;
  /** Whether hosts that are lost are looked for in the network. */
  readonly lost: boolean;
}

/** Groups that are known without their hosts are asked about while the hosts are described. */
export async function readCapacity(
  aws: Aws,
  bundle: EvidenceBundle,
  { interfaces, lost }: CapacityOptions,
): Promise<Capacity> {
  const second = next(aws);
  const lists = Promise.all([readCapacityProviders(aws), readHostGroups(aws)]);
  const hosts = readContainerInstances(aws, bundle.cluster);
  const around = Promise.all([hosts, lists]).then(([containerInstances, [capacityProviders, groups]]) => {
    const items = groupsOfCluster({ bundle, containerInstances, capacityProviders, groups });
    const seen = { containerInstances, autoScalingGroups: { items, gaps: groups.gaps } };
    // Where no host is registered, nothing had to be described.
    const gate = containerInstances.items.length === 0 ? second : next(second);
    if (lost) return readLostHosts(gate, seen);
    // Without the scheduler's words there is time for the machines alone, which show at least whether they have a role.
    return containerInstances.items.length === 0 ? readStrangers(gate, seen) : undefined;
  });
  const about = lists.then(async ([capacityProviders, groups]) => {
    const known = groupsOfCluster({ bundle, containerInstances: nothing(), capacityProviders, groups });
    const types = interfaces ? typesOfGroups(known) : [];
    const [activities, instanceTypes] = await Promise.all([
      readGroupActivities(second, known.map(nameOf)),
      readInstanceTypes(second, types),
    ]);
    return { capacityProviders, groups, known, types, activities, instanceTypes };
  });
  const [containerInstances, early] = await Promise.all([hosts, about]);
  const { capacityProviders, groups } = early;
  const mine = groupsOfCluster({ bundle, containerInstances, capacityProviders, groups });
  const rest = mine.filter((group) => !early.known.includes(group));
  const types = interfaces ? typesOfHosts(containerInstances) : [];
  const third = next(second);
  const [activities, instanceTypes, placed] = await Promise.all([
    readGroupActivities(third, rest.map(nameOf)),
    readInstanceTypes(
      third,
      types.filter((type) => !early.types.includes(type)),
    ),
    around,
  ]);
  const capacity = {
    containerInstances,
    capacityProviders,
    autoScalingGroups: { items: mine, gaps: groups.gaps },
    activities: joined([early.activities, activities]),
    instanceTypes: joined([early.instanceTypes, instanceTypes]),
  };
  return { capacity, lost: placed };
}

function nameOf({ value }: { value: { AutoScalingGroupName?: string | undefined } }): string {
  return value.AutoScalingGroupName ?? '';
}

function typesOfGroups(groups: CapacityEvidence['autoScalingGroups']['items']): string[] {
  return groups.flatMap(({ value }) =>
    (value.Instances ?? []).flatMap(({ InstanceType }) => InstanceType ?? []),
  );
}

function typesOfHosts(hosts: CapacityEvidence['containerInstances']): string[] {
  return hosts.items.flatMap(
    ({ value }) => value.attributes?.find(({ name }) => name === 'ecs.instance-type')?.value ?? [],
  );
}

interface Hosts {
  readonly bundle: EvidenceBundle;
  readonly containerInstances: CapacityEvidence['containerInstances'];
  readonly capacityProviders: CapacityEvidence['capacityProviders'];
  readonly groups: CapacityEvidence['autoScalingGroups'];
}

/** The groups behind the service's capacity providers, those whose instances are in the cluster, and those named after it. */
function groupsOfCluster({ bundle, containerInstances, capacityProviders, groups }: Hosts) {
  const strategy = bundle.service.value.capacityProviderStrategy ?? [];
  const wanted = new Set(strategy.map((one) => one.capacityProvider ?? ''));
  const arns = capacityProviders.items
    .filter(({ value }) => wanted.size === 0 || wanted.has(value.name ?? ''))
    .map(({ value }) => value.autoScalingGroupProvider?.autoScalingGroupArn ?? '');
  const ids = new Set(containerInstances.items.map(({ value }) => value.ec2InstanceId));
  const named = new RegExp(`(?:^|[^A-Za-z0-9])${bundle.cluster}(?:$|[^A-Za-z0-9])`);
  return groups.items.filter(({ value }) => {
    const { AutoScalingGroupARN: arn = '', AutoScalingGroupName: name = '' } = value;
    return (
      arns.some((one) => one === arn || one.endsWith(`autoScalingGroupName/${name}`)) ||
      value.Instances?.some((instance) => ids.has(instance.InstanceId)) === true ||
      named.test(name) ||
      value.Tags?.some((tag) => tag.Value === bundle.cluster) === true
    );
  });
}

function nothing(): Seen<never> {
  return { items: [], gaps: [] };
}
