// What became of everything that runs this task definition: its services, and the tasks no service started. The failing ones are
// diagnosed in full.

import type * as Ecs from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { finding } from '../../src/contract/finding.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Gap, Observed } from '../../src/diagnosis/evidence.ts';
import { type FailedTasks, failedByOwner } from '../../src/diagnosis/overview.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, taskFamilyField } from '../fields.ts';
import { nearestSentence } from '../nearest.ts';
import { counted, oneLine, textOf } from '../text-lines.ts';
import { collectActions, describeTasks } from './collect.ts';
import { collectTask } from './collect-task.ts';
import { besideOthers, lookInto, shortened } from './deep-look.ts';
import { costLine, findingLines } from './diagnosis-text.ts';
import { clusterNames } from './find-clusters.ts';
import { measured, statsField } from './measured.ts';
import { batchesOf, joined, readList } from './reading.ts';

const CLUSTERS_MAX = 10;
const TASKS_PER_CALL = 100;
const USERS_SHOWN = 20;
const DEEP_MAX = 3;

const user = z.object({
  kind: z.enum(['service', 'standalone']),
  name: z.string(),
  cluster: z.string(),
  running: z.number().int(),
  failed: z.number().int(),
  newest: z.object({ task: z.string(), reason: z.string(), at: z.string(), evidence: z.string() }).nullable(),
});

const output = z.object({
  at: z.string(),
  family: z.string(),
  /** Who runs it, as far as tasks are visible; those with the newest failures first. */
  users: z.array(user).max(USERS_SHOWN),
  findings: z.array(finding).max(DEEP_MAX + 1),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(20),
  stats: statsField,
});
export type DiagnoseFamilyOutput = z.infer<typeof output>;

