// elbv2_describe_rules: the rules of a listener in their order: which requests go where.

import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { listenerArnField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';
import { actionText } from './actions.ts';

const ITEMS_MAX = 200;

const rule = z.object({
  arn: z.string(),
  priority: z.string(),
  conditions: z.array(z.string()),
  actions: z.array(z.string()),
});

export const elbv2DescribeRules = defineReadTool({
  name: 'elbv2_describe_rules',
  summary:
    'Describes the rules of a load balancer listener: priority, conditions and actions. Use it to see whether anything leads to a target group.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeRules'],
  input: z.strictObject({ listener_arn: listenerArnField }),
  output: z.object({ items: z.array(rule).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ listener_arn }) => ({ resources: [listener_arn] }),
  run: async ({ listener_arn: arn }, aws) => {
    requireOwn(aws, [arn]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('elasticloadbalancing:DescribeRules', {
        ListenerArn: arn,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.Rules ?? [], next: output.NextMarker, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'rule')}.`,
        ...items.map(
          (one) =>
            `${one.priority}: ${one.conditions.join(' and ') || 'every request'}: ${one.actions.join(', then ')}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: Rule): z.infer<typeof rule> {
  return {
    arn: found.RuleArn ?? '',
    priority: found.Priority ?? '',
    conditions: (found.Conditions ?? []).map(({ Field, Values, PathPatternConfig, HostHeaderConfig }) =>
      oneLine(
        `${Field ?? ''} ${(Values ?? PathPatternConfig?.Values ?? HostHeaderConfig?.Values ?? []).join(' or ')}`,
      ),
    ),
    actions: (found.Actions ?? []).map(actionText),
  };
}
