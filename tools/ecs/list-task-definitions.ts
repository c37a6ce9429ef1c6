// ecs_list_task_definitions: the revisions of a family, the newest first.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { familyRevision } from '../arn.ts';
import { taskFamilyField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const REVISIONS_MAX = 200;

export const ecsListTaskDefinitions = defineReadTool({
  name: 'ecs_list_task_definitions',
  summary:
    'Lists the task definition revisions of a family, the newest first, such as to find the one to roll back to.',
  risk: 'read',
  actions: ['ecs:ListTaskDefinitions'],
  input: z.strictObject({
    family: taskFamilyField,
    status: z.enum(['ACTIVE', 'INACTIVE']).default('ACTIVE').describe('ACTIVE (the default) or INACTIVE.'),
  }),
  output: z.object({
    family: z.string(),
    taskDefinitions: z.array(z.object({ name: z.string(), arn: z.string() })).max(REVISIONS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ family }) => ({ resources: [family] }),
  run: async ({ family, status }, aws) => {
    const { items, more, evidence } = await collectPages(REVISIONS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecs:ListTaskDefinitions', {
        familyPrefix: family,
        status,
        sort: 'DESC',
        maxResults: 100,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: output.taskDefinitionArns ?? [], next: output.nextToken, evidence };
    });
    // ECS treats the family as the whole name, other implementations as a prefix.
    const taskDefinitions = items
      .map((arn) => ({ name: familyRevision(arn), arn }))
      .filter(({ name }) => name.startsWith(`${family}:`));
    return { family, taskDefinitions, more, evidence };
  },
  text: ({ family, taskDefinitions, more, evidence }) =>
    textOf(
      [
        `${counted(taskDefinitions.length, 'revision')} of ${family}: ${taskDefinitions.map(({ name }) => name).join(', ') || 'none'}.`,
        ...moreLine(more),
      ],
      evidence,
    ),
});
