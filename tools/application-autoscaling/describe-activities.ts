// application_autoscaling_describe_activities: what scaling did to a service lately and why, newest first.

import type { ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField } from '../fields.ts';
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

export const applicationAutoscalingDescribeActivities = defineReadTool({
  name: 'application_autoscaling_describe_activities',
  summary:
    'Lists what automatic scaling did to an ECS service lately: the count it set, when, why, and whether it worked. The console shows these as service events; the ECS API does not.',
  risk: 'read',
  actions: ['application-autoscaling:DescribeScalingActivities'],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  output: z.object({ items: z.array(activity).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [],
  }),
  run: async ({ cluster, service }, aws) => {
    requireOwn(aws, [cluster, service]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('application-autoscaling:DescribeScalingActivities', {
        ServiceNamespace: 'ecs',
        ResourceId: `service/${lastPart(cluster)}/${lastPart(service)}`,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.ScalingActivities ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'scaling activity')}.`,
        ...items.map(
          (one) =>
            `${one.startedAt ?? 'time unknown'} ${one.status}: ${one.description} ${one.cause}${one.message === null ? '' : `; ${one.message}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ScalingActivity): z.infer<typeof activity> {
  return {
    startedAt: isoOrNull(found.StartTime),
    status: found.StatusCode ?? 'Unknown',
    description: oneLine(found.Description ?? ''),
    cause: oneLine(found.Cause ?? ''),
    message: found.StatusMessage === undefined ? null : oneLine(found.StatusMessage),
  };
}
