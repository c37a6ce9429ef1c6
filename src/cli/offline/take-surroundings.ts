// What stands around the services of a snapshot: load balancers in front, hosts below, scaling and deployments beside.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type * as Groups from '@aws-sdk/client-auto-scaling';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { filter } from '../../../tools/diagnose/collect-network.ts';
import { batchesOf } from '../../../tools/diagnose/reading.ts';
import type { Aws } from '../../contract/aws.ts';
import type { TakeReader } from './take-reader.ts';

/** ELB takes 20 ARNs in one request. */
const BALANCERS_PER_CALL = 20;
const HOSTS_PER_CALL = 100;
const DEPLOYMENTS_PER_CALL = 20;
const INSTANCES_PER_FILTER = 200;

export interface TakenBalancing {
  readonly LoadBalancers: readonly Elb.LoadBalancer[];
  readonly Listeners: readonly Elb.Listener[];
  readonly Rules: readonly Elb.Rule[];
  readonly TargetGroupAttributes: Readonly<Record<string, readonly Elb.TargetGroupAttribute[]>>;
}

/** The load balancers of the target groups, their listeners and rules, and how the groups are set. */
export async function takeBalancing(
  aws: Aws,
  reader: TakeReader,
  targetGroups: readonly Elb.TargetGroup[],
): Promise<TakenBalancing> {
  const arns = [...new Set(targetGroups.flatMap((group) => group.LoadBalancerArns ?? []))];
  const LoadBalancers = await inBatches(arns, BALANCERS_PER_CALL, (LoadBalancerArns) =>
    reader.list(aws, {
      action: 'elasticloadbalancing:DescribeLoadBalancers',
      input: { LoadBalancerArns },
      what: 'the load balancers',
      path: '$.LoadBalancers',
      items: (output) => output.LoadBalancers,
    }),
  );
  const Listeners = await inBatches(arns, 1, ([LoadBalancerArn]) =>
    reader.list(aws, {
      action: 'elasticloadbalancing:DescribeListeners',
      input: { LoadBalancerArn },
      what: 'the listeners',
      path: '$.Listeners',
      items: (output) => output.Listeners,
    }),
  );
  const Rules = await inBatches(Listeners, 1, async ([listener]) => {
    const ListenerArn = listener?.ListenerArn;
    const rules = await reader.list(aws, {
      action: 'elasticloadbalancing:DescribeRules',
      input: { ListenerArn },
      what: 'the rules of the listeners',
      path: '$.Rules',
      items: (output) => output.Rules,
    });
    return rules.map((rule) => ({ ...rule, ListenerArn }));
  });
  const attributes = await inBatches(targetGroups, 1, async ([group]) => {
    const TargetGroupArn = group?.TargetGroupArn ?? '';
    const list = await reader.list(aws, {
      action: 'elasticloadbalancing:DescribeTargetGroupAttributes',
      input: { TargetGroupArn },
      what: 'the attributes of the target groups',
      path: '$.Attributes',
      items: (output) => output.Attributes,
    });
    return [[TargetGroupArn, list] as const];
  });
  return { LoadBalancers, Listeners, Rules, TargetGroupAttributes: Object.fromEntries(attributes) };
}

export interface TakenHosts {
  readonly containerInstances: readonly Ecs.ContainerInstance[];
  readonly capacityProviders: readonly Ecs.CapacityProvider[];
  readonly Instances: readonly Ec2.Instance[];
  readonly AutoScalingGroups: readonly Groups.AutoScalingGroup[];
  readonly Activities: readonly Groups.Activity[];
}

/** The hosts of a cluster and the auto scaling groups they come from. */
export async function takeHosts(aws: Aws, reader: TakeReader, cluster: Ecs.Cluster): Promise<TakenHosts> {
  const name = cluster.clusterName ?? '';
  const [arns, capacityProviders, groups] = await Promise.all([
    reader.list(aws, {
      action: 'ecs:ListContainerInstances',
      input: { cluster: name, maxResults: HOSTS_PER_CALL },
      what: 'the container instances',
      path: '$.containerInstanceArns',
      items: (output) => output.containerInstanceArns,
    }),
    reader.list(aws, {
      action: 'ecs:DescribeCapacityProviders',
      input: {},
      what: 'the capacity providers',
      path: '$.capacityProviders',
      items: (output) => output.capacityProviders,
    }),
    reader.list(aws, {
      action: 'autoscaling:DescribeAutoScalingGroups',
      input: { MaxRecords: 100 },
      what: 'the auto scaling groups',
      path: '$.AutoScalingGroups',
      items: (output) => output.AutoScalingGroups,
    }),
  ]);
  const containerInstances = await inBatches(arns, HOSTS_PER_CALL, (containerInstanceArns) =>
    reader.list(aws, {
      action: 'ecs:DescribeContainerInstances',
      input: { cluster: name, containerInstances: containerInstanceArns },
      what: 'the container instances',
      path: '$.containerInstances',
      items: (output) => output.containerInstances,
    }),
  );
  const ids = containerInstances.flatMap((one) =>
    one.ec2InstanceId === undefined ? [] : [one.ec2InstanceId],
  );
  const Instances = await inBatches(ids, INSTANCES_PER_FILTER, (some) =>
    reader.list(aws, {
      action: 'ec2:DescribeInstances',
      input: { Filters: [filter('instance-id', some)] },
      what: 'the instances',
      path: '$.Reservations',
      items: (output) => (output.Reservations ?? []).flatMap((one) => one.Instances ?? []),
    }),
  );
  const AutoScalingGroups = groups.filter((group) =>
    concerns(group, { cluster: name, hosts: new Set(ids), capacityProviders }),
  );
  const Activities = await inBatches(AutoScalingGroups, 1, ([group]) =>
    reader.list(aws, {
      action: 'autoscaling:DescribeScalingActivities',
      input: { AutoScalingGroupName: group?.AutoScalingGroupName, MaxRecords: 100 },
      what: 'what the auto scaling groups did',
      path: '$.Activities',
      items: (output) => output.Activities,
      pages: 1,
    }),
  );
  return { containerInstances, capacityProviders, Instances, AutoScalingGroups, Activities };
}

