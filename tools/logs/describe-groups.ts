// logs_describe_groups: which log groups there are, and how long they keep what is written.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { logGroupField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 500;

const group = z.object({
  name: z.string(),
  retentionDays: z.number().nullable(),
  storedBytes: z.number().nullable(),
  class: z.string().nullable(),
});

export const logsDescribeGroups = defineReadTool({
  name: 'logs_describe_groups',
  summary:
    'Lists CloudWatch Logs groups by the beginning of their name, with retention and size. Use it when a log group that a task definition names does not exist.',
  risk: 'read',
  actions: ['logs:DescribeLogGroups'],
  input: z.strictObject({
    prefix: logGroupField.optional().describe('Beginning of the names, such as /ecs/.'),
  }),
  output: z.object({ items: z.array(group).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ prefix }) => ({ resources: prefix === undefined ? [] : [prefix] }),
  run: async ({ prefix }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('logs:DescribeLogGroups', {
        ...(prefix === undefined ? {} : { logGroupNamePrefix: prefix }),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: output.logGroups ?? [], next: output.nextToken, evidence };
    });
    return {
      items: items.map((one) => ({
        name: one.logGroupName ?? '',
        retentionDays: one.retentionInDays ?? null,
        storedBytes: one.storedBytes ?? null,
        class: one.logGroupClass ?? null,
      })),
      more,
      evidence,
    };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'log group')}.`,
        ...items.map(
          (one) =>
            `${one.name}: kept ${one.retentionDays === null ? 'for ever' : counted(one.retentionDays, 'day')}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});
