// The evidence of one investigation: what AWS answered, object by object, each with the place it was seen at.
// A read that was refused or failed leaves a gap, never an empty list: whoever looks something up and does not find it
// has to ask whether it is absent or merely unseen. Text in here is hostile and is only ever matched, never interpreted.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type * as Groups from '@aws-sdk/client-auto-scaling';
import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import type { AwsFailureKind } from '../contract/aws.ts';
import type { EvidenceRef } from '../contract/finding.ts';
import type { ResourceEvidence } from './resources.ts';

/** One AWS object and where it stands: `at.path` is the JSON path of the object inside the stored answer. */
export interface Observed<T> {
  readonly value: T;
  readonly at: EvidenceRef;
}

/** Something that could not be read, in the words of a finding's `cannotVerify`. */
export interface Gap {
  readonly what: string;
  /** IAM action that would show it, such as `ec2:DescribeNetworkAcls`. */
  readonly missingAction: string;
  /** Why the read failed; `unread` means that nobody asked. */
  readonly kind: AwsFailureKind | 'unread';
  /** The name that was asked for, where one read asks for one thing of many. */
  readonly about?: string;
}

/** All objects of one kind that were seen. With a gap, "not among the items" means unseen, not absent. */
export interface Seen<T> {
  readonly items: readonly Observed<T>[];
  readonly gaps: readonly Gap[];
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly text: string;
  /** JSON path of the line inside the stored answer. */
  readonly path: string;
}

/** The part of one container's log that was read, oldest line first. */
export interface ContainerLog {
  readonly taskArn: string;
  readonly container: string;
  readonly group: string;
  readonly stream: string;
  readonly evidence: string;
  readonly lines: readonly LogLine[];
}

/** Whether a log group or stream is there; `absent` is AWS's own answer, not an empty list. */
export interface LogPresence {
  readonly group: string;
  readonly stream: string;
  readonly state: 'there' | 'group-absent' | 'stream-absent';
  readonly evidence: string;
}

export interface VpcAttributes {
  readonly vpcId: string;
  readonly enableDnsSupport?: boolean;
  readonly enableDnsHostnames?: boolean;
}

export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

export interface TargetHealth {
  readonly targetGroupArn: string;
  readonly targets: readonly Elb.TargetHealthDescription[];
}

/** Where a database of RDS is: the name programs connect to, and the groups in front of it. */
export interface DatabasePlace {
  readonly host: string;
  readonly groups: readonly string[];
  /** The state RDS gives it, such as `available` or `stopped`. */
  readonly status?: string;
}

/** A namespace of Cloud Map: what it is called, and whether its names are in any DNS. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  readonly inDns: boolean;
}

/** The VPC as far as it was read. */
export interface NetworkEvidence {
  readonly subnets: Seen<Ec2.Subnet>;
  readonly securityGroups: Seen<Ec2.SecurityGroup>;
  readonly routeTables: Seen<Ec2.RouteTable>;
  readonly networkAcls: Seen<Ec2.NetworkAcl>;
  readonly networkInterfaces: Seen<Ec2.NetworkInterface>;
  readonly vpcEndpoints: Seen<Ec2.VpcEndpoint>;
  readonly natGateways: Seen<Ec2.NatGateway>;
  readonly vpcAttributes: Seen<VpcAttributes>;
  readonly prefixLists: Seen<PrefixList>;
  /** Databases of RDS that tasks name as hosts; left out when none is named. */
  readonly databases?: Seen<DatabasePlace>;
  /** Left out while no name of the kind that Cloud Map gives has failed to resolve. */
  readonly namespaces?: Seen<Namespace>;
}

/** The load balancers in front of the service, as far as they were read. */
export interface BalancingEvidence {
  readonly loadBalancers: Seen<Elb.LoadBalancer>;
  readonly listeners: Seen<Elb.Listener>;
  /** The instances that are targets themselves. */
  readonly instances: Seen<Ec2.Instance>;
}

/** What the service's tasks could be placed on, as far as it was read. */
export interface CapacityEvidence {
  readonly containerInstances: Seen<Ecs.ContainerInstance>;
  readonly capacityProviders: Seen<Ecs.CapacityProvider>;
  readonly autoScalingGroups: Seen<Groups.AutoScalingGroup>;
  /** What the groups did lately, newest first. */
  readonly activities: Seen<Groups.Activity>;
  /** Of the hosts, when interfaces are in question. */
  readonly instanceTypes: Seen<Ec2.InstanceTypeInfo>;
}

/** Hosts whose place in the network matters, as far as they were read. */
export interface PlacedHosts {
  readonly containerInstances: Seen<Ecs.ContainerInstance>;
  /** The machines behind them, and machines that ought to have joined the cluster. */
  readonly instances: Seen<Ec2.Instance>;
}

