// application_autoscaling_describe_policies: by which rules the desired count of a service is scaled.

import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const policy = z.object({
  name: z.string(),
  type: z.string(),
  metric: z.string().nullable(),
  targetValue: z.number().nullable(),
  scaleInCooldownSeconds: z.number().nullable(),
  scaleOutCooldownSeconds: z.number().nullable(),
  alarms: z.array(z.string()),
});

export const applicationAutoscalingDescribePolicies = defineReadTool({
  name: 'application_autoscaling_describe_policies',
  summary:
    'Describes the scaling policies of an ECS service: type, metric, target value, cooldowns and alarms.',
  risk: 'read',
  actions: ['application-autoscaling:DescribeScalingPolicies'],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  output: z.object({ items: z.array(policy).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [],
  }),
  run: async ({ cluster, service }, aws) => {
    requireOwn(aws, [cluster, service]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('application-autoscaling:DescribeScalingPolicies', {
        ServiceNamespace: 'ecs',
        ResourceId: `service/${lastPart(cluster)}/${lastPart(service)}`,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.ScalingPolicies ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'scaling policy')}.`,
        ...items.map(
          (one) =>
            `${one.name}: ${one.type}${one.metric === null ? '' : ` ${one.metric} at ${one.targetValue ?? '?'}`}, alarms ${one.alarms.join(', ') || 'none'}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ScalingPolicy): z.infer<typeof policy> {
  const tracking = found.TargetTrackingScalingPolicyConfiguration;
  return {
    name: oneLine(found.PolicyName ?? ''),
    type: found.PolicyType ?? '',
    metric:
      tracking?.PredefinedMetricSpecification?.PredefinedMetricType ??
      tracking?.CustomizedMetricSpecification?.MetricName ??
      null,
    targetValue: tracking?.TargetValue ?? null,
    scaleInCooldownSeconds: tracking?.ScaleInCooldown ?? null,
    scaleOutCooldownSeconds: tracking?.ScaleOutCooldown ?? null,
    alarms: (found.Alarms ?? []).map(({ AlarmName }) => oneLine(AlarmName ?? '')),
  };
}
