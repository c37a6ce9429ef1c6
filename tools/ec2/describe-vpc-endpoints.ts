// ec2_describe_vpc_endpoints: VPC endpoints: private ways to AWS services.

import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, vpcEndpointIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const vpcEndpoint = z.object({
  id: z.string(),
  name: z.string().nullable(),
  vpc: z.string(),
  service: z.string(),
  type: z.string(),
  state: z.string(),
  subnets: z.array(z.string()),
  routeTables: z.array(z.string()),
  securityGroups: z.array(z.string()),
  privateDns: z.boolean(),
  hasPolicy: z.boolean(),
});
type VpcEndpointFacts = z.infer<typeof vpcEndpoint>;

export const ec2DescribeVpcEndpoints = defineReadTool({
  name: 'ec2_describe_vpc_endpoints',
  summary:
    'Describes VPC endpoints: service, type, state, subnets, route tables, security groups and private DNS. Find them by id or VPC.',
  risk: 'read',
  actions: ['ec2:DescribeVpcEndpoints'],
  input: z.strictObject({
    ids: listOf(vpcEndpointIdField, 100, 'Ids of the endpoints; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
  }),
  output: listOutput(vpcEndpoint),
  target: ({ ids, vpc_id }) => ({ resources: [...(ids ?? []), ...(vpc_id === undefined ? [] : [vpc_id])] }),
  run: async ({ ids, vpc_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeVpcEndpoints', {
        ...(ids === undefined ? {} : { VpcEndpointIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.VpcEndpoints ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'VPC endpoint')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: VpcEndpoint): VpcEndpointFacts {
  return {
    id: found.VpcEndpointId ?? '',
    name: nameTag(found.Tags),
    vpc: found.VpcId ?? '',
    service: found.ServiceName ?? '',
    type: found.VpcEndpointType ?? '',
    state: found.State ?? '',
    subnets: found.SubnetIds ?? [],
    routeTables: found.RouteTableIds ?? [],
    securityGroups: (found.Groups ?? []).map(({ GroupId }) => GroupId ?? ''),
    privateDns: found.PrivateDnsEnabled ?? false,
    hasPolicy: found.PolicyDocument !== undefined,
  };
}

function linesOf(one: VpcEndpointFacts): string[] {
  return [
    `${named(one.id, one.name)} ${one.type} to ${one.service} in ${one.vpc}: ${one.state}, private DNS ${one.privateDns ? 'on' : 'off'}; ${[...one.subnets, ...one.routeTables, ...one.securityGroups].join(', ')}`,
  ];
}
