// ecs_stop_task: proposes to stop one task. Nothing runs before the approval.

import type { Task } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { limits } from '../../src/kernel/limits.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { clusterField, taskField } from '../fields.ts';
import { readService } from './service-state.ts';
import { withKnownCluster } from './unknown-names.ts';

const taskState = z.strictObject({
  arn: z.string(),
  cluster: z.string(),
  taskDefinition: z.string(),
  desiredStatus: z.string(),
  /** The service that owns the task; null when no service replaces it. */
  service: z.string().nullable(),
});
type TaskState = z.infer<typeof taskState>;

export const ecsStopTask = defineChangeTool({
  name: 'ecs_stop_task',
  summary:
    'Proposes to stop one running ECS task, such as one that hangs. A service starts a replacement by itself; a task without a service is gone. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ecs:StopTask',
    'ecs:DescribeTasks',
    'ecs:DescribeServices',
    'ecs:ListClusters',
    'ecs:ListServices',
  ],
  input: z.strictObject({
    cluster: clusterField,
    task: taskField,
    reason: z
      .string()
      .regex(/^[A-Za-z0-9][ -~]{0,254}$/)
      .describe('Why the task is stopped; stored with it. Printable ASCII, at most 255 characters.'),
  }),
  target: ({ cluster, task }) => ({ cluster: lastPart(cluster), resources: [task] }),
  observe: async ({ cluster, task }, aws) => observeTask(cluster, task, aws),
  prepare: async ({ reason }, state, aws) => prepareStop(taskState.parse(state), reason, aws),
});

async function observeTask(cluster: string, task: string, aws: Aws): Promise<TaskState> {
  requireOwn(aws, [cluster, task]);
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:DescribeTasks', { cluster, tasks: [task] }),
  );
  const found = output.tasks?.[0];
  if (found === undefined) {
    const params = { kind: 'task', id: task, account: aws.account, region: aws.region, nearest: '' };
    throw fail('resource-unknown', params);
  }
  return {
    arn: found.taskArn ?? '',
    cluster: lastPart(found.clusterArn ?? cluster),
    taskDefinition: familyRevision(found.taskDefinitionArn ?? ''),
    desiredStatus: found.desiredStatus ?? '',
    service: serviceOf(found),
  };
}

/** ECS puts `service:<name>` into the group of a service's tasks. */
function serviceOf(found: Task): string | null {
  return /^service:(.+)$/.exec(found.group ?? '')?.[1] ?? null;
}

async function prepareStop(state: TaskState, reason: string, aws: Aws): Promise<PreparedChange> {
  const id = lastPart(state.arn);
  if (state.desiredStatus === 'STOPPED')
    throw fail('change-unneeded', { detail: `task ${id} is stopped or stopping` });
  const service = state.service === null ? null : await readService(state.cluster, state.service, aws);
  const desired = service?.desiredCount ?? 0;
  const short = id.slice(0, 8);
  return {
    title: state.service === null ? `Stop task ${short}` : `Stop task ${short} of ${state.service}`,
    call: { action: 'ecs:StopTask', input: { cluster: state.cluster, task: id, reason } },
    targets: [state.arn],
    diff: {
      caption: `Task ${id} in ${state.cluster}`,
      rows: [
        { sign: '-', cells: ['desired status', 'RUNNING', state.taskDefinition] },
        { sign: '+', cells: ['desired status', 'STOPPED', reason] },
      ],
    },
    blastRadius: {
      summary:
        state.service === null
          ? '1 task. No service owns it, so nothing replaces it.'
          : `1 task of ${state.service}, which keeps ${desired} running and starts a replacement.`,
      items: [state.arn],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: {
      none:
        state.service === null
          ? 'A stopped task cannot be started again.'
          : `A stopped task cannot be started again; ${state.service} starts another one.`,
    },
    success:
      state.service === null || desired === 0
        ? { kind: 'none', because: 'No service replaces the task.' }
        : {
            kind: 'service-steady',
            cluster: state.cluster,
            service: state.service,
            running: desired,
            withinMs: limits.watch.lifeMs,
          },
    warnings: state.service === null ? ['The work of this task ends and nothing takes it over.'] : [],
    idempotency: 'none',
  };
}
