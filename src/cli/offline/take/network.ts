// The network: everything of a VPC that decides where packets go, and the load balancers in front of services.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { filter } from '../../../../tools/diagnose/collect-network.ts';
import type { Aws } from '../../../contract/aws.ts';
import type { Snapshot } from '../../../contract/snapshot.ts';
import { distinct, listed } from './bounds.ts';

const PAGE = 1_000;
const ROUTE_TABLES_PAGE = 100;
const PREFIX_LISTS_PAGE = 100;

/** The VPCs in which anything that was taken stands. */
export function vpcsIn({ ec2 }: Snapshot): string[] {
  return distinct([...ec2.Subnets, ...ec2.Instances].map(({ VpcId }) => VpcId));
}

export async function takeVpc(aws: Aws, VpcId: string): Promise<void> {
  const inVpc = filter('vpc-id', [VpcId]);
  const input = { Filters: [inVpc], MaxResults: PAGE };
  await Promise.all([
    listed(aws, { action: 'ec2:DescribeSubnets', input }),
    listed(aws, { action: 'ec2:DescribeRouteTables', input: { ...input, MaxResults: ROUTE_TABLES_PAGE } }),
    listed(aws, { action: 'ec2:DescribeSecurityGroups', input }),
    listed(aws, { action: 'ec2:DescribeNetworkAcls', input }),
    listed(aws, { action: 'ec2:DescribeNetworkInterfaces', input }),
    listed(aws, { action: 'ec2:DescribeVpcEndpoints', input }),
    // This one action spells its parameter in the singular.
    listed(aws, { action: 'ec2:DescribeNatGateways', input: { Filter: [inVpc], MaxResults: PAGE } }),
    listed(aws, {
      action: 'ec2:DescribeInternetGateways',
      input: { Filters: [filter('attachment.vpc-id', [VpcId])], MaxResults: PAGE },
    }),
    ...(['enableDnsSupport', 'enableDnsHostnames'] as const).map((Attribute) =>
      listed(aws, { action: 'ec2:DescribeVpcAttribute', input: { VpcId, Attribute } }),
    ),
  ]);
}

/** Prefix lists that rules or routes refer to. */
export function prefixListsIn({ ec2 }: Snapshot): string[] {
  const rules = ec2.SecurityGroups.flatMap((group) => [
    ...(group.IpPermissions ?? []),
    ...(group.IpPermissionsEgress ?? []),
  ]);
  return distinct([
    ...rules.flatMap((rule) => (rule.PrefixListIds ?? []).map((list) => list.PrefixListId)),
    ...ec2.RouteTables.flatMap(({ Routes = [] }) => Routes.map((route) => route.DestinationPrefixListId)),
  ]);
}

export async function takePrefixList(aws: Aws, PrefixListId: string): Promise<void> {
  const Filters: Ec2.Filter[] = [filter('prefix-list-id', [PrefixListId])];
  await Promise.all([
    listed(aws, { action: 'ec2:DescribeManagedPrefixLists', input: { Filters } }),
    listed(aws, {
      action: 'ec2:GetManagedPrefixListEntries',
      input: { PrefixListId, MaxResults: PREFIX_LISTS_PAGE },
    }),
  ]);
}

export function balancersIn({ elbv2 }: Snapshot): string[] {
  return distinct(elbv2.TargetGroups.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns));
}

export async function takeBalancer(aws: Aws, LoadBalancerArn: string): Promise<void> {
  const [listeners] = await Promise.all([
    listed(aws, {
      action: 'elasticloadbalancing:DescribeListeners',
      input: { LoadBalancerArn },
      items: ({ Listeners }) => Listeners,
    }),
    listed(aws, {
      action: 'elasticloadbalancing:DescribeLoadBalancers',
      input: { LoadBalancerArns: [LoadBalancerArn] },
    }),
    listed(aws, {
      action: 'elasticloadbalancing:DescribeLoadBalancerAttributes',
      input: { LoadBalancerArn },
    }),
  ]);
  await Promise.all(
    distinct(listeners.map((one) => one.ListenerArn)).map((ListenerArn) =>
      listed(aws, { action: 'elasticloadbalancing:DescribeRules', input: { ListenerArn } }),
    ),
  );
}
