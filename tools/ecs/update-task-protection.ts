// ecs_update_task_protection: proposes to protect tasks from being stopped by scaling in and deployments, or to end that.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, countField, listOf, taskField } from '../fields.ts';
import { counted } from '../text-lines.ts';
import { withKnownCluster } from './unknown-names.ts';

/** API reference of ECS, UpdateTaskProtection. */
const MINUTES_MAX = 2_880;
const MINUTES = 120;
const MINUTE_MS = 60_000;

const protectionState = z.strictObject({
  cluster: z.string(),
  tasks: z.array(
    z.strictObject({
      arn: z.string(),
      protected: z.boolean(),
      /** Milliseconds since the epoch; null without protection. */
      until: z.number().nullable(),
    }),
  ),
});
type ProtectionState = z.infer<typeof protectionState>;

export const ecsUpdateTaskProtection = defineChangeTool({
  name: 'ecs_update_task_protection',
  summary:
    'Proposes to end the scale-in protection of tasks that keep a deployment from finishing, or to protect tasks for a while. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ecs:UpdateTaskProtection', 'ecs:GetTaskProtection', 'ecs:ListClusters'],
  input: z.strictObject({
    cluster: clusterField,
    tasks: listOf(taskField, 10, 'Ids of the tasks, all of one service.'),
    protect: z.boolean().describe('True protects them, false ends their protection.'),
    minutes: countField(1, MINUTES_MAX, 'For how long they are protected; 120 when left out.').optional(),
  }),
  target: ({ cluster, tasks }) => ({ cluster: lastPart(cluster), resources: tasks }),
  observe: ({ cluster, tasks }, aws) => observeProtection(cluster, tasks, aws),
  prepare: async ({ protect, minutes }, state, _aws, { nowMs }) =>
    prepareProtection({ protect, minutes: minutes ?? MINUTES, nowMs }, protectionState.parse(state)),
});

/** Throws `resource-unknown` for the first task that is not there. */
async function observeProtection(
  cluster: string,
  tasks: readonly string[],
  aws: Aws,
): Promise<ProtectionState> {
  requireOwn(aws, [cluster, ...tasks]);
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:GetTaskProtection', { cluster, tasks: [...tasks] }),
  );
  const found = output.protectedTasks ?? [];
  const missing = tasks.find((id) => !found.some(({ taskArn }) => lastPart(taskArn ?? '') === lastPart(id)));
  if (missing !== undefined) {
    const { account, region } = aws;
    throw fail('resource-unknown', { kind: 'task', id: missing, account, region, nearest: '' });
  }
  return {
    cluster: lastPart(cluster),
    tasks: found
      .map((one) => ({
        arn: one.taskArn ?? '',
        protected: one.protectionEnabled ?? false,
        until: one.expirationDate?.getTime() ?? null,
      }))
      .sort((left, right) => (left.arn < right.arn ? -1 : 1)),
  };
}

function prepareProtection(
  { protect, minutes, nowMs }: { protect: boolean; minutes: number; nowMs: number },
  state: ProtectionState,
): PreparedChange {
  const differing = state.tasks.filter((task) => task.protected !== protect);
  const noun = counted(state.tasks.length, 'task');
  if (differing.length === 0)
    throw fail('change-unneeded', { detail: `${noun} ${protect ? 'are' : 'are not'} protected already` });
  const ids = differing.map(({ arn }) => lastPart(arn));
  const left = Math.max(
    ...differing.map(({ until }) => Math.ceil(((until ?? nowMs) - nowMs) / MINUTE_MS)),
    1,
  );
  const text = (on: boolean) => (on ? 'protected' : 'not protected');
  return {
    title: protect
      ? `Protect ${counted(ids.length, 'task')} for ${counted(minutes, 'minute')}`
      : `End the protection of ${counted(ids.length, 'task')}`,
    call: requestOf(state.cluster, ids, protect ? minutes : null),
    targets: differing.map(({ arn }) => arn),
    diff: {
      caption: `Protection of tasks in ${state.cluster}`,
      rows: differing.flatMap(({ arn, protected: before }) => [
        { sign: '-' as const, cells: [lastPart(arn), text(before)] },
        { sign: '+' as const, cells: [lastPart(arn), text(protect)] },
      ]),
    },
    blastRadius: {
      summary: protect
        ? `${counted(ids.length, 'task')}. Scaling in and deployments leave them alone for that time.`
        : `${counted(ids.length, 'task')}. A deployment or scaling in may stop them from now on.`,
      items: differing.map(({ arn }) => arn),
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: { call: requestOf(state.cluster, ids, protect ? null : Math.min(left, MINUTES_MAX)) },
    success: { kind: 'none', because: 'The service decides by itself which task it stops next.' },
    warnings: protect
      ? ['A deployment cannot finish while tasks of the revision before are protected.']
      : ['Work that these tasks are doing ends when they are stopped.'],
    idempotency: 'declarative',
  };
}

/** Minutes of protection, or null to end it. */
function requestOf(cluster: string, tasks: string[], minutes: number | null): AwsRequest {
  return {
    action: 'ecs:UpdateTaskProtection',
    input: {
      cluster,
      tasks,
      protectionEnabled: minutes !== null,
      ...(minutes === null ? {} : { expiresInMinutes: minutes }),
    },
  };
}
