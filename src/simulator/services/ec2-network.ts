// EC2 reads about the network itself: VPCs, subnets, routes, ACLs, gateways, endpoints, prefix lists.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Snapshot } from '../../contract/snapshot.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { describe, type FilterTable } from './ec2-filter.ts';
import type { Handler } from './handler.ts';
import { withoutMarks } from './marks.ts';

type Section = Snapshot['ec2'];

const vpcFilters: FilterTable<Section['Vpcs'][number]> = {
  'vpc-id': (vpc) => [vpc.VpcId],
  cidr: (vpc) => [vpc.CidrBlock],
  'cidr-block-association.cidr-block': (vpc) =>
    (vpc.CidrBlockAssociationSet ?? []).map((one) => one.CidrBlock),
  'is-default': (vpc) => [String(vpc.IsDefault ?? false)],
  state: (vpc) => [vpc.State],
};

/** VPCs by id and filter. Throws InvalidVpcID.NotFound. */
export const describeVpcs: Handler<Ec2.DescribeVpcsCommandInput, Ec2.DescribeVpcsCommandOutput> = (
  input,
  { state },
) => {
  const { items, token } = describe({
    action: 'DescribeVpcs',
    items: state.ec2.Vpcs,
    idOf: (vpc) => vpc.VpcId,
    ids: input.VpcIds,
    notFound: { code: 'InvalidVpcID.NotFound', noun: 'vpc ID' },
    filters: input.Filters,
    table: vpcFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { Vpcs: items, ...token };
};

/** One attribute of a VPC; EC2 answers a single one per request. Throws InvalidVpcID.NotFound. */
export const describeVpcAttribute: Handler<
  Ec2.DescribeVpcAttributeCommandInput,
  Ec2.DescribeVpcAttributeCommandOutput
> = (input, { state }) => {
  const VpcId = input.VpcId ?? '';
  // A small snapshot may know a VPC only as the place of its subnets.
  const { Vpcs, Subnets, VpcAttributes } = state.ec2;
  if (![...Vpcs, ...Subnets].some((one) => one.VpcId === VpcId) && !Object.hasOwn(VpcAttributes, VpcId))
    throw new AwsFault('InvalidVpcID.NotFound', `The vpc ID '${VpcId}' does not exist`);
  // A VPC resolves names unless told otherwise; host names are off unless it is a default VPC or told so.
  const { enableDnsSupport = true, enableDnsHostnames = false } = state.ec2.VpcAttributes[VpcId] ?? {};
  if (input.Attribute === 'enableDnsSupport') return { VpcId, EnableDnsSupport: { Value: enableDnsSupport } };
  if (input.Attribute === 'enableDnsHostnames')
    return { VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } };
  if (input.Attribute === 'enableNetworkAddressUsageMetrics')
    return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
  throw new AwsFault(
    'InvalidParameterValue',
    `Value (${String(input.Attribute)}) for parameter attribute is invalid.`,
  );
};

const subnetFilters: FilterTable<Section['Subnets'][number]> = {
  'subnet-id': (subnet) => [subnet.SubnetId],
  'vpc-id': (subnet) => [subnet.VpcId],
  'availability-zone': (subnet) => [subnet.AvailabilityZone],
  'availability-zone-id': (subnet) => [subnet.AvailabilityZoneId],
  'cidr-block': (subnet) => [subnet.CidrBlock],
  cidr: (subnet) => [subnet.CidrBlock],
  'map-public-ip-on-launch': (subnet) => [String(subnet.MapPublicIpOnLaunch ?? false)],
  'default-for-az': (subnet) => [String(subnet.DefaultForAz ?? false)],
  state: (subnet) => [subnet.State],
};

/** Subnets by id and filter. Throws InvalidSubnetID.NotFound. */
export const describeSubnets: Handler<Ec2.DescribeSubnetsCommandInput, Ec2.DescribeSubnetsCommandOutput> = (
  input,
  { state },
) => {
  const { items, token } = describe({
    action: 'DescribeSubnets',
    items: withoutMarks(state.ec2.Subnets),
    idOf: (subnet) => subnet.SubnetId,
    ids: input.SubnetIds,
    notFound: { code: 'InvalidSubnetID.NotFound', noun: 'subnet ID' },
    filters: input.Filters,
    table: subnetFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { Subnets: items, ...token };
};

const routeTableFilters: FilterTable<Section['RouteTables'][number]> = {
  'route-table-id': (table) => [table.RouteTableId],
  'vpc-id': (table) => [table.VpcId],
  'association.subnet-id': (table) => (table.Associations ?? []).map((one) => one.SubnetId),
  'association.gateway-id': (table) => (table.Associations ?? []).map((one) => one.GatewayId),
  'association.main': (table) => (table.Associations ?? []).map((one) => String(one.Main ?? false)),
  'association.route-table-association-id': (table) =>
    (table.Associations ?? []).map((one) => one.RouteTableAssociationId),
  'route.destination-cidr-block': (table) => (table.Routes ?? []).map((one) => one.DestinationCidrBlock),
  'route.destination-prefix-list-id': (table) =>
    (table.Routes ?? []).map((one) => one.DestinationPrefixListId),
  'route.gateway-id': (table) => (table.Routes ?? []).map((one) => one.GatewayId),
  'route.nat-gateway-id': (table) => (table.Routes ?? []).map((one) => one.NatGatewayId),
  'route.transit-gateway-id': (table) => (table.Routes ?? []).map((one) => one.TransitGatewayId),
  'route.state': (table) => (table.Routes ?? []).map((one) => one.State),
};

/** Route tables by id and filter; a page holds 100 at most. Throws InvalidRouteTableID.NotFound. */
export const describeRouteTables: Handler<
  Ec2.DescribeRouteTablesCommandInput,
  Ec2.DescribeRouteTablesCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeRouteTables',
    pageSizes: { min: 5, max: 100 },
    items: state.ec2.RouteTables,
    idOf: (table) => table.RouteTableId,
    ids: input.RouteTableIds,
    notFound: { code: 'InvalidRouteTableID.NotFound', noun: 'routeTable ID' },
    filters: input.Filters,
    table: routeTableFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { RouteTables: items, ...token };
};

const aclFilters: FilterTable<Section['NetworkAcls'][number]> = {
  'network-acl-id': (acl) => [acl.NetworkAclId],
  'vpc-id': (acl) => [acl.VpcId],
  default: (acl) => [String(acl.IsDefault ?? false)],
  'association.subnet-id': (acl) => (acl.Associations ?? []).map((one) => one.SubnetId),
  'association.association-id': (acl) => (acl.Associations ?? []).map((one) => one.NetworkAclAssociationId),
};

/** Network ACLs by id and filter. Throws InvalidNetworkAclID.NotFound. */
export const describeNetworkAcls: Handler<
  Ec2.DescribeNetworkAclsCommandInput,
  Ec2.DescribeNetworkAclsCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeNetworkAcls',
    items: state.ec2.NetworkAcls,
    idOf: (acl) => acl.NetworkAclId,
    ids: input.NetworkAclIds,
    notFound: { code: 'InvalidNetworkAclID.NotFound', noun: 'networkAcl ID' },
    filters: input.Filters,
    table: aclFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { NetworkAcls: items, ...token };
};

const endpointFilters: FilterTable<Section['VpcEndpoints'][number]> = {
  'vpc-endpoint-id': (endpoint) => [endpoint.VpcEndpointId],
  'vpc-id': (endpoint) => [endpoint.VpcId],
  'service-name': (endpoint) => [endpoint.ServiceName],
  'vpc-endpoint-type': (endpoint) => [endpoint.VpcEndpointType],
  'vpc-endpoint-state': (endpoint) => [endpoint.State],
};

/** Endpoints by id and filter. Throws InvalidVpcEndpointId.NotFound. */
export const describeVpcEndpoints: Handler<
  Ec2.DescribeVpcEndpointsCommandInput,
  Ec2.DescribeVpcEndpointsCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeVpcEndpoints',
    pageSizes: { min: 1, max: Number.POSITIVE_INFINITY },
    items: state.ec2.VpcEndpoints,
    idOf: (endpoint) => endpoint.VpcEndpointId,
    ids: input.VpcEndpointIds,
    notFound: { code: 'InvalidVpcEndpointId.NotFound', noun: 'Vpc Endpoint Id' },
    filters: input.Filters,
    table: endpointFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { VpcEndpoints: items, ...token };
};

