// elbv2_describe_load_balancers: load balancers, where they stand and by which groups they reach their targets.

import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { listOf, loadBalancerArnField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const loadBalancer = z.object({
  name: z.string(),
  arn: z.string(),
  type: z.string(),
  scheme: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  dnsName: z.string(),
  vpc: z.string(),
  zones: z.array(z.object({ zone: z.string(), subnet: z.string() })),
  securityGroups: z.array(z.string()),
});

export const elbv2DescribeLoadBalancers = defineReadTool({
  name: 'elbv2_describe_load_balancers',
  summary:
    'Describes load balancers: type, scheme, state, zones, subnets and security groups. Without ARNs: all of them.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeLoadBalancers'],
  input: z.strictObject({
    arns: listOf(loadBalancerArnField, 20, 'ARNs of the load balancers; leave out for all.').optional(),
  }),
  output: z.object({ items: z.array(loadBalancer).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ arns }) => ({ resources: arns ?? [] }),
  run: async ({ arns }, aws) => {
    requireOwn(aws, arns ?? []);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('elasticloadbalancing:DescribeLoadBalancers', {
        ...(arns === undefined ? { PageSize: 100 } : { LoadBalancerArns: arns }),
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.LoadBalancers ?? [], next: output.NextMarker, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'load balancer')}.`,
        ...items.map(
          (one) =>
            `${one.name}: ${one.type} ${one.scheme} ${one.state}, groups ${one.securityGroups.join(', ') || 'none'}, ${one.zones.map(({ zone, subnet }) => `${zone} ${subnet}`).join(', ')}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: LoadBalancer): z.infer<typeof loadBalancer> {
  return {
    name: found.LoadBalancerName ?? '',
    arn: found.LoadBalancerArn ?? '',
    type: found.Type ?? '',
    scheme: found.Scheme ?? '',
    state: found.State?.Code ?? 'unknown',
    reason: found.State?.Reason === undefined ? null : oneLine(found.State.Reason),
    dnsName: found.DNSName ?? '',
    vpc: found.VpcId ?? '',
    zones: (found.AvailabilityZones ?? []).map(({ ZoneName, SubnetId }) => ({
      zone: ZoneName ?? '',
      subnet: SubnetId ?? '',
    })),
    securityGroups: found.SecurityGroups ?? [],
  };
}
