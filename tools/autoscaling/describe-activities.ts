// autoscaling_describe_activities: what an EC2 Auto Scaling group did lately, and why a launch failed.

import type { Activity } from '@aws-sdk/client-auto-scaling';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { autoScalingGroupField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const activity = z.object({
  startedAt: z.string().nullable(),
  status: z.string(),
  description: z.string(),
  cause: z.string(),
  message: z.string().nullable(),
});

export const autoscalingDescribeActivities = defineReadTool({
  name: 'autoscaling_describe_activities',
  summary:
    'Lists what an EC2 Auto Scaling group did lately, newest first: launches and terminations, their cause, and the message of those that failed. Use it when a cluster gets no hosts.',
  risk: 'read',
  actions: ['autoscaling:DescribeScalingActivities'],
  input: z.strictObject({
    group: autoScalingGroupField.optional().describe('Name of the group; leave out for all groups.'),
  }),
  output: z.object({ items: z.array(activity).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ group }) => ({ resources: group === undefined ? [] : [group] }),
  run: async ({ group }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('autoscaling:DescribeScalingActivities', {
        ...(group === undefined ? {} : { AutoScalingGroupName: group }),
        MaxRecords: 100,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Activities ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'activity')}.`,
        ...items.map(
          (one) =>
            `${one.startedAt ?? 'time unknown'} ${one.status}: ${one.description}${one.message === null ? '' : `; ${one.message}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: Activity): z.infer<typeof activity> {
  return {
    startedAt: isoOrNull(found.StartTime),
    status: found.StatusCode ?? 'Unknown',
    description: oneLine(found.Description ?? ''),
    cause: oneLine(found.Cause ?? ''),
    message: found.StatusMessage === undefined ? null : oneLine(found.StatusMessage),
  };
}