const natFilters: FilterTable<Section['NatGateways'][number]> = {
  'nat-gateway-id': (nat) => [nat.NatGatewayId],
  'vpc-id': (nat) => [nat.VpcId],
  'subnet-id': (nat) => [nat.SubnetId],
  state: (nat) => [nat.State],
};

/** NAT gateways by id and filter. Throws NatGatewayNotFound. */
export const describeNatGateways: Handler<
  Ec2.DescribeNatGatewaysCommandInput,
  Ec2.DescribeNatGatewaysCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeNatGateways',
    items: state.ec2.NatGateways,
    idOf: (nat) => nat.NatGatewayId,
    ids: input.NatGatewayIds,
    notFound: { code: 'NatGatewayNotFound', noun: 'NAT gateway' },
    // This one action spells its parameter `Filter`.
    filters: input.Filter,
    table: natFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { NatGateways: items, ...token };
};

const internetGatewayFilters: FilterTable<Section['InternetGateways'][number]> = {
  'internet-gateway-id': (gateway) => [gateway.InternetGatewayId],
  'attachment.vpc-id': (gateway) => (gateway.Attachments ?? []).map((one) => one.VpcId),
  'attachment.state': (gateway) => (gateway.Attachments ?? []).map((one) => one.State),
};

/** Internet gateways by id and filter. Throws InvalidInternetGatewayID.NotFound. */
export const describeInternetGateways: Handler<
  Ec2.DescribeInternetGatewaysCommandInput,
  Ec2.DescribeInternetGatewaysCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeInternetGateways',
    items: state.ec2.InternetGateways,
    idOf: (gateway) => gateway.InternetGatewayId,
    ids: input.InternetGatewayIds,
    notFound: { code: 'InvalidInternetGatewayID.NotFound', noun: 'internetGateway ID' },
    filters: input.Filters,
    table: internetGatewayFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { InternetGateways: items, ...token };
};

