// ecs_get_task_protection: which tasks ECS may not end when it scales in or deploys, and until when.

import type { ProtectedTask } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, listOf, taskField } from '../fields.ts';
import { batches } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, textOf } from '../text-lines.ts';
import { type Missing, missingField, missingLines, missingOf } from './missing.ts';

/** GetTaskProtection takes at most 100 tasks. */
const BATCH = 100;
const ITEMS_MAX = 500;

const protectedTask = z.object({
  task: z.string(),
  protected: z.boolean(),
  until: z.string().nullable(),
});

export const ecsGetTaskProtection = defineReadTool({
  name: 'ecs_get_task_protection',
  summary:
    'Tells which ECS tasks are protected from being ended by scaling or a deployment, and until when. Use it when a deployment waits for old tasks that do not stop.',
  risk: 'read',
  actions: ['ecs:GetTaskProtection'],
  input: z.strictObject({
    cluster: clusterField,
    tasks: listOf(taskField, ITEMS_MAX, 'Ids or ARNs of tasks.'),
  }),
  output: z.object({
    items: z.array(protectedTask).max(ITEMS_MAX),
    missing: missingField,
    evidence: evidenceField,
  }),
  target: ({ cluster, tasks }) => ({ cluster: lastPart(cluster), resources: tasks }),
  run: async ({ cluster, tasks }, aws) => {
    requireOwn(aws, [cluster, ...tasks]);
    const found: ProtectedTask[] = [];
    const missing: Missing = [];
    const evidence: string[] = [];
    for (const group of batches([...new Set(tasks)], BATCH)) {
      const answer = await aws.call('ecs:GetTaskProtection', { cluster, tasks: group });
      evidence.push(answer.evidence);
      found.push(...(answer.output.protectedTasks ?? []));
      missing.push(...missingOf(answer.output.failures));
    }
    const items = found.map((one) => ({
      task: lastPart(one.taskArn ?? ''),
      protected: one.protectionEnabled === true,
      until: isoOrNull(one.expirationDate),
    }));
    return { items, missing: missing.slice(0, 100), evidence };
  },
  text: ({ items, missing, evidence }) =>
    textOf(
      [
        `${items.filter((one) => one.protected).length} of ${counted(items.length, 'task')} protected.`,
        ...items
          .filter((one) => one.protected)
          .map(({ task, until }) => `${task}: protected until ${until ?? 'it is released'}`),
        ...missingLines('task', missing),
      ],
      evidence,
    ),
});
