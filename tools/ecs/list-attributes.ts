// ecs_list_attributes: the attributes of a cluster's container instances, which placement constraints ask for.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { attributeNameField, clusterField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

/** A host has about 40 attributes of its own. */
const ITEMS_MAX = 2_000;

const attribute = z.object({
  name: z.string(),
  value: z.string().nullable(),
  instances: z.array(z.string()),
});

export const ecsListAttributes = defineReadTool({
  name: 'ecs_list_attributes',
  summary:
    'Lists the attributes of the container instances in an ECS cluster and which instances have each. Use it when no host has the attribute that a task definition or a placement constraint needs. With name: only that attribute.',
  risk: 'read',
  actions: ['ecs:ListAttributes'],
  input: z.strictObject({ cluster: clusterField, name: attributeNameField.optional() }),
  output: z.object({ items: z.array(attribute).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ cluster }) => ({ cluster: lastPart(cluster), resources: [] }),
  run: async ({ cluster, name }, aws) => {
    requireOwn(aws, [cluster]);
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecs:ListAttributes', {
        cluster,
        targetType: 'container-instance',
        ...(name === undefined ? {} : { attributeName: name }),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: output.attributes ?? [], next: output.nextToken, evidence };
    });
    const grouped = new Map<string, z.infer<typeof attribute>>();
    for (const one of items) {
      const key = `${one.name}=${one.value ?? ''}`;
      const group = grouped.get(key) ?? {
        name: oneLine(one.name ?? ''),
        value: one.value === undefined ? null : oneLine(one.value),
        instances: [],
      };
      group.instances.push(lastPart(one.targetId ?? ''));
      grouped.set(key, group);
    }
    return { items: [...grouped.values()], more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'attribute')}.`,
        ...items.map(
          (one) =>
            `${one.name}${one.value === null ? '' : ` = ${one.value}`}: ${counted(one.instances.length, 'instance')}${one.instances.length > 5 ? '' : ` (${one.instances.join(', ')})`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});
