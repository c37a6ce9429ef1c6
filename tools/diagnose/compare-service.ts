// compare_service: the revision that is rolled out against the last one that worked, and a failing task against a healthy one. States facts;
// which of them is the cause is the business of diagnose_service.

import type * as Ecs from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import { type Compared, differenceKinds } from '../../src/diagnosis/compare/difference.ts';
import { compareRevisions } from '../../src/diagnosis/compare/revisions.ts';
import { compareTasks } from '../../src/diagnosis/compare/tasks.ts';
import type { Gap, Observed } from '../../src/diagnosis/evidence.ts';
import { type Facts, factsOf } from '../../src/diagnosis/facts/facts.ts';
import { newestFirst, type TaskFacts } from '../../src/diagnosis/facts/tasks.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField, taskDefinitionField, taskField } from '../fields.ts';
import { counted, oneLine, textOf } from '../text-lines.ts';
import { collectTasks } from './collect.ts';
import { findServiceActions } from './find-service.ts';
import { readList } from './reading.ts';

const DIFFERENCES_MAX = 80;

const difference = z.object({
  kind: z.enum(differenceKinds),
  what: z.string(),
  before: z.string(),
  after: z.string(),
});

const output = z.object({
  cluster: z.string(),
  service: z.string(),
  /** Null when there is no second revision to compare with. */
  revisions: z
    .object({
      before: z.string(),
      after: z.string(),
      /** Why this revision: it was named, it runs, tasks of it ran without failing, or it merely is the one before. */
      basis: z.enum(['named', 'running', 'ran', 'one before']),
      differences: z.array(difference).max(DIFFERENCES_MAX),
    })
    .nullable(),
  /** Null when there is not one failing and one healthy task. */
  tasks: z
    .object({ healthy: z.string(), other: z.string(), differences: z.array(difference).max(DIFFERENCES_MAX) })
    .nullable(),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(10),
  evidence: z.array(z.string()).max(20),
});
export type CompareServiceOutput = z.infer<typeof output>;

const input = z.strictObject({
  cluster: clusterField.optional(),
  service: serviceField,
  revision: taskDefinitionField
    .optional()
    .describe('What to compare with; when left out, the last revision that worked.'),
  task: taskField
    .optional()
    .describe('The task to put beside a healthy one; when left out, the newest failed task.'),
});

export const compareService = defineReadTool({
  name: 'compare_service',
  summary:
    'Compares the revision an ECS service rolls out with the last one that worked (images, environment names, secrets, sizes, roles, network, health checks, logging), and a failing task with a healthy one (host, zone, subnet, platform version, image digest, start). Use it when a newer revision fails and an older one ran, or when only some tasks fail.',
  risk: 'read',
  actions: [...findServiceActions, 'ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:DescribeTaskDefinition'],
  input,
  output,
  target: ({ cluster, service, task, revision }) => ({
    ...(cluster === undefined ? {} : { cluster }),
    service,
    resources: [task, revision].filter((one) => one !== undefined),
  }),
  run,
  text: (out) =>
    textOf(
      [
        ...(out.revisions === null
          ? [`${out.service} has no second revision to compare with.`]
          : revisionLines(out.revisions)),
        ...(out.tasks === null
          ? ['There is not one failing and one healthy task to compare.']
          : [
              `Task ${out.tasks.other} beside healthy task ${out.tasks.healthy}: ${counted(out.tasks.differences.length, 'difference')}`,
              ...out.tasks.differences.map(differenceLine),
            ]),
        ...out.cannotVerify.map(({ what, missingAction }) => `Not seen: ${what}; needs ${missingAction}`),
      ],
      out.evidence,
    ),
});

const basisWords = {
  named: 'as asked',
  running: 'which runs now',
  ran: 'of which tasks ran without failing',
  'one before': 'the revision before; whether it worked is not known',
} as const;

function revisionLines(revisions: NonNullable<CompareServiceOutput['revisions']>): string[] {
  const { before, after, basis, differences } = revisions;
  return [
    `${before} (${basisWords[basis]}) → ${after}: ${counted(differences.length, 'difference')}`,
    ...differences.map(differenceLine),
  ];
}

function differenceLine({ kind, what, before, after }: z.infer<typeof difference>): string {
  return oneLine(`  [${kind}] ${what}: ${before} → ${after}`, 700);
}

async function run(
  wanted: z.infer<typeof input>,
  aws: Aws,
  context: ToolContext,
): Promise<CompareServiceOutput> {
  requireOwn(aws, [wanted.revision]);
  const bundle = await collectTasks(aws, wanted, context);
  const facts = factsOf(bundle);
  const gaps: Gap[] = [...bundle.tasks.gaps, ...bundle.taskDefinitions.gaps];
  context.stage('revisions');
  const revisions = await revisionsOf(aws, facts, { named: wanted.revision, gaps });
  const pair = taskPair(facts, wanted.task);
  const tasks = pair === undefined ? undefined : compareTasks(pair.healthy, pair.other);
  const evidence = [revisions?.compared, tasks].flatMap((one) =>
    one === undefined ? [] : [one.before.id, one.after.id],
  );
  return {
    cluster: bundle.cluster,
    service: facts.service.name,
    revisions:
      revisions === undefined
        ? null
        : {
            before: revisions.before,
            after: revisions.after,
            basis: revisions.basis,
            differences: bounded(revisions.compared),
          },
    tasks:
      pair === undefined || tasks === undefined
        ? null
        : { healthy: pair.healthy.id, other: pair.other.id, differences: bounded(tasks) },
    cannotVerify: gaps.slice(0, 10).map(({ what, missingAction }) => ({ what, missingAction })),
    evidence: [...new Set([bundle.service.at.id, ...evidence])],
  };
}

