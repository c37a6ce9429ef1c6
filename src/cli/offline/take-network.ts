// The network side of a snapshot: everything of the VPCs that services run in and that decides where packets go.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { filter } from '../../../tools/diagnose/collect-network.ts';
import type { Aws } from '../../contract/aws.ts';
import type { TakeReader } from './take-reader.ts';

export interface TakenNetwork {
  readonly Vpcs: readonly { readonly VpcId: string }[];
  readonly VpcAttributes: Readonly<Record<string, Record<string, boolean>>>;
  readonly Subnets: readonly Ec2.Subnet[];
  readonly RouteTables: readonly Ec2.RouteTable[];
  readonly SecurityGroups: readonly Ec2.SecurityGroup[];
  readonly NetworkAcls: readonly Ec2.NetworkAcl[];
  readonly NetworkInterfaces: readonly Ec2.NetworkInterface[];
  readonly VpcEndpoints: readonly Ec2.VpcEndpoint[];
  readonly NatGateways: readonly Ec2.NatGateway[];
  readonly ManagedPrefixLists: readonly object[];
}

const PAGE = 1_000;
const ROUTE_TABLES_PAGE = 100;
const PREFIX_LISTS_MAX = 40;

/** The VPCs that the subnets named by services lie in. */
export async function takeNetwork(
  aws: Aws,
  reader: TakeReader,
  subnetIds: readonly string[],
): Promise<TakenNetwork> {
  const own = subnetIds.length === 0 ? [] : await listSubnets(aws, reader, filter('subnet-id', subnetIds));
  const vpcIds = [...new Set(own.flatMap((subnet) => (subnet.VpcId === undefined ? [] : [subnet.VpcId])))];
  if (vpcIds.length === 0) return { ...nothing, Subnets: own };
  const inVpcs = filter('vpc-id', vpcIds);
  const [Subnets, RouteTables, SecurityGroups, NetworkAcls, NetworkInterfaces, VpcEndpoints, NatGateways] =
    await Promise.all([
      listSubnets(aws, reader, inVpcs),
      reader.list(aws, {
        action: 'ec2:DescribeRouteTables',
        input: { Filters: [inVpcs], MaxResults: ROUTE_TABLES_PAGE },
        what: 'the route tables',
        path: '$.RouteTables',
        items: (output) => output.RouteTables,
      }),
      reader.list(aws, {
        action: 'ec2:DescribeSecurityGroups',
        input: { Filters: [inVpcs], MaxResults: PAGE },
        what: 'the security groups',
        path: '$.SecurityGroups',
        items: (output) => output.SecurityGroups,
      }),
      reader.list(aws, {
        action: 'ec2:DescribeNetworkAcls',
        input: { Filters: [inVpcs], MaxResults: PAGE },
        what: 'the network ACLs',
        path: '$.NetworkAcls',
        items: (output) => output.NetworkAcls,
      }),
      reader.list(aws, {
        action: 'ec2:DescribeNetworkInterfaces',
        input: { Filters: [inVpcs], MaxResults: PAGE },
        what: 'the network interfaces',
        path: '$.NetworkInterfaces',
        items: (output) => output.NetworkInterfaces,
      }),
      reader.list(aws, {
        action: 'ec2:DescribeVpcEndpoints',
        input: { Filters: [inVpcs], MaxResults: PAGE },
        what: 'the VPC endpoints',
        path: '$.VpcEndpoints',
        items: (output) => output.VpcEndpoints,
      }),
      reader.list(aws, {
        action: 'ec2:DescribeNatGateways',
        // This one action spells its parameter in the singular.
        input: { Filter: [inVpcs], MaxResults: PAGE },
        what: 'the NAT gateways',
        path: '$.NatGateways',
        items: (output) => output.NatGateways,
      }),
    ]);
  const attributes = await Promise.all(vpcIds.map((VpcId) => takeAttributes(aws, reader, VpcId)));
  return {
    Vpcs: vpcIds.map((VpcId) => ({ VpcId })),
    VpcAttributes: Object.fromEntries(attributes),
    Subnets,
    RouteTables,
    SecurityGroups,
    NetworkAcls,
    NetworkInterfaces,
    VpcEndpoints,
    NatGateways,
    ManagedPrefixLists: await takePrefixLists(aws, reader, prefixListsIn(SecurityGroups, RouteTables)),
  };
}

