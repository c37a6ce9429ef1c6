// ec2_describe_network_interfaces: the network interfaces of tasks, instances, databases and endpoints.

import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import {
  listOf,
  networkInterfaceIdField,
  securityGroupIdField,
  subnetIdField,
  vpcIdField,
} from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, oneLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const networkInterface = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  type: z.string(),
  description: z.string(),
  subnet: z.string(),
  vpc: z.string(),
  availabilityZone: z.string().nullable(),
  privateIp: z.string().nullable(),
  publicIp: z.string().nullable(),
  ipv6: z.array(z.string()),
  securityGroups: z.array(z.object({ id: z.string(), name: z.string() })),
  attachedInstance: z.string().nullable(),
  requester: z.string().nullable(),
});
type NetworkInterfaceFacts = z.infer<typeof networkInterface>;

export const ec2DescribeNetworkInterfaces = defineReadTool({
  name: 'ec2_describe_network_interfaces',
  summary:
    'Describes network interfaces: address, subnet, security groups and what they belong to. Find them by id, security group, subnet, VPC or private address.',
  risk: 'read',
  actions: ['ec2:DescribeNetworkInterfaces'],
  input: z.strictObject({
    ids: listOf(
      networkInterfaceIdField,
      100,
      'Ids of the network interfaces; leave out to search.',
    ).optional(),
    vpc_id: vpcIdField.optional(),
    subnet_id: subnetIdField.optional(),
    security_group_id: securityGroupIdField.optional(),
    private_ip: z.ipv4().optional().describe('Private IPv4 address.'),
  }),
  output: listOutput(networkInterface),
  target: ({ ids, vpc_id, subnet_id, security_group_id }) => ({
    resources: [
      ...(ids ?? []),
      ...(vpc_id === undefined ? [] : [vpc_id]),
      ...(subnet_id === undefined ? [] : [subnet_id]),
      ...(security_group_id === undefined ? [] : [security_group_id]),
    ],
  }),
  run: async ({ ids, vpc_id, subnet_id, security_group_id, private_ip }, aws) => {
    const filters = filtersOf({
      'vpc-id': vpc_id,
      'subnet-id': subnet_id,
      'group-id': security_group_id,
      'addresses.private-ip-address': private_ip,
    });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeNetworkInterfaces', {
        ...(ids === undefined ? {} : { NetworkInterfaceIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.NetworkInterfaces ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'network interface')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: NetworkInterface): NetworkInterfaceFacts {
  return {
    id: found.NetworkInterfaceId ?? '',
    name: nameTag(found.TagSet),
    status: found.Status ?? '',
    type: found.InterfaceType ?? 'interface',
    description: oneLine(found.Description ?? '', 200),
    subnet: found.SubnetId ?? '',
    vpc: found.VpcId ?? '',
    availabilityZone: found.AvailabilityZone ?? null,
    privateIp: found.PrivateIpAddress ?? null,
    publicIp: found.Association?.PublicIp ?? null,
    ipv6: (found.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address ?? ''),
    securityGroups: (found.Groups ?? []).map(({ GroupId, GroupName }) => ({
      id: GroupId ?? '',
      name: GroupName ?? '',
    })),
    attachedInstance: found.Attachment?.InstanceId ?? null,
    requester: found.RequesterId ?? null,
  };
}

function linesOf(one: NetworkInterfaceFacts): string[] {
  return [
    `${named(one.id, one.name)} ${one.status} ${one.privateIp ?? ''}${one.publicIp === null ? '' : ` public ${one.publicIp}`} in ${one.subnet} (${one.availabilityZone ?? '?'}), groups ${one.securityGroups.map(({ id, name }) => `${id} ${name}`).join(', ') || 'none'}; ${one.description}`,
  ];
}
