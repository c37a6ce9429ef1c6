// elbv2_describe_listeners: the listeners of a load balancer and what each does with a request by default.

import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { loadBalancerArnField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { actionText } from './actions.ts';

const ITEMS_MAX = 200;

const listener = z.object({
  arn: z.string(),
  port: z.number().nullable(),
  protocol: z.string(),
  actions: z.array(z.string()),
});

export const elbv2DescribeListeners = defineReadTool({
  name: 'elbv2_describe_listeners',
  summary:
    'Describes the listeners of a load balancer: port, protocol and default actions. For the rules of a listener use elbv2_describe_rules.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeListeners'],
  input: z.strictObject({ load_balancer_arn: loadBalancerArnField }),
  output: z.object({ items: z.array(listener).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ load_balancer_arn }) => ({ resources: [load_balancer_arn] }),
  run: async ({ load_balancer_arn: arn }, aws) => {
    requireOwn(aws, [arn]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('elasticloadbalancing:DescribeListeners', {
        LoadBalancerArn: arn,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.Listeners ?? [], next: output.NextMarker, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'listener')}.`,
        ...items.map(
          (one) =>
            `${one.protocol}:${one.port ?? ''} ${one.actions.join(', then ') || 'does nothing'} (${one.arn})`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: Listener): z.infer<typeof listener> {
  return {
    arn: found.ListenerArn ?? '',
    port: found.Port ?? null,
    protocol: found.Protocol ?? '',
    actions: (found.DefaultActions ?? []).map(actionText),
  };
}
