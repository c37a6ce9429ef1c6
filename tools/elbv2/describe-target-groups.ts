// elbv2_describe_target_groups: target groups and how their targets are checked.

import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { listOf, targetGroupArnField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const GROUPS_MAX = 200;

const targetGroup = z.object({
  name: z.string(),
  arn: z.string(),
  protocol: z.string(),
  port: z.number().nullable(),
  targetType: z.string(),
  vpc: z.string(),
  loadBalancers: z.array(z.string()),
  healthCheck: z.object({
    protocol: z.string(),
    port: z.string(),
    path: z.string().nullable(),
    codes: z.string().nullable(),
    intervalSeconds: z.number(),
    timeoutSeconds: z.number(),
    healthyThreshold: z.number(),
    unhealthyThreshold: z.number(),
  }),
});

export const elbv2DescribeTargetGroups = defineReadTool({
  name: 'elbv2_describe_target_groups',
  summary:
    'Describes load balancer target groups: protocol, port, type and health check settings. For the health of their targets use elbv2_describe_target_health.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeTargetGroups'],
  input: z.strictObject({
    arns: listOf(targetGroupArnField, 20, 'ARNs of the target groups; leave out for all.').optional(),
  }),
  output: z.object({ items: z.array(targetGroup).max(GROUPS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ arns }) => ({ resources: arns ?? [] }),
  run: async ({ arns }, aws) => {
    requireOwn(aws, arns ?? []);
    const { items, more, evidence } = await collectPages(GROUPS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('elasticloadbalancing:DescribeTargetGroups', {
        ...(arns === undefined ? { PageSize: 100 } : { TargetGroupArns: arns }),
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.TargetGroups ?? [], next: output.NextMarker, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'target group')}.`,
        ...items.map(
          ({ name, protocol, port, targetType, healthCheck: check }) =>
            `${name}: ${protocol} ${port ?? ''} to ${targetType} targets; health check ${check.protocol} port ${check.port} ${check.path ?? ''} expects ${check.codes ?? 'an answer'} every ${check.intervalSeconds} s, time-out ${check.timeoutSeconds} s, healthy after ${check.healthyThreshold}, unhealthy after ${check.unhealthyThreshold}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: TargetGroup): z.infer<typeof targetGroup> {
  return {
    name: found.TargetGroupName ?? '',
    arn: found.TargetGroupArn ?? '',
    protocol: found.Protocol ?? '',
    port: found.Port ?? null,
    targetType: found.TargetType ?? '',
    vpc: found.VpcId ?? '',
    loadBalancers: found.LoadBalancerArns ?? [],
    healthCheck: {
      protocol: found.HealthCheckProtocol ?? '',
      port: found.HealthCheckPort ?? 'traffic-port',
      path: found.HealthCheckPath ?? null,
      codes: found.Matcher?.HttpCode ?? found.Matcher?.GrpcCode ?? null,
      intervalSeconds: found.HealthCheckIntervalSeconds ?? 0,
      timeoutSeconds: found.HealthCheckTimeoutSeconds ?? 0,
      healthyThreshold: found.HealthyThresholdCount ?? 0,
      unhealthyThreshold: found.UnhealthyThresholdCount ?? 0,
    },
  };
}
