// ec2_describe_internet_gateways: whether a VPC has a way to the internet, and whether it is attached.

import type { InternetGateway } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const gateway = z.object({
  id: z.string(),
  attachments: z.array(z.object({ vpc: z.string(), state: z.string() })),
});

export const ec2DescribeInternetGateways = defineReadTool({
  name: 'ec2_describe_internet_gateways',
  summary:
    'Describes internet gateways and the VPCs they are attached to. A public subnet reaches the internet only through one. Without a VPC: all of them.',
  risk: 'read',
  actions: ['ec2:DescribeInternetGateways'],
  input: z.strictObject({ vpc_id: vpcIdField.optional() }),
  output: z.object({ items: z.array(gateway).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ vpc_id }) => ({ resources: vpc_id === undefined ? [] : [vpc_id] }),
  run: async ({ vpc_id }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('ec2:DescribeInternetGateways', {
        ...(vpc_id === undefined ? {} : { Filters: [{ Name: 'attachment.vpc-id', Values: [vpc_id] }] }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.InternetGateways ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'internet gateway')}.`,
        ...items.map(
          ({ id, attachments }) =>
            `${id}: ${attachments.map(({ vpc, state }) => `${state} to ${vpc}`).join(', ') || 'not attached'}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: InternetGateway): z.infer<typeof gateway> {
  return {
    id: found.InternetGatewayId ?? '',
    attachments: (found.Attachments ?? []).map((one) => ({
      vpc: one.VpcId ?? '',
      state: one.State ?? 'unknown',
    })),
  };
}
