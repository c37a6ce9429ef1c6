// Reads the network around a service: first what the service itself names, then what belongs to its VPC, then the destinations its tasks
// wanted. Filters are used instead of ids, so that one deleted object does not hide the others.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Aws } from '../../src/contract/aws.ts';
import {
  merged,
  type NetworkEvidence,
  type PrefixList,
  type Seen,
  type VpcAttributes,
} from '../../src/diagnosis/evidence.ts';
import { gapOf, joined, readList } from './reading.ts';

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

export function readGroups(aws: Aws, ids: readonly string[]): Promise<Seen<Ec2.SecurityGroup>> {
  return readList(aws, {
    action: 'ec2:DescribeSecurityGroups',
    input: { Filters: [filter('group-id', ids)] },
    what: `the rules of ${ids.slice(0, 3).join(', ')}`,
    path: '$.SecurityGroups',
    items: (output) => output.SecurityGroups,
  });
}

/** Groups of the VPC with an inbound rule that begins at one of the ports: what may be meant by "the database". */
export function readGroupsAdmitting(
  aws: Aws,
  vpcId: string,
  ports: readonly number[],
): Promise<Seen<Ec2.SecurityGroup>> {
  return readList(aws, {
    action: 'ec2:DescribeSecurityGroups',
    input: { Filters: [filter('vpc-id', [vpcId]), filter('ip-permission.from-port', ports.map(String))] },
    what: `the groups that let tcp/${ports.join(', ')} in`,
    path: '$.SecurityGroups',
    items: (output) => output.SecurityGroups,
    pages: 2,
  });
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

/** Everything of the VPC that decides paths, in one go. */
export async function readVpc(
  aws: Aws,
  place: { readonly vpcId: string; readonly groups: readonly string[] },
): Promise<Omit<NetworkEvidence, 'subnets' | 'securityGroups' | 'prefixLists'>> {
  const { vpcId, groups } = place;
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
      readVpcAttributes(aws, vpcId),
      groups.length === 0
        ? Promise.resolve({ items: [], gaps: [] })
        : readInterfaces(aws, [inVpc, filter('group-id', groups)], 'the interfaces of the tasks'),
      readInterfaces(
        aws,
        [inVpc, filter('requester-id', DATA_STORE_REQUESTERS)],
        'the interfaces of data stores',
      ),
    ]);
  return {
    routeTables,
    networkAcls,
    vpcEndpoints,
    natGateways,
    vpcAttributes,
    networkInterfaces: joined([users, stores]),
  };
}

export function filter(name: string, values: readonly string[]): Ec2.Filter {
  return { Name: name, Values: [...new Set(values)].slice(0, FILTER_VALUES_MAX) };
}

async function readVpcAttributes(aws: Aws, vpcId: string): Promise<Seen<VpcAttributes>> {
  const read = async (attribute: 'enableDnsSupport' | 'enableDnsHostnames') => {
    try {
      const { output, evidence } = await aws.call('ec2:DescribeVpcAttribute', {
        VpcId: vpcId,
        Attribute: attribute,
      });
      const value =
        attribute === 'enableDnsSupport' ? output.EnableDnsSupport?.Value : output.EnableDnsHostnames?.Value;
      return { attribute, value, evidence };
    } catch (thrown) {
      return gapOf(thrown, `the DNS attributes of ${vpcId}`, 'ec2:DescribeVpcAttribute');
    }
  };
  const [support, hostnames] = await Promise.all([read('enableDnsSupport'), read('enableDnsHostnames')]);
  if ('missingAction' in support) return { items: [], gaps: [support] };
  if ('missingAction' in hostnames) return { items: [], gaps: [hostnames] };
  // The answer that switches names off is the one to point at.
  const deciding = support.value === false || hostnames.value !== false ? support : hostnames;
  return {
    items: [
      {
        value: {
          vpcId,
          ...(support.value === undefined ? {} : { enableDnsSupport: support.value }),
          ...(hostnames.value === undefined ? {} : { enableDnsHostnames: hostnames.value }),
        },
        at: {
          id: deciding.evidence,
          path: deciding === support ? '$.EnableDnsSupport.Value' : '$.EnableDnsHostnames.Value',
        },
      },
    ],
    gaps: [],
  };
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
    ...wanted.map((id) =>
      readList(aws, {
        action: 'ec2:GetManagedPrefixListEntries',
        input: { PrefixListId: id },
        what: `the entries of ${id}`,
        path: '$.Entries',
        items: (output) => output.Entries,
      }),
    ),
  ]);
  const items = wanted.flatMap((id, index) => {
    const list = entries[index];
    const first = list?.items[0];
    if (list === undefined || first === undefined || list.gaps.length > 0) return [];
    const name = names.items.find(({ value }) => value.PrefixListId === id)?.value.PrefixListName ?? '';
    const cidrs = list.items.flatMap(({ value }) => (value.Cidr === undefined ? [] : [value.Cidr]));
    return [{ value: { id, name, cidrs }, at: { id: first.at.id, path: '$.Entries' } }];
  });
  return { items, gaps: [...names.gaps, ...entries.flatMap((list) => list.gaps)] };
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
    vpcAttributes: add(network.vpcAttributes, more.vpcAttributes),
    prefixLists: add(network.prefixLists, more.prefixLists),
    ...(more.databases === undefined && network.databases === undefined
      ? {}
      : { databases: add(network.databases ?? { items: [], gaps: [] }, more.databases) }),
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
  ];
  return Object.assign({}, ...keys.map(added));
}
