// Reads the network around a service: first what the service itself names, then what belongs to its VPC, then the destinations its tasks
// wanted. Filters are used instead of ids, so that one deleted object does not hide the others.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Aws } from '../../src/contract/aws.ts';
import { merged, type NetworkEvidence, type PrefixList, type Seen } from '../../src/diagnosis/evidence.ts';
import { readVpcAttributes } from './collect-vpc-attributes.ts';
import { joined, readList } from './reading.ts';

export const networkActions = [
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeRouteTables',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeNatGateways',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeManagedPrefixLists',
  'ec2:GetManagedPrefixListEntries',
  'servicediscovery:ListNamespaces',
] as const;

/** Interfaces of managed data stores, which name no host but carry their groups. */
const DATA_STORE_REQUESTERS = ['amazon-rds', 'amazon-elasticache', 'amazon-redshift', 'amazon-documentdb'];
/** EC2 takes at most 200 values in one filter. */
const FILTER_VALUES_MAX = 200;
const INTERFACES_PER_PAGE = 200;
const PREFIX_LISTS_MAX = 5;

export function readSubnets(aws: Aws, ids: readonly string[]): Promise<Seen<Ec2.Subnet>> {
  return readList(aws, {
    action: 'ec2:DescribeSubnets',
    input: { Filters: [filter('subnet-id', ids)] },
    what: 'the subnets of the service',
    path: '$.Subnets',
    items: (output) => output.Subnets,
  });
}

/** All subnets of the VPC, where nobody names some of them. */
export function readSubnetsOfVpc(aws: Aws, vpcId: string): Promise<Seen<Ec2.Subnet>> {
  return readList(aws, {
    action: 'ec2:DescribeSubnets',
    input: { Filters: [filter('vpc-id', [vpcId])] },
    what: `the subnets of ${vpcId}`,
    path: '$.Subnets',
    items: (output) => output.Subnets,
  });
}

export function readGroups(aws: Aws, ids: readonly string[]): Promise<Seen<Ec2.SecurityGroup>> {
  return readList(aws, {
    action: 'ec2:DescribeSecurityGroups',
    input: { Filters: [filter('group-id', ids)] },
    what: `the rules of ${ids.slice(0, 3).join(', ')}`,
    path: '$.SecurityGroups',
    items: (output) => output.SecurityGroups,
  });
}

/**
 * The groups of these ids out of those of a VPC that were read already; the rest is asked for by name. A peered VPC may hold some, and a VPC
 * may hold more than were read; what was refused is not asked again.
 */
export async function withGroups(
  aws: Aws,
  around: Seen<Ec2.SecurityGroup>,
  ids: readonly string[],
): Promise<Seen<Ec2.SecurityGroup>> {
  const found = around.items.filter(({ value }) => ids.includes(value.GroupId ?? ''));
  const missing = ids.filter((id) => !found.some(({ value }) => value.GroupId === id));
  if (missing.length === 0) return { items: found, gaps: [] };
  if (around.items.length === 0 && around.gaps.length > 0) return { items: found, gaps: around.gaps };
  return joined([{ items: found, gaps: [] }, await readGroups(aws, missing)]);
}

export function readInterfaces(
  aws: Aws,
  filters: Ec2.Filter[],
  what: string,
): Promise<Seen<Ec2.NetworkInterface>> {
  return readList(aws, {
    action: 'ec2:DescribeNetworkInterfaces',
    input: { Filters: filters, MaxResults: INTERFACES_PER_PAGE },
    what,
    path: '$.NetworkInterfaces',
    items: (output) => output.NetworkInterfaces,
    pages: 2,
  });
}

export function readRouteTables(aws: Aws, vpcId: string): Promise<Seen<Ec2.RouteTable>> {
  return readList(aws, {
    action: 'ec2:DescribeRouteTables',
    input: { Filters: [filter('vpc-id', [vpcId])] },
    what: `the route tables of ${vpcId}`,
    path: '$.RouteTables',
    items: (output) => output.RouteTables,
  });
}

