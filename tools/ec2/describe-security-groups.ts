// ec2_describe_security_groups: security groups with their rules in both directions.

import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, securityGroupIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, oneLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, pageOf, RESOURCES_MAX } from './description.ts';
import { portsText, rulesOf, securityGroupRule } from './security-group-rule.ts';

const securityGroup = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  vpc: z.string(),
  tags: z.record(z.string(), z.string()),
  inbound: z.array(securityGroupRule),
  outbound: z.array(securityGroupRule),
});
type SecurityGroupFacts = z.infer<typeof securityGroup>;

export const ec2DescribeSecurityGroups = defineReadTool({
  name: 'ec2_describe_security_groups',
  summary: 'Describes security groups with all inbound and outbound rules. Find them by id or VPC.',
  risk: 'read',
  actions: ['ec2:DescribeSecurityGroups'],
  input: z.strictObject({
    ids: listOf(securityGroupIdField, 100, 'Ids of the security groups; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
  }),
  output: listOutput(securityGroup),
  target: ({ ids, vpc_id }) => ({ resources: [...(ids ?? []), ...(vpc_id === undefined ? [] : [vpc_id])] }),
  run: async ({ ids, vpc_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeSecurityGroups', {
        ...(ids === undefined ? {} : { GroupIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.SecurityGroups ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'security group')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: SecurityGroup): SecurityGroupFacts {
  return {
    id: found.GroupId ?? '',
    name: found.GroupName ?? '',
    description: oneLine(found.Description ?? '', 255),
    vpc: found.VpcId ?? '',
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    inbound: rulesOf(found.IpPermissions),
    outbound: rulesOf(found.IpPermissionsEgress),
  };
}

function linesOf(one: SecurityGroupFacts): string[] {
  return [
    `${one.id} ${one.name} in ${one.vpc}: ${one.description}`,
    ...one.inbound.map((rule) => `  in  ${portsText(rule)} from ${rule.peer.id} ${rule.description}`),
    ...one.outbound.map((rule) => `  out ${portsText(rule)} to ${rule.peer.id} ${rule.description}`),
    ...(one.outbound.length === 0 ? ['  out nothing: no outbound rule'] : []),
  ];
}