export const diagnoseFamily = defineReadTool({
  name: 'diagnose_family',
  summary:
    'Finds out what became of everything that runs one task definition family: the services and the standalone tasks with their newest failures, each failing one diagnosed. Use it when a job or a task definition is named rather than a service.',
  risk: 'reveal',
  actions: [...new Set([...collectActions, 'ecs:ListTaskDefinitions' as const])],
  input: z.strictObject({
    family: taskFamilyField,
    cluster: clusterField
      .optional()
      .describe('Name of the ECS cluster; when left out, all clusters are looked through.'),
  }),
  output,
  target: ({ cluster, family }) => ({
    ...(cluster === undefined ? {} : { cluster: lastPart(cluster) }),
    resources: [family],
  }),
  run: async (input, aws, context) => {
    const measure = measured(aws, context);
    const { clusters, gaps } = await readFamily(measure.aws, input, measure.context);
    const users = clusters.flatMap((one) => usersOf(one, context.nowMs));
    users.sort((a, b) => (b.failures?.newest.atMs ?? 0) - (a.failures?.newest.atMs ?? 0));
    const failing = users.filter(({ failures }) => failures !== undefined).slice(0, DEEP_MAX);
    const deep = await Promise.all(failing.map((one) => lookAt(measure.aws, one, context)));
    const { stages, ...stats } = measure.stats();
    return {
      at: new Date(context.nowMs).toISOString(),
      family: input.family,
      users: users.slice(0, USERS_SHOWN).map(shown),
      findings: deep.flatMap((one) => one.findings),
      cannotVerify: gaps.slice(0, 20).map(({ what, missingAction }) => ({ what, missingAction })),
      stats: { ...stats, stages: stages + Math.max(0, ...deep.map((one) => one.stages)) },
    };
  },
  text: (out) =>
    textOf(
      [
        `Task definition family ${out.family}: ${counted(out.users.length, 'user')} with visible tasks`,
        ...out.findings.flatMap((one) => findingLines(one)),
        ...out.users
          .slice(0, 10)
          .map(
            (one) =>
              `${one.kind === 'service' ? 'Service' : 'Tasks of no service:'} ${one.name} in ${one.cluster}: ${one.running} running, ${one.failed} failed${one.newest === null ? '' : `, the newest ${one.newest.task} at ${one.newest.at}: "${one.newest.reason.slice(0, 160)}" [${one.newest.evidence}]`}`,
          ),
        ...out.cannotVerify
          .slice(0, 6)
          .map((gap) => `Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
        costLine(out.stats),
      ],
      [],
    ),
});

interface FamilyIn {
  readonly cluster: string;
  readonly tasks: readonly Observed<Ecs.Task>[];
}

interface FamilyUser {
  readonly kind: 'service' | 'standalone';
  readonly name: string;
  readonly cluster: string;
  readonly running: number;
  readonly failures: FailedTasks | undefined;
}

/** Throws `resource-unknown` when there is no such family, `input-invalid`, or `AwsCallError`. */
async function readFamily(
  aws: Aws,
  wanted: { readonly family: string; readonly cluster?: string | undefined },
  context: ToolContext,
): Promise<{ clusters: FamilyIn[]; gaps: Gap[] }> {
  requireOwn(aws, [wanted.cluster]);
  context.stage('tasks of the family');
  const names =
    wanted.cluster === undefined ? await clusterNames(aws, CLUSTERS_MAX) : [lastPart(wanted.cluster)];
  const lists = await Promise.all(names.map((cluster) => listTasks(aws, cluster, wanted.family)));
  if (lists.every(({ arns }) => arns.items.length === 0)) await requireFamily(aws, wanted.family);
  context.stage('tasks');
  const clusters = await Promise.all(
    lists.map(async ({ cluster, arns }) => {
      const ids = arns.items.map(({ value }) => value);
      const batches = batchesOf(ids, TASKS_PER_CALL).map((batch) => describeTasks(aws, cluster, batch));
      const seen = joined(await Promise.all(batches));
      return { cluster, tasks: seen.items, gaps: [...arns.gaps, ...seen.gaps] };
    }),
  );
  return { clusters, gaps: clusters.flatMap((one) => one.gaps) };
}

async function listTasks(aws: Aws, cluster: string, family: string) {
  const lists = await Promise.all(
    (['STOPPED', 'RUNNING'] as const).map((desiredStatus) =>
      readList(aws, {
        action: 'ecs:ListTasks',
        input: { cluster, family, desiredStatus },
        what: `the ${desiredStatus.toLowerCase()} tasks of ${family} in ${cluster}`,
        path: '$.taskArns',
        items: (answer) => answer.taskArns,
        pages: 2,
      }),
    ),
  );
  return { cluster, arns: joined(lists) };
}

/** No task is visible: then at least the family has to exist. */
async function requireFamily(aws: Aws, family: string): Promise<void> {
  const read = (input: { familyPrefix?: string }) =>
    readList(aws, {
      action: 'ecs:ListTaskDefinitions',
      input: { ...input, sort: 'DESC', maxResults: 100 },
      what: 'the task definitions',
      path: '$.taskDefinitionArns',
      items: (answer) => answer.taskDefinitionArns,
      pages: 1,
    });
  const own = await read({ familyPrefix: family });
  if (own.items.length > 0 || own.gaps.length > 0) return;
  const all = await read({});
  const families = [...new Set(all.items.map(({ value }) => lastPart(value).replace(/:\d+$/, '')))];
  throw fail('resource-unknown', {
    kind: 'task definition family',
    id: family,
    account: aws.account,
    region: aws.region,
    nearest: nearestSentence(family, families),
  });
}

function usersOf({ cluster, tasks }: FamilyIn, nowMs: number): FamilyUser[] {
  const failures = failedByOwner(tasks, nowMs);
  const groups = new Map<string, number>();
  for (const { value } of tasks) {
    const service = /^service:(.+)$/.exec(value.group ?? '')?.[1];
    const key = JSON.stringify([service !== undefined, service ?? familyOf(value)]);
    groups.set(key, (groups.get(key) ?? 0) + (value.lastStatus === 'RUNNING' ? 1 : 0));
  }
  return [...groups].map(([key, running]) => {
    const [isService, name] = JSON.parse(key) as [boolean, string]; // Written a few lines up.
    return {
      kind: isService ? 'service' : 'standalone',
      name,
      cluster,
      running,
      failures: failures.find((one) => one.isService === isService && one.owner === name),
    };
  });
}

function familyOf(task: Ecs.Task): string {
  return lastPart(task.taskDefinitionArn ?? '').replace(/:\d+$/, '');
}

/** A service as for a service alone; tasks of no service by the newest of them. */
async function lookAt(aws: Aws, one: FamilyUser, context: ToolContext) {
  if (one.kind === 'service') {
    const [look] = await lookInto(aws, [{ cluster: one.cluster, service: one.name }], context);
    return { findings: look?.finding === undefined ? [] : [look.finding], stages: look?.stages ?? 0 };
  }
  const own = besideOthers(aws, context);
  const wanted = { cluster: one.cluster, task: one.failures?.newest.task ?? '' };
  const { bundle } = await collectTask(own.aws, wanted, { context: own.context });
  const [first] = diagnose(bundle).findings;
  return { findings: first === undefined ? [] : [shortened(first)], stages: own.stats().stages };
}

function shown({ kind, name, cluster, running, failures }: FamilyUser): z.infer<typeof user> {
  return {
    kind,
    name,
    cluster,
    running,
    failed: failures?.count ?? 0,
    newest:
      failures === undefined
        ? null
        : {
            task: failures.newest.task,
            reason: oneLine(failures.newest.reason),
            at: new Date(failures.newest.atMs).toISOString(),
            evidence: failures.newest.at.id,
          },
  };
}
