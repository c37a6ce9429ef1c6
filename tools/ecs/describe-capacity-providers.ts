// ecs_describe_capacity_providers: where a cluster gets its hosts from, and whether ECS scales that source itself.

import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { capacityProviderField, listOf } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { type Missing, missingField, missingLines, missingOf } from './missing.ts';

const ITEMS_MAX = 200;

const provider = z.object({
  name: z.string(),
  status: z.string(),
  autoScalingGroup: z.string().nullable(),
  managedScaling: z.string().nullable(),
  targetCapacity: z.number().nullable(),
  managedTerminationProtection: z.string().nullable(),
});

export const ecsDescribeCapacityProviders = defineReadTool({
  name: 'ecs_describe_capacity_providers',
  summary:
    'Describes ECS capacity providers: status, auto scaling group, managed scaling and managed termination protection. Without names: all of them.',
  risk: 'read',
  actions: ['ecs:DescribeCapacityProviders'],
  input: z.strictObject({
    names: listOf(
      capacityProviderField,
      20,
      'Names of the capacity providers; leave out for all.',
    ).optional(),
  }),
  output: z.object({
    items: z.array(provider).max(ITEMS_MAX),
    missing: missingField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ names }) => ({ resources: names ?? [] }),
  run: async ({ names }, aws) => {
    const missing: Missing = [];
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecs:DescribeCapacityProviders', {
        ...(names === undefined ? {} : { capacityProviders: names }),
        nextToken,
      });
      missing.push(...missingOf(output.failures));
      return { items: output.capacityProviders ?? [], next: output.nextToken, evidence };
    });
    return { items: items.map(factsOf), missing, more, evidence };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'capacity provider')}.`,
        ...items.map(
          (one) =>
            `${one.name}: ${one.status}, auto scaling group ${one.autoScalingGroup ?? 'none'}, managed scaling ${one.managedScaling ?? 'none'}${one.targetCapacity === null ? '' : ` to ${one.targetCapacity} %`}`,
        ),
        ...missingLines('capacity provider', missing),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: CapacityProvider): z.infer<typeof provider> {
  const group = found.autoScalingGroupProvider;
  return {
    name: found.name ?? '',
    status: found.status ?? 'UNKNOWN',
    autoScalingGroup: group?.autoScalingGroupArn === undefined ? null : lastPart(group.autoScalingGroupArn),
    managedScaling: group?.managedScaling?.status ?? null,
    targetCapacity: group?.managedScaling?.targetCapacity ?? null,
    managedTerminationProtection: group?.managedTerminationProtection ?? null,
  };
}
