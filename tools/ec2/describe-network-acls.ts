// ec2_describe_network_acls: network ACLs with their entries in order.

import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, networkAclIdField, subnetIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const entry = z.object({
  number: z.number(),
  action: z.string(),
  protocol: z.string(),
  ports: z.string(),
  cidr: z.string(),
});
const networkAcl = z.object({
  id: z.string(),
  name: z.string().nullable(),
  vpc: z.string(),
  isDefault: z.boolean(),
  subnets: z.array(z.string()),
  inbound: z.array(entry),
  outbound: z.array(entry),
});
type NetworkAclFacts = z.infer<typeof networkAcl>;

export const ec2DescribeNetworkAcls = defineReadTool({
  name: 'ec2_describe_network_acls',
  summary:
    'Describes network ACLs: entries in both directions in the order they are tried (the first match decides) and the subnets they guard. Find them by id, VPC or subnet.',
  risk: 'read',
  actions: ['ec2:DescribeNetworkAcls'],
  input: z.strictObject({
    ids: listOf(networkAclIdField, 100, 'Ids of the network ACLs; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
    subnet_id: subnetIdField.optional(),
  }),
  output: listOutput(networkAcl),
  target: ({ ids, vpc_id, subnet_id }) => ({
    resources: [
      ...(ids ?? []),
      ...(vpc_id === undefined ? [] : [vpc_id]),
      ...(subnet_id === undefined ? [] : [subnet_id]),
    ],
  }),
  run: async ({ ids, vpc_id, subnet_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id, 'association.subnet-id': subnet_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeNetworkAcls', {
        ...(ids === undefined ? {} : { NetworkAclIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.NetworkAcls ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'network ACL')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: NetworkAcl): NetworkAclFacts {
  return {
    id: found.NetworkAclId ?? '',
    name: nameTag(found.Tags),
    vpc: found.VpcId ?? '',
    isDefault: found.IsDefault ?? false,
    subnets: (found.Associations ?? []).map(({ SubnetId }) => SubnetId ?? ''),
    inbound: entriesOf(found, false),
    outbound: entriesOf(found, true),
  };
}

function linesOf(one: NetworkAclFacts): string[] {
  return [
    `${named(one.id, one.name)} in ${one.vpc}${one.isDefault ? ', default' : ''}; subnets ${one.subnets.join(', ') || 'none'}`,
    ...one.inbound.map((rule) => `  in  ${entryText(rule)}`),
    ...one.outbound.map((rule) => `  out ${entryText(rule)}`),
  ];
}

function entriesOf(found: NetworkAcl, egress: boolean): z.infer<typeof entry>[] {
  return (found.Entries ?? [])
    .filter(({ Egress }) => (Egress ?? false) === egress)
    .map((one) => ({
      number: one.RuleNumber ?? 0,
      action: one.RuleAction ?? '',
      protocol: protocolOf(one),
      ports: one.PortRange === undefined ? 'all' : `${one.PortRange.From ?? 0}-${one.PortRange.To ?? 65_535}`,
      cidr: one.CidrBlock ?? one.Ipv6CidrBlock ?? '',
    }))
    .sort((a, b) => a.number - b.number);
}

/** Network ACLs give IANA protocol numbers. */
function protocolOf(one: NetworkAclEntry): string {
  const names: Readonly<Record<string, string>> = {
    '-1': 'all',
    '1': 'icmp',
    '6': 'tcp',
    '17': 'udp',
    '58': 'icmpv6',
  };
  return names[one.Protocol ?? '-1'] ?? `protocol ${one.Protocol}`;
}

function entryText(one: z.infer<typeof entry>): string {
  return `${one.number === 32_767 ? '*' : one.number} ${one.action} ${one.protocol} ports ${one.ports} ${one.cidr}`;
}
