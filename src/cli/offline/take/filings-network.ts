// Answers of EC2 and of its load balancers.

import type { Filings } from './filing.ts';

export const networkFilings = {
  'ec2:DescribeSubnets': ({ snapshot: { ec2 }, keep }, { Subnets }) => {
    keep(ec2.Subnets, ['SubnetId'], Subnets);
    // Of a VPC itself nothing is asked but its attributes.
    keep(
      ec2.Vpcs,
      ['VpcId'],
      Subnets?.map(({ VpcId }) => ({ VpcId })),
    );
  },
  'ec2:DescribeVpcAttribute': ({ snapshot: { ec2 } }, output, { VpcId = '' }) => {
    const { EnableDnsSupport: support, EnableDnsHostnames: hostnames } = output;
    ec2.VpcAttributes[VpcId] = {
      ...ec2.VpcAttributes[VpcId],
      ...(support?.Value === undefined ? {} : { enableDnsSupport: support.Value }),
      ...(hostnames?.Value === undefined ? {} : { enableDnsHostnames: hostnames.Value }),
    };
  },
  'ec2:DescribeRouteTables': ({ snapshot: { ec2 }, keep }, { RouteTables }) =>
    keep(ec2.RouteTables, ['RouteTableId'], RouteTables),
  'ec2:DescribeSecurityGroups': ({ snapshot: { ec2 }, keep }, { SecurityGroups }) =>
    keep(ec2.SecurityGroups, ['GroupId'], SecurityGroups),
  'ec2:DescribeNetworkAcls': ({ snapshot: { ec2 }, keep }, { NetworkAcls }) =>
    keep(ec2.NetworkAcls, ['NetworkAclId'], NetworkAcls),
  'ec2:DescribeNetworkInterfaces': ({ snapshot: { ec2 }, keep }, { NetworkInterfaces }) =>
    keep(ec2.NetworkInterfaces, ['NetworkInterfaceId'], NetworkInterfaces),
  'ec2:DescribeVpcEndpoints': ({ snapshot: { ec2 }, keep }, { VpcEndpoints }) =>
    keep(ec2.VpcEndpoints, ['VpcEndpointId'], VpcEndpoints),
  'ec2:DescribeNatGateways': ({ snapshot: { ec2 }, keep }, { NatGateways }) =>
    keep(ec2.NatGateways, ['NatGatewayId'], NatGateways),
  'ec2:DescribeInternetGateways': ({ snapshot: { ec2 }, keep }, { InternetGateways }) =>
    keep(ec2.InternetGateways, ['InternetGatewayId'], InternetGateways),
  'ec2:DescribeInstances': ({ snapshot: { ec2 }, keep }, { Reservations = [] }) =>
    keep(
      ec2.Instances,
      ['InstanceId'],
      Reservations.flatMap(({ Instances = [] }) => Instances),
    ),
  'ec2:DescribeInstanceTypes': ({ snapshot: { ec2 }, keep }, { InstanceTypes }) =>
    keep(ec2.InstanceTypes, ['InstanceType'], InstanceTypes),
  'ec2:DescribeManagedPrefixLists': ({ snapshot: { ec2 }, keep }, { PrefixLists }) =>
    keep(
      ec2.ManagedPrefixLists,
      ['PrefixListId'],
      PrefixLists?.map(({ PrefixListId, PrefixListName, OwnerId, AddressFamily }) => ({
        PrefixListId,
        PrefixListName,
        OwnerId,
        AddressFamily,
        Entries: [],
      })),
    ),
  'ec2:GetManagedPrefixListEntries': (
    { snapshot: { ec2 }, known, keep },
    { Entries },
    { PrefixListId = '' },
  ) => {
    const before = ec2.ManagedPrefixLists.find((list) => list.PrefixListId === PrefixListId);
    const list =
      before ??
      // A name that the reader may not see is replaced by the id, since a snapshot needs one.
      known(ec2.ManagedPrefixLists, ['PrefixListId'], {
        PrefixListId,
        PrefixListName: PrefixListId,
        Entries: [],
      });
    keep(list.Entries, ['Cidr'], Entries);
  },

  'elasticloadbalancing:DescribeLoadBalancers': ({ snapshot: { elbv2 }, keep }, { LoadBalancers }) =>
    keep(elbv2.LoadBalancers, ['LoadBalancerArn'], LoadBalancers),
  'elasticloadbalancing:DescribeLoadBalancerAttributes': (
    { snapshot: { elbv2 } },
    { Attributes = [] },
    { LoadBalancerArn = '' },
  ) => {
    elbv2.LoadBalancerAttributes[LoadBalancerArn] = pairsOf(Attributes);
  },
  'elasticloadbalancing:DescribeListeners': ({ snapshot: { elbv2 }, keep }, { Listeners }) =>
    keep(elbv2.Listeners, ['ListenerArn'], Listeners),
  'elasticloadbalancing:DescribeRules': ({ snapshot: { elbv2 }, keep }, { Rules }, { ListenerArn }) =>
    keep(
      elbv2.Rules,
      ['RuleArn'],
      Rules?.map((rule) => ({ ...rule, ListenerArn })),
    ),
  'elasticloadbalancing:DescribeTargetGroups': ({ snapshot: { elbv2 }, keep }, { TargetGroups }) =>
    keep(elbv2.TargetGroups, ['TargetGroupArn'], TargetGroups),
  'elasticloadbalancing:DescribeTargetGroupAttributes': (
    { snapshot: { elbv2 } },
    { Attributes = [] },
    { TargetGroupArn = '' },
  ) => {
    elbv2.TargetGroupAttributes[TargetGroupArn] = pairsOf(Attributes);
  },
  'elasticloadbalancing:DescribeTargetHealth': (
    { snapshot: { elbv2 } },
    { TargetHealthDescriptions = [] },
    { TargetGroupArn = '' },
  ) => {
    elbv2.TargetHealth[TargetGroupArn] = TargetHealthDescriptions.flatMap(({ Target, ...health }) =>
      Target?.Id === undefined ? [] : [{ ...health, Target: { ...Target, Id: Target.Id } }],
    );
  },
} satisfies Filings;

function pairsOf(
  attributes: readonly { Key?: string | undefined; Value?: string | undefined }[],
): { Key: string; Value?: string }[] {
  return attributes.flatMap(({ Key, Value }) =>
    Key === undefined ? [] : [{ Key, ...(Value === undefined ? {} : { Value }) }],
  );
}