const nothing: TakenNetwork = {
  Vpcs: [],
  VpcAttributes: {},
  Subnets: [],
  RouteTables: [],
  SecurityGroups: [],
  NetworkAcls: [],
  NetworkInterfaces: [],
  VpcEndpoints: [],
  NatGateways: [],
  ManagedPrefixLists: [],
};

function listSubnets(aws: Aws, reader: TakeReader, which: Ec2.Filter): Promise<Ec2.Subnet[]> {
  return reader.list(aws, {
    action: 'ec2:DescribeSubnets',
    input: { Filters: [which], MaxResults: PAGE },
    what: 'the subnets',
    path: '$.Subnets',
    items: (output) => output.Subnets,
  });
}

async function takeAttributes(
  aws: Aws,
  reader: TakeReader,
  VpcId: string,
): Promise<[string, Record<string, boolean>]> {
  const read = async (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') => {
    const [value] = await reader.list(aws, {
      action: 'ec2:DescribeVpcAttribute',
      input: { VpcId, Attribute },
      what: `the DNS attributes of ${VpcId}`,
      path: '$',
      items: (output) => [(output.EnableDnsSupport ?? output.EnableDnsHostnames)?.Value],
    });
    return value === undefined ? {} : { [Attribute]: value };
  };
  const [support, hostnames] = await Promise.all([read('enableDnsSupport'), read('enableDnsHostnames')]);
  return [VpcId, { ...support, ...hostnames }];
}

/** Prefix lists that rules or routes refer to. */
function prefixListsIn(groups: readonly Ec2.SecurityGroup[], tables: readonly Ec2.RouteTable[]): string[] {
  const rules = groups.flatMap((group) => [
    ...(group.IpPermissions ?? []),
    ...(group.IpPermissionsEgress ?? []),
  ]);
  const ids = [
    ...rules.flatMap((rule) => (rule.PrefixListIds ?? []).map((list) => list.PrefixListId)),
    ...tables.flatMap((table) => (table.Routes ?? []).map((route) => route.DestinationPrefixListId)),
  ];
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : [id]));
}

async function takePrefixLists(aws: Aws, reader: TakeReader, ids: readonly string[]): Promise<object[]> {
  if (ids.length === 0) return [];
  if (ids.length > PREFIX_LISTS_MAX)
    reader.note(`Left out: ${ids.length - PREFIX_LISTS_MAX} of the prefix lists.`);
  const wanted = ids.slice(0, PREFIX_LISTS_MAX);
  const lists = await reader.list(aws, {
    action: 'ec2:DescribeManagedPrefixLists',
    input: { Filters: [filter('prefix-list-id', wanted)], MaxResults: 100 },
    what: 'the prefix lists',
    path: '$.PrefixLists',
    items: (output) => output.PrefixLists,
  });
  return Promise.all(
    wanted.map(async (PrefixListId) => {
      const list = lists.find((one) => one.PrefixListId === PrefixListId);
      const Entries = await reader.list(aws, {
        action: 'ec2:GetManagedPrefixListEntries',
        input: { PrefixListId, MaxResults: 100 },
        what: `the entries of ${PrefixListId}`,
        path: '$.Entries',
        items: (output) => output.Entries,
      });
      return {
        PrefixListId,
        // A name the reader may not see is replaced by the id, since a snapshot needs one.
        PrefixListName: list?.PrefixListName ?? PrefixListId,
        ...(list?.OwnerId === undefined ? {} : { OwnerId: list.OwnerId }),
        ...(list?.AddressFamily === undefined ? {} : { AddressFamily: list.AddressFamily }),
        Entries,
      };
    }),
  );
}