/** What changes the desired count by itself, as far as it was read. */
export interface ScalingEvidence {
  readonly targets: Seen<Scaling.ScalableTarget>;
  /** Newest first. */
  readonly activities: Seen<Scaling.ScalingActivity>;
}

/** One metric over time, as CloudWatch returned it. */
export interface MetricSeries {
  readonly name: string;
  readonly statistic: string;
  /** In the order of the answer, which the paths of single values follow. */
  readonly points: readonly { readonly atMs: number; readonly value: number }[];
}

/** How long a target group goes on answering for a target that is to stop, in seconds. */
export interface Draining {
  readonly targetGroupArn: string;
  readonly seconds: number;
}

/** What the account may run on Fargate at a time and what it runs. */
export interface FargateQuotas {
  readonly quotas: Seen<ServiceQuota>;
  /** vCPUs per minute; the name is that of a class in `facts/fargate-quota.ts`. */
  readonly use: Seen<MetricSeries>;
}

export interface EvidenceBundle {
  /** `tasks`: only the tasks in here are judged, whatever their service does now. Left out: the service. */
  readonly subject?: 'tasks';
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch: the "now" of every age. */
  readonly nowMs: number;
  readonly cluster: string;
  readonly service: Observed<Ecs.Service>;
  readonly tasks: Seen<Ecs.Task>;
  readonly taskDefinitions: Seen<Ecs.TaskDefinition>;
  readonly targetGroups: Seen<Elb.TargetGroup>;
  readonly targetHealth: Seen<TargetHealth>;
  readonly logs: readonly ContainerLog[];
  /** Of one task whose revision works, where a failed health check asks for the comparison; never searched for failures. */
  readonly workingLogs?: readonly ContainerLog[];
  /** The newest lines of one task of a service that seems well; left out where no log was read. */
  readonly runningLogs?: readonly ContainerLog[];
  readonly logPresence: readonly LogPresence[];
  readonly logGaps: readonly Gap[];
  readonly network: NetworkEvidence;
  /** What follows is read only when the facts ask for it; left out, nobody asked. */
  readonly balancing?: BalancingEvidence;
  readonly capacity?: CapacityEvidence;
  readonly hosts?: PlacedHosts;
  readonly scaling?: ScalingEvidence;
  /** Of tasks that a deployment waits for. */
  readonly protections?: Seen<Ecs.ProtectedTask>;
  readonly metrics?: Seen<MetricSeries>;
  readonly fargate?: FargateQuotas;
  readonly draining?: Seen<Draining>;
  readonly resources?: ResourceEvidence;
  /** Requests to ECS that CloudTrail recorded lately, of whatever service. */
  readonly requests?: Seen<TrailEvent>;
  /** Revisions that refused requests about the service asked for. */
  readonly askedDefinitions?: Seen<Ecs.TaskDefinition>;
}

/** Where something stands that no answer of AWS holds, such as the service that tasks without one are judged as. Never shown. */
export const notObserved: EvidenceRef = { id: '', path: '' };

/** A list nobody has asked for yet; looking something up in it finds it unseen. */
export function unread(what: string, missingAction: string): Seen<never> {
  return { items: [], gaps: [{ what, missingAction, kind: 'unread' }] };
}

/** Both lists as one. The same object seen twice stays twice; look-ups take the first. */
export function merged<T>(left: Seen<T>, right: Seen<T>): Seen<T> {
  const gaps = [...left.gaps, ...right.gaps].filter((gap) => gap.kind !== 'unread');
  return { items: [...left.items, ...right.items], gaps };
}

/** A reference to a field below an observed object: `below(group, '.IpPermissionsEgress[0]')`. */
export function below(observed: Observed<unknown>, path: string, note?: string): EvidenceRef {
  const full = `${observed.at.path}${path}`;
  return note === undefined ? { id: observed.at.id, path: full } : { id: observed.at.id, path: full, note };
}

/** A network of which nothing has been read. */
export function unreadNetwork(): NetworkEvidence {
  return {
    subnets: unread('the subnets', 'ec2:DescribeSubnets'),
    securityGroups: unread('the security groups', 'ec2:DescribeSecurityGroups'),
    routeTables: unread('the route tables', 'ec2:DescribeRouteTables'),
    networkAcls: unread('the network ACLs', 'ec2:DescribeNetworkAcls'),
    networkInterfaces: unread('the network interfaces', 'ec2:DescribeNetworkInterfaces'),
    vpcEndpoints: unread('the VPC endpoints', 'ec2:DescribeVpcEndpoints'),
    natGateways: unread('the NAT gateways', 'ec2:DescribeNatGateways'),
    vpcAttributes: unread('the DNS attributes of the VPC', 'ec2:DescribeVpcAttribute'),
    prefixLists: unread('the prefix lists', 'ec2:GetManagedPrefixListEntries'),
  };
}