export function readEndpoints(aws: Aws, vpcId: string): Promise<Seen<Ec2.VpcEndpoint>> {
  return readList(aws, {
    action: 'ec2:DescribeVpcEndpoints',
    input: { Filters: [filter('vpc-id', [vpcId])] },
    what: `the endpoints of ${vpcId}`,
    path: '$.VpcEndpoints',
    items: (output) => output.VpcEndpoints,
  });
}

export interface VpcPlace {
  readonly vpcId: string;
  /** Of the tasks. */
  readonly groups: readonly string[];
  /** Whether it matters which tasks and data stores stand in it. */
  readonly interfaces: boolean;
  /** Whether a name is known not to resolve; names of private zones need one attribute more. */
  readonly hostnames: boolean;
}

/** All groups of the VPC, for groups whose ids are being asked for at the same time. */
export function readGroupsOfVpc(aws: Aws, vpcId: string): Promise<Seen<Ec2.SecurityGroup>> {
  return readList(aws, {
    action: 'ec2:DescribeSecurityGroups',
    input: { Filters: [filter('vpc-id', [vpcId])] },
    what: `the security groups of ${vpcId}`,
    path: '$.SecurityGroups',
    items: (output) => output.SecurityGroups,
    pages: 2,
  });
}

/** Everything of the VPC that decides paths, in one go. */
export async function readVpc(aws: Aws, place: VpcPlace): Promise<Partial<NetworkEvidence>> {
  const { vpcId, groups, interfaces, hostnames } = place;
  const inVpc = filter('vpc-id', [vpcId]);
  const [routeTables, networkAcls, vpcEndpoints, natGateways, vpcAttributes, users, stores] =
    await Promise.all([
      readRouteTables(aws, vpcId),
      readList(aws, {
        action: 'ec2:DescribeNetworkAcls',
        input: { Filters: [inVpc] },
        what: `the network ACLs of ${vpcId}`,
        path: '$.NetworkAcls',
        items: (output) => output.NetworkAcls,
      }),
      readEndpoints(aws, vpcId),
      readList(aws, {
        action: 'ec2:DescribeNatGateways',
        // This one action spells its parameter in the singular.
        input: { Filter: [inVpc] },
        what: `the NAT gateways of ${vpcId}`,
        path: '$.NatGateways',
        items: (output) => output.NatGateways,
      }),
      readVpcAttributes(aws, vpcId, hostnames),
      groups.length === 0 || !interfaces
        ? nothing
        : readInterfaces(aws, [inVpc, filter('group-id', groups)], 'the interfaces of the tasks'),
      interfaces
        ? readInterfaces(
            aws,
            [inVpc, filter('requester-id', DATA_STORE_REQUESTERS)],
            'the interfaces of data stores',
          )
        : nothing,
    ]);
  return {
    routeTables,
    networkAcls,
    vpcEndpoints,
    natGateways,
    vpcAttributes,
    ...(interfaces ? { networkInterfaces: joined([users, stores]) } : {}),
  };
}

export function filter(name: string, values: readonly string[]): Ec2.Filter {
  return { Name: name, Values: [...new Set(values)].slice(0, FILTER_VALUES_MAX) };
}

/** Names and entries of the prefix lists that rules or routes refer to. */
export async function readPrefixLists(aws: Aws, ids: readonly string[]): Promise<Seen<PrefixList>> {
  const wanted = [...new Set(ids)].slice(0, PREFIX_LISTS_MAX);
  if (wanted.length === 0) return { items: [], gaps: [] };
  const [names, ...entries] = await Promise.all([
    readList(aws, {
      action: 'ec2:DescribeManagedPrefixLists',
      input: { Filters: [filter('prefix-list-id', wanted)] },
      what: 'the names of the prefix lists',
      path: '$.PrefixLists',
      items: (output) => output.PrefixLists,
    }),
    ...wanted.map((id) => readListEntries(aws, { id, name: '' })),
  ]);
  const nameOf = (id: string) =>
    names.items.find(({ value }) => value.PrefixListId === id)?.value.PrefixListName ?? '';
  const lists = joined(entries);
  return {
    items: lists.items.map((one) => ({ ...one, value: { ...one.value, name: nameOf(one.value.id) } })),
    gaps: [...names.gaps, ...lists.gaps],
  };
}

