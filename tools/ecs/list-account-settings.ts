// ecs_list_account_settings: what ECS does differently in this account, such as network interface trunking.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 100;

export const ecsListAccountSettings = defineReadTool({
  name: 'ecs_list_account_settings',
  summary:
    'Lists the ECS account settings that apply here, those nobody set included: awsvpcTrunking (more network interfaces on a host), containerInsights, defaultLogDriverMode, fargateTaskRetirementWaitPeriod and others.',
  risk: 'read',
  actions: ['ecs:ListAccountSettings'],
  input: z.strictObject({}),
  output: z.object({
    items: z.array(z.object({ name: z.string(), value: z.string() })).max(ITEMS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: () => ({ resources: [] }),
  run: async (_input, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecs:ListAccountSettings', {
        effectiveSettings: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: output.settings ?? [], next: output.nextToken, evidence };
    });
    return {
      items: items.map((one) => ({ name: one.name ?? '', value: oneLine(one.value ?? '') })),
      more,
      evidence,
    };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'account setting')}.`,
        ...items.map(({ name, value }) => `${name}: ${value}`),
        ...moreLine(more),
      ],
      evidence,
    ),
});
