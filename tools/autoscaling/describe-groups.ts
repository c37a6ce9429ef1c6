// autoscaling_describe_groups: EC2 Auto Scaling groups: their bounds, their instances and their state.

import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { autoScalingGroupField, listOf } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const group = z.object({
  name: z.string(),
  minimum: z.number(),
  desired: z.number(),
  maximum: z.number(),
  zones: z.array(z.string()),
  instances: z.array(z.object({ id: z.string(), state: z.string(), health: z.string() })),
  suspended: z.array(z.string()),
});

export const autoscalingDescribeGroups = defineReadTool({
  name: 'autoscaling_describe_groups',
  summary:
    'Describes EC2 Auto Scaling groups: minimum, desired and maximum size, zones, instances with their state, and suspended processes. Without names: all of them.',
  risk: 'read',
  actions: ['autoscaling:DescribeAutoScalingGroups'],
  input: z.strictObject({
    names: listOf(autoScalingGroupField, 20, 'Names of the groups; leave out for all.').optional(),
  }),
  output: z.object({ items: z.array(group).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ names }) => ({ resources: names ?? [] }),
  run: async ({ names }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('autoscaling:DescribeAutoScalingGroups', {
        ...(names === undefined ? {} : { AutoScalingGroupNames: names }),
        MaxRecords: 100,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.AutoScalingGroups ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'auto scaling group')}.`,
        ...items.map(
          (one) =>
            `${one.name}: minimum ${one.minimum}, desired ${one.desired}, maximum ${one.maximum}, ${counted(one.instances.length, 'instance')} in ${one.zones.join(', ')}${one.suspended.length === 0 ? '' : `, suspended: ${one.suspended.join(', ')}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

/** Instances shown of one group; the counts tell of the rest. */
const INSTANCES_SHOWN = 50;

function factsOf(found: AutoScalingGroup): z.infer<typeof group> {
  return {
    name: oneLine(found.AutoScalingGroupName ?? ''),
    minimum: found.MinSize ?? 0,
    desired: found.DesiredCapacity ?? 0,
    maximum: found.MaxSize ?? 0,
    zones: found.AvailabilityZones ?? [],
    instances: (found.Instances ?? []).slice(0, INSTANCES_SHOWN).map((one) => ({
      id: one.InstanceId ?? '',
      state: one.LifecycleState ?? '',
      health: one.HealthStatus ?? '',
    })),
    suspended: (found.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName ?? ''),
  };
}