function bounded({ differences }: Compared): z.infer<typeof difference>[] {
  return differences.slice(0, DIFFERENCES_MAX).map((one) => ({
    ...one,
    what: oneLine(one.what),
    before: oneLine(one.before),
    after: oneLine(one.after),
  }));
}

interface ComparedRevisions {
  readonly before: string;
  readonly after: string;
  readonly basis: NonNullable<CompareServiceOutput['revisions']>['basis'];
  readonly compared: Compared;
}

async function revisionsOf(
  aws: Aws,
  facts: Facts,
  { named, gaps }: { named: string | undefined; gaps: Gap[] },
): Promise<ComparedRevisions | undefined> {
  const after = facts.service.primary?.taskDefinitionArn;
  if (after === undefined) return undefined;
  const other = otherRevision(facts, familyRevision(after), named);
  if (other === undefined) return undefined;
  const [was, is] = await Promise.all([
    definitionOf(aws, facts, { name: other.name, gaps }),
    definitionOf(aws, facts, { name: familyRevision(after), gaps }),
  ]);
  // ECS answers with a client error, not with "not found", when there is no such revision.
  if (named !== undefined && was === undefined && gaps.some(({ kind }) => absent.has(kind))) {
    throw fail('input-invalid', { where: 'revision', detail: `there is no task definition ${named}` });
  }
  if (was === undefined || is === undefined) return undefined;
  return {
    before: familyRevision(was.value.taskDefinitionArn ?? ''),
    after: familyRevision(is.value.taskDefinitionArn ?? ''),
    basis: other.basis,
    compared: compareRevisions(was, is),
  };
}

const absent: ReadonlySet<Gap['kind']> = new Set(['not-found', 'invalid']);

/** The revision to put beside `after`: the named one, else the one that works, else the number before. */
function otherRevision(
  { service, tasks, failed }: Facts,
  after: string,
  named: string | undefined,
): { name: string; basis: ComparedRevisions['basis'] } | undefined {
  if (named !== undefined) return { name: lastPart(named), basis: 'named' };
  const failing = new Set(failed.map(({ revision }) => revision));
  const works = (name: string): boolean => name !== after && !failing.has(name);
  const running = [
    ...service.deployments.filter((one) => one.running > 0).map(({ revision }) => revision),
    ...tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(({ revision }) => revision),
  ].find(works);
  if (running !== undefined) return { name: running, basis: 'running' };
  const ran = newestFirst(
    tasks.filter((one) => one.stopped && !one.failed && one.startedAtMs !== undefined),
  ).find(({ revision }) => works(revision));
  if (ran !== undefined) return { name: ran.revision, basis: 'ran' };
  const [, family = '', number = '1'] = /^(.*):(\d+)$/.exec(after) ?? [];
  return Number(number) > 1 ? { name: `${family}:${Number(number) - 1}`, basis: 'one before' } : undefined;
}

async function definitionOf(
  aws: Aws,
  { bundle }: Facts,
  { name, gaps }: { name: string; gaps: Gap[] },
): Promise<Observed<Ecs.TaskDefinition> | undefined> {
  const known = bundle.taskDefinitions.items.find(
    ({ value }) => familyRevision(value.taskDefinitionArn ?? '') === name,
  );
  if (known !== undefined) return known;
  const read = await readList(aws, {
    action: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: name },
    what: `task definition ${name}`,
    path: '$.taskDefinition',
    items: ({ taskDefinition }) => (taskDefinition === undefined ? [] : [taskDefinition]),
  });
  gaps.push(...read.gaps);
  const [item] = read.items;
  return item === undefined ? undefined : { ...item, at: { ...item.at, path: '$.taskDefinition' } };
}

/** The named or the newest failed task, and the newest that runs and is not unhealthy; of the same revision when there is one. */
function taskPair(
  { tasks }: Facts,
  named: string | undefined,
): { healthy: TaskFacts; other: TaskFacts } | undefined {
  const id = named === undefined ? undefined : lastPart(named);
  const other =
    id === undefined ? newestFirst(tasks.filter((one) => one.failed))[0] : tasks.find((one) => one.id === id);
  if (other === undefined) return undefined;
  const healthy = newestFirst(
    tasks.filter(
      (one) => one.lastStatus === 'RUNNING' && one.healthStatus !== 'UNHEALTHY' && one.id !== other.id,
    ),
  );
  const best = healthy.find((one) => one.revision === other.revision) ?? healthy[0];
  return best === undefined ? undefined : { healthy: best, other };
}
