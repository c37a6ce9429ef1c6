// ec2_describe_nat_gateways: NAT gateways: the way out of private subnets.

import type { NatGateway } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, natGatewayIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, oneLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const natGateway = z.object({
  id: z.string(),
  name: z.string().nullable(),
  vpc: z.string(),
  subnet: z.string(),
  state: z.string(),
  connectivity: z.string(),
  publicIps: z.array(z.string()),
  failure: z.string().nullable(),
});
type NatGatewayFacts = z.infer<typeof natGateway>;

export const ec2DescribeNatGateways = defineReadTool({
  name: 'ec2_describe_nat_gateways',
  summary: 'Describes NAT gateways: state, subnet, addresses and why one failed. Find them by id or VPC.',
  risk: 'read',
  actions: ['ec2:DescribeNatGateways'],
  input: z.strictObject({
    ids: listOf(natGatewayIdField, 100, 'Ids of the NAT gateways; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
  }),
  output: listOutput(natGateway),
  target: ({ ids, vpc_id }) => ({ resources: [...(ids ?? []), ...(vpc_id === undefined ? [] : [vpc_id])] }),
  run: async ({ ids, vpc_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeNatGateways', {
        ...(ids === undefined ? {} : { NatGatewayIds: ids }),
        ...natPageOf(pageOf(ids, filters, token)),
      });
      return { items: output.NatGateways ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'NAT gateway')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: NatGateway): NatGatewayFacts {
  return {
    id: found.NatGatewayId ?? '',
    name: nameTag(found.Tags),
    vpc: found.VpcId ?? '',
    subnet: found.SubnetId ?? '',
    state: found.State ?? '',
    connectivity: found.ConnectivityType ?? 'public',
    publicIps: (found.NatGatewayAddresses ?? []).flatMap(({ PublicIp }) =>
      PublicIp === undefined ? [] : [PublicIp],
    ),
    failure:
      found.FailureCode === undefined ? null : `${found.FailureCode}: ${oneLine(found.FailureMessage ?? '')}`,
  };
}

function linesOf(one: NatGatewayFacts): string[] {
  return [
    `${named(one.id, one.name)} in ${one.subnet}, ${one.vpc}: ${one.state}, ${one.connectivity}, ${one.publicIps.join(', ') || 'no public address'}${one.failure === null ? '' : `; ${one.failure}`}`,
  ];
}

/** DescribeNatGateways alone calls the member `Filter`. */
function natPageOf({ Filters, ...rest }: ReturnType<typeof pageOf>) {
  return Filters === undefined ? rest : { ...rest, Filter: Filters };
}