/** The entries of one prefix list; none of them when not all could be read. */
export async function readListEntries(
  aws: Aws,
  { id, name }: Pick<PrefixList, 'id' | 'name'>,
): Promise<Seen<PrefixList>> {
  const list = await readList(aws, {
    action: 'ec2:GetManagedPrefixListEntries',
    input: { PrefixListId: id },
    what: `the entries of ${id}`,
    path: '$.Entries',
    items: (output) => output.Entries,
  });
  const [first] = list.items;
  if (first === undefined || list.gaps.length > 0) return { items: [], gaps: list.gaps };
  const cidrs = list.items.flatMap(({ value }) => (value.Cidr === undefined ? [] : [value.Cidr]));
  return { items: [{ value: { id, name, cidrs }, at: { id: first.at.id, path: '$.Entries' } }], gaps: [] };
}

/** Adds what a later stage read to what earlier ones did. */
export function withMore(network: NetworkEvidence, more: Partial<NetworkEvidence>): NetworkEvidence {
  const add = <T>(left: Seen<T>, right: Seen<T> | undefined): Seen<T> =>
    right === undefined ? left : merged(left, right);
  return {
    subnets: add(network.subnets, more.subnets),
    securityGroups: add(network.securityGroups, more.securityGroups),
    routeTables: add(network.routeTables, more.routeTables),
    networkAcls: add(network.networkAcls, more.networkAcls),
    networkInterfaces: add(network.networkInterfaces, more.networkInterfaces),
    vpcEndpoints: add(network.vpcEndpoints, more.vpcEndpoints),
    natGateways: add(network.natGateways, more.natGateways),
    // What was read later of one VPC holds what was known before, and look-ups take the first.
    vpcAttributes: add(
      more.vpcAttributes ?? network.vpcAttributes,
      more.vpcAttributes && network.vpcAttributes,
    ),
    prefixLists: add(network.prefixLists, more.prefixLists),
    ...(more.databases === undefined && network.databases === undefined
      ? {}
      : { databases: add(network.databases ?? nothing, more.databases) }),
    ...(more.namespaces === undefined && network.namespaces === undefined
      ? {}
      : { namespaces: add(network.namespaces ?? nothing, more.namespaces) }),
  };
}

/** What `after` has more than `before`, of which it grew; a list that did not grow is left out, so that it stays unread where it was. */
export function networkAdded(before: NetworkEvidence, after: NetworkEvidence): Partial<NetworkEvidence> {
  const added = <K extends keyof NetworkEvidence>(key: K): Partial<NetworkEvidence> => {
    // Items of one list are of one type; the union of all of them is all that is needed to tell old from new.
    const [old, grown]: readonly (Seen<unknown> | undefined)[] = [before[key], after[key]];
    const items = grown?.items.filter((one) => !old?.items.includes(one)) ?? [];
    const gaps = grown?.gaps.filter((one) => !old?.gaps.includes(one)) ?? [];
    return items.length + gaps.length === 0 ? {} : { [key]: { items, gaps } };
  };
  const keys: readonly (keyof NetworkEvidence)[] = [
    'subnets',
    'securityGroups',
    'routeTables',
    'networkAcls',
    'networkInterfaces',
    'vpcEndpoints',
    'natGateways',
    'vpcAttributes',
    'prefixLists',
    'databases',
    'namespaces',
  ];
  return Object.assign({}, ...keys.map(added));
}

const nothing: Seen<never> = { items: [], gaps: [] };
