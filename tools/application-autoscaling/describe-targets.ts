// application_autoscaling_describe_targets: between which numbers the desired count of a service is scaled.

import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const scalableTarget = z.object({
  dimension: z.string(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  suspended: z.array(z.string()),
});

export const applicationAutoscalingDescribeTargets = defineReadTool({
  name: 'application_autoscaling_describe_targets',
  summary:
    'Tells whether an ECS service is scaled automatically, between which minimum and maximum, and whether scaling is suspended.',
  risk: 'read',
  actions: ['application-autoscaling:DescribeScalableTargets'],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  output: z.object({
    items: z.array(scalableTarget).max(ITEMS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [],
  }),
  run: async ({ cluster, service }, aws) => {
    requireOwn(aws, [cluster, service]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('application-autoscaling:DescribeScalableTargets', {
        ServiceNamespace: 'ecs',
        ResourceIds: [`service/${lastPart(cluster)}/${lastPart(service)}`],
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.ScalableTargets ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'scalable target')}.`,
        ...items.map(
          (one) =>
            `${one.dimension}: between ${one.minimum ?? '?'} and ${one.maximum ?? '?'}${one.suspended.length === 0 ? '' : `, suspended: ${one.suspended.join(', ')}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ScalableTarget): z.infer<typeof scalableTarget> {
  const { SuspendedState: state } = found;
  return {
    dimension: found.ScalableDimension ?? '',
    minimum: found.MinCapacity ?? null,
    maximum: found.MaxCapacity ?? null,
    suspended: [
      ...(state?.DynamicScalingInSuspended ? ['scale-in'] : []),
      ...(state?.DynamicScalingOutSuspended ? ['scale-out'] : []),
      ...(state?.ScheduledScalingSuspended ? ['scheduled'] : []),
    ],
  };
}
