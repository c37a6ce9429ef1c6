// ec2_describe_instances: EC2 instances, such as the hosts of an ECS cluster.

import type { Instance } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { instanceIdField, listOf, subnetIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, isoOrNull, moreLine, oneLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const instance = z.object({
  id: z.string(),
  name: z.string().nullable(),
  state: z.string(),
  stateReason: z.string().nullable(),
  type: z.string(),
  availabilityZone: z.string(),
  subnet: z.string().nullable(),
  vpc: z.string().nullable(),
  privateIp: z.string().nullable(),
  publicIp: z.string().nullable(),
  securityGroups: z.array(z.string()),
  instanceProfile: z.string().nullable(),
  launchedAt: z.string().nullable(),
});
type InstanceFacts = z.infer<typeof instance>;

export const ec2DescribeInstances = defineReadTool({
  name: 'ec2_describe_instances',
  summary:
    'Describes EC2 instances: state, type, zone, addresses, security groups and instance profile. Find them by id, VPC or subnet.',
  risk: 'read',
  actions: ['ec2:DescribeInstances'],
  input: z.strictObject({
    ids: listOf(instanceIdField, 100, 'Ids of the instances; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
    subnet_id: subnetIdField.optional(),
  }),
  output: listOutput(instance),
  target: ({ ids, vpc_id, subnet_id }) => ({
    resources: [
      ...(ids ?? []),
      ...(vpc_id === undefined ? [] : [vpc_id]),
      ...(subnet_id === undefined ? [] : [subnet_id]),
    ],
  }),
  run: async ({ ids, vpc_id, subnet_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id, 'subnet-id': subnet_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeInstances', {
        ...(ids === undefined ? {} : { InstanceIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return {
        items: (output.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []),
        next: output.NextToken,
        evidence,
      };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf([`${counted(items.length, 'instance')}.`, ...items.flatMap(linesOf), ...moreLine(more)], evidence),
});

function factsOf(found: Instance): InstanceFacts {
  return {
    id: found.InstanceId ?? '',
    name: nameTag(found.Tags),
    state: found.State?.Name ?? '',
    stateReason: found.StateReason?.Message === undefined ? null : oneLine(found.StateReason.Message),
    type: found.InstanceType ?? '',
    availabilityZone: found.Placement?.AvailabilityZone ?? '',
    subnet: found.SubnetId ?? null,
    vpc: found.VpcId ?? null,
    privateIp: found.PrivateIpAddress ?? null,
    publicIp: found.PublicIpAddress ?? null,
    securityGroups: (found.SecurityGroups ?? []).map(({ GroupId }) => GroupId ?? ''),
    instanceProfile: found.IamInstanceProfile?.Arn ?? null,
    launchedAt: isoOrNull(found.LaunchTime),
  };
}

function linesOf(one: InstanceFacts): string[] {
  return [
    `${named(one.id, one.name)} ${one.type} ${one.state} in ${one.availabilityZone}, ${one.subnet ?? 'no subnet'}, ${one.privateIp ?? 'no address'}; groups ${one.securityGroups.join(', ') || 'none'}; profile ${one.instanceProfile ?? 'none'}${one.stateReason === null ? '' : `; ${one.stateReason}`}`,
  ];
}
