// ec2_describe_subnets: subnets with their free addresses.

import type { Subnet } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, subnetIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const subnet = z.object({
  id: z.string(),
  name: z.string().nullable(),
  vpc: z.string(),
  cidr: z.string(),
  ipv6Cidrs: z.array(z.string()),
  availabilityZone: z.string(),
  freeAddresses: z.number(),
  mapPublicIpOnLaunch: z.boolean(),
  state: z.string(),
});
type SubnetFacts = z.infer<typeof subnet>;

export const ec2DescribeSubnets = defineReadTool({
  name: 'ec2_describe_subnets',
  summary:
    'Describes subnets: address block, zone, free addresses and whether they give out public addresses. Find them by id or VPC.',
  risk: 'read',
  actions: ['ec2:DescribeSubnets'],
  input: z.strictObject({
    ids: listOf(subnetIdField, 100, 'Ids of the subnets; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
  }),
  output: listOutput(subnet),
  target: ({ ids, vpc_id }) => ({ resources: [...(ids ?? []), ...(vpc_id === undefined ? [] : [vpc_id])] }),
  run: async ({ ids, vpc_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeSubnets', {
        ...(ids === undefined ? {} : { SubnetIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.Subnets ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf([`${counted(items.length, 'subnet')}.`, ...items.flatMap(linesOf), ...moreLine(more)], evidence),
});

function factsOf(found: Subnet): SubnetFacts {
  return {
    id: found.SubnetId ?? '',
    name: nameTag(found.Tags),
    vpc: found.VpcId ?? '',
    cidr: found.CidrBlock ?? '',
    ipv6Cidrs: (found.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? ''),
    availabilityZone: found.AvailabilityZone ?? '',
    freeAddresses: found.AvailableIpAddressCount ?? 0,
    mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
    state: found.State ?? '',
  };
}

function linesOf(one: SubnetFacts): string[] {
  return [
    `${named(one.id, one.name)} ${one.cidr} in ${one.vpc}, ${one.availabilityZone}: ${one.state}, ${one.freeAddresses} free addresses, public addresses ${one.mapPublicIpOnLaunch ? 'on' : 'off'}`,
  ];
}