interface Around {
  readonly cluster: string;
  readonly hosts: ReadonlySet<string>;
  readonly capacityProviders: readonly Ecs.CapacityProvider[];
}

/** Whether a group belongs to the cluster: by its hosts, a capacity provider, its name or a tag. */
function concerns(group: Groups.AutoScalingGroup, { cluster, hosts, capacityProviders }: Around): boolean {
  const { AutoScalingGroupARN: arn, AutoScalingGroupName: name = '', Instances = [], Tags = [] } = group;
  return (
    Instances.some((one) => hosts.has(one.InstanceId ?? '')) ||
    (arn !== undefined &&
      capacityProviders.some((one) => one.autoScalingGroupProvider?.autoScalingGroupArn === arn)) ||
    name.includes(cluster) ||
    Tags.some((tag) => tag.Value === cluster)
  );
}

export interface TakenMovement {
  readonly serviceDeployments: readonly Ecs.ServiceDeployment[];
  readonly ScalableTargets: readonly Scaling.ScalableTarget[];
  readonly ScalingPolicies: readonly Scaling.ScalingPolicy[];
  readonly ScalingActivities: readonly Scaling.ScalingActivity[];
}

/** The newest deployments of a service and what scales it. */
export async function takeMovement(
  aws: Aws,
  reader: TakeReader,
  service: Ecs.Service,
): Promise<TakenMovement> {
  const cluster = (service.clusterArn ?? '').split('/').at(-1) ?? '';
  const ResourceId = `service/${cluster}/${service.serviceName ?? ''}`;
  const about = { ServiceNamespace: 'ecs', ResourceId } as const;
  const [briefs, ScalableTargets, ScalingPolicies, ScalingActivities] = await Promise.all([
    reader.list(aws, {
      action: 'ecs:ListServiceDeployments',
      input: { cluster: service.clusterArn, service: service.serviceName, maxResults: DEPLOYMENTS_PER_CALL },
      what: 'the older deployments',
      path: '$.serviceDeployments',
      items: (output) => output.serviceDeployments,
      pages: 1,
    }),
    reader.list(aws, {
      action: 'application-autoscaling:DescribeScalableTargets',
      input: { ServiceNamespace: 'ecs', ResourceIds: [ResourceId] },
      what: 'the scaling of the service',
      path: '$.ScalableTargets',
      items: (output) => output.ScalableTargets,
    }),
    reader.list(aws, {
      action: 'application-autoscaling:DescribeScalingPolicies',
      input: about,
      what: 'the scaling policies',
      path: '$.ScalingPolicies',
      items: (output) => output.ScalingPolicies,
    }),
    reader.list(aws, {
      action: 'application-autoscaling:DescribeScalingActivities',
      input: { ...about, MaxResults: 50 },
      what: 'the older scaling activities',
      path: '$.ScalingActivities',
      items: (output) => output.ScalingActivities,
      pages: 1,
    }),
  ]);
  const arns = briefs.flatMap((one) =>
    one.serviceDeploymentArn === undefined ? [] : [one.serviceDeploymentArn],
  );
  const serviceDeployments = await inBatches(arns, DEPLOYMENTS_PER_CALL, (serviceDeploymentArns) =>
    reader.list(aws, {
      action: 'ecs:DescribeServiceDeployments',
      input: { serviceDeploymentArns },
      what: 'the deployments',
      path: '$.serviceDeployments',
      items: (output) => output.serviceDeployments,
    }),
  );
  return { serviceDeployments, ScalableTargets, ScalingPolicies, ScalingActivities };
}

async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  read: (some: T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  return (await Promise.all(batchesOf(items, size).map(read))).flat();
}
