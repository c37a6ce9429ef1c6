// ecs_list_tasks: ids of the tasks of a cluster, a service or a family. ECS forgets stopped tasks after about an hour.

import { z } from 'zod';
import { AwsCallError } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField, taskFamilyField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { serviceUnknown, withKnownCluster } from './unknown-names.ts';

const TASKS_MAX = 500;

export const ecsListTasks = defineReadTool({
  name: 'ecs_list_tasks',
  summary:
    'Lists the tasks of an ECS cluster, optionally of one service or family, either running or stopped. Stopped tasks are visible for about an hour only.',
  risk: 'read',
  actions: ['ecs:ListTasks', 'ecs:ListClusters', 'ecs:ListServices'],
  input: z.strictObject({
    cluster: clusterField,
    service: serviceField.optional(),
    family: taskFamilyField.optional(),
    desired_status: z
      .enum(['RUNNING', 'STOPPED'])
      .default('RUNNING')
      .describe('RUNNING (the default) or STOPPED.'),
  }),
  output: z.object({
    cluster: z.string(),
    desiredStatus: z.string(),
    tasks: z.array(z.object({ id: z.string(), arn: z.string() })).max(TASKS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    ...(service === undefined ? {} : { service: lastPart(service) }),
    resources: [],
  }),
  run: async ({ cluster, service, family, desired_status: desiredStatus }, aws) => {
    requireOwn(aws, [cluster, service]);
    const list = () =>
      collectPages(TASKS_MAX, async (nextToken) => {
        const { output, evidence } = await aws.call('ecs:ListTasks', {
          cluster,
          serviceName: service === undefined ? undefined : lastPart(service),
          family,
          desiredStatus,
          maxResults: 100,
          nextToken,
        });
        return { items: output.taskArns ?? [], next: output.nextToken, evidence };
      });
    try {
      const { items, more, evidence } = await withKnownCluster(aws, cluster, list);
      const tasks = items.map((arn) => ({ id: lastPart(arn), arn }));
      return { cluster: lastPart(cluster), desiredStatus, tasks, more, evidence };
    } catch (thrown) {
      const unknown = thrown instanceof AwsCallError && thrown.failure.code === 'ServiceNotFoundException';
      throw unknown && service !== undefined ? await serviceUnknown(aws, cluster, lastPart(service)) : thrown;
    }
  },
  text: ({ cluster, desiredStatus, tasks, more, evidence }) =>
    textOf(
      [
        `${counted(tasks.length, 'task')} with desired status ${desiredStatus} in ${cluster}.`,
        ...tasks.map(({ id }) => id),
        ...moreLine(more),
      ],
      evidence,
    ),
});