const prefixListFilters: FilterTable<Section['ManagedPrefixLists'][number]> = {
  'prefix-list-id': (list) => [list.PrefixListId],
  'prefix-list-name': (list) => [list.PrefixListName],
  'owner-id': (list) => [list.OwnerId ?? 'AWS'],
};

/** Prefix lists without their entries. Throws InvalidPrefixListID.NotFound. */
export const describeManagedPrefixLists: Handler<
  Ec2.DescribeManagedPrefixListsCommandInput,
  Ec2.DescribeManagedPrefixListsCommandOutput
> = (input, account) => {
  const { items, token } = describe({
    action: 'DescribeManagedPrefixLists',
    pageSizes: { min: 1, max: 100 },
    items: account.state.ec2.ManagedPrefixLists,
    idOf: (list) => list.PrefixListId,
    ids: input.PrefixListIds,
    notFound: { code: 'InvalidPrefixListID.NotFound', noun: 'prefix list ID' },
    filters: input.Filters,
    table: prefixListFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  const PrefixLists = items.map((list) => {
    const OwnerId = list.OwnerId ?? 'AWS';
    const PrefixListArn = `arn:aws:ec2:${account.region}:${OwnerId === 'AWS' ? 'aws' : OwnerId}:prefix-list/${list.PrefixListId}`;
    return {
      PrefixListId: list.PrefixListId,
      PrefixListName: list.PrefixListName,
      AddressFamily: list.AddressFamily ?? 'IPv4',
      State: 'create-complete' as const,
      PrefixListArn,
      OwnerId,
    };
  });
  return { PrefixLists, ...token };
};

/** The entries of one prefix list. Throws InvalidPrefixListID.NotFound. */
export const getManagedPrefixListEntries: Handler<
  Ec2.GetManagedPrefixListEntriesCommandInput,
  Ec2.GetManagedPrefixListEntriesCommandOutput
> = (input, { state }) => {
  const list = state.ec2.ManagedPrefixLists.find((one) => one.PrefixListId === input.PrefixListId);
  if (list === undefined)
    throw new AwsFault(
      'InvalidPrefixListID.NotFound',
      `The prefix list ID '${input.PrefixListId ?? ''}' does not exist`,
    );
  const { items, token } = describe({
    action: `GetManagedPrefixListEntries ${list.PrefixListId}`,
    pageSizes: { min: 1, max: 100 },
    items: list.Entries,
    idOf: (entry) => entry.Cidr,
    ids: undefined,
    notFound: { code: '', noun: '' },
    filters: undefined,
    table: {},
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { Entries: items, ...token };
};
