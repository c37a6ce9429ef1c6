// elbv2_describe_target_group_attributes: settings of a target group beside its health check, such as the deregistration delay.

import type { TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { targetGroupArnField } from '../fields.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const attribute = z.object({
  key: z.string(),
  value: z.string(),
});

export const elbv2DescribeTargetGroupAttributes = defineReadTool({
  name: 'elbv2_describe_target_group_attributes',
  summary:
    'Lists the attributes of a target group: deregistration delay, slow start, stickiness, load balancing algorithm.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeTargetGroupAttributes'],
  input: z.strictObject({ target_group_arn: targetGroupArnField }),
  output: z.object({ items: z.array(attribute).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ target_group_arn }) => ({ resources: [target_group_arn] }),
  run: async ({ target_group_arn: arn }, aws) => {
    requireOwn(aws, [arn]);
    const { output, evidence } = await aws.call('elasticloadbalancing:DescribeTargetGroupAttributes', {
      TargetGroupArn: arn,
    });
    const items = (output.Attributes ?? []).map(factsOf);
    return { items: items.slice(0, ITEMS_MAX), more: items.length > ITEMS_MAX, evidence: [evidence] };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'attribute')}.`,
        ...items.map((one) => `${one.key} = ${one.value}`),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf({ Key, Value }: TargetGroupAttribute): z.infer<typeof attribute> {
  return { key: Key ?? '', value: oneLine(Value ?? '') };
}
