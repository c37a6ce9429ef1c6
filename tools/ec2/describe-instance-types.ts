// ec2_describe_instance_types: how large an instance of a type is, and how many network interfaces it can have.

import type { _InstanceType, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { instanceTypeField, listOf } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 100;

const instanceType = z.object({
  type: z.string(),
  vcpus: z.number().nullable(),
  memoryMib: z.number().nullable(),
  networkInterfaces: z.number().nullable(),
  addressesPerInterface: z.number().nullable(),
  architectures: z.array(z.string()),
});

export const ec2DescribeInstanceTypes = defineReadTool({
  name: 'ec2_describe_instance_types',
  summary:
    'Describes EC2 instance types: vCPUs, memory, processor architectures and how many network interfaces one instance can have. In awsvpc mode without trunking, a host runs at most one task per interface but the first.',
  risk: 'read',
  actions: ['ec2:DescribeInstanceTypes'],
  input: z.strictObject({ types: listOf(instanceTypeField, ITEMS_MAX, 'Instance types.') }),
  output: z.object({ items: z.array(instanceType).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ types }) => ({ resources: types }),
  run: async ({ types }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('ec2:DescribeInstanceTypes', {
        // The SDK lists the types it knew when it was built; EC2 has newer ones.
        InstanceTypes: types as _InstanceType[],
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.InstanceTypes ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'instance type')}.`,
        ...items.map(
          (one) =>
            `${one.type}: ${one.vcpus ?? '?'} vCPUs, ${one.memoryMib ?? '?'} MiB, ${one.networkInterfaces ?? '?'} network interfaces with ${one.addressesPerInterface ?? '?'} addresses each, ${one.architectures.join(', ')}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: InstanceTypeInfo): z.infer<typeof instanceType> {
  return {
    type: found.InstanceType ?? '',
    vcpus: found.VCpuInfo?.DefaultVCpus ?? null,
    memoryMib: found.MemoryInfo?.SizeInMiB ?? null,
    networkInterfaces: found.NetworkInfo?.MaximumNetworkInterfaces ?? null,
    addressesPerInterface: found.NetworkInfo?.Ipv4AddressesPerInterface ?? null,
    architectures: found.ProcessorInfo?.SupportedArchitectures ?? [],
  };
}
