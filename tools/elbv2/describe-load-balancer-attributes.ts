// elbv2_describe_load_balancer_attributes: idle timeout, cross-zone balancing and the other settings of a load balancer.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { loadBalancerArnField } from '../fields.ts';
import { counted, evidenceField, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 100;

export const elbv2DescribeLoadBalancerAttributes = defineReadTool({
  name: 'elbv2_describe_load_balancer_attributes',
  summary:
    'Describes the attributes of a load balancer: idle timeout, cross-zone load balancing, dropping of invalid headers, access logs. An idle timeout shorter than the slowest answer shows as errors 502 and 504.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeLoadBalancerAttributes'],
  input: z.strictObject({ load_balancer_arn: loadBalancerArnField }),
  output: z.object({
    items: z.array(z.object({ key: z.string(), value: z.string() })).max(ITEMS_MAX),
    evidence: evidenceField,
  }),
  target: ({ load_balancer_arn }) => ({ resources: [load_balancer_arn] }),
  run: async ({ load_balancer_arn }, aws) => {
    requireOwn(aws, [load_balancer_arn]);
    const { output, evidence } = await aws.call('elasticloadbalancing:DescribeLoadBalancerAttributes', {
      LoadBalancerArn: load_balancer_arn,
    });
    const items = (output.Attributes ?? [])
      .slice(0, ITEMS_MAX)
      .map((one) => ({ key: one.Key ?? '', value: oneLine(one.Value ?? '') }));
    return { items, evidence: [evidence] };
  },
  text: ({ items, evidence }) =>
    textOf(
      [`${counted(items.length, 'attribute')}.`, ...items.map(({ key, value }) => `${key}: ${value}`)],
      evidence,
    ),
});
