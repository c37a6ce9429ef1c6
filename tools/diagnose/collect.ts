// Collects the evidence about one service in at most four round trips: service and task lists, then tasks with what they run and their
// targets, then whatever is named by then and the trouble points at, then what those answers name. Each stage reads everything at once.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws, AwsAction } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import {
  type EvidenceBundle,
  merged,
  type Seen,
  unread,
  unreadNetwork,
} from '../../src/diagnosis/evidence.ts';
import type { PathQuestion } from '../../src/diagnosis/facts/dependencies.ts';
import { factsOf } from '../../src/diagnosis/facts/facts.ts';
import { complainsOfHosts, furtherReads } from '../../src/diagnosis/facts/further.ts';
import { refusedRevisions } from '../../src/diagnosis/facts/requests.ts';
import { needsOfRisks, needsOfStarts } from '../../src/diagnosis/facts/resource-needs.ts';
import { databaseActions } from './collect-databases.ts';
import {
  deployedRevisions,
  readDefinitions,
  readOtherDefinitions,
  revisionBefore,
} from './collect-definitions.ts';
import { furtherActions, readCapacity, readFurther, withFurther } from './collect-further.ts';
import { readHostsOf } from './collect-host-network.ts';
import { readBehindLog } from './collect-logged.ts';
import { networkActions, readSubnets } from './collect-network.ts';
import { quotaActions } from './collect-quota.ts';
import { readRequests } from './collect-requests.ts';
import { readResources, resourceActions, withRead } from './collect-resources.ts';
import { readServiceAndTasks, type WantedService } from './collect-service.ts';
import { readRunningLog } from './collect-surroundings.ts';
import { deepen } from './deepen.ts';
import { type FoundService, findServiceActions } from './find-service.ts';
import { batchesOf, gapOf, joined, readList } from './reading.ts';
import { foresee, next } from './staged.ts';

/** For questions about a path, which stays inside ECS, its logs and its network. */
export const pathActions = [
  ...findServiceActions,
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecs:DescribeTaskDefinition',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'logs:GetLogEvents',
  ...networkActions,
  ...databaseActions,
  ...furtherActions,
] as const;

/** For questions about a cause, which may lie outside ECS and its network. */
export const collectActions: readonly AwsAction[] = [
  ...new Set<AwsAction>([...pathActions, ...resourceActions, ...quotaActions]),
];

/** DescribeTasks takes 100 ids. */
const TASKS_PER_CALL = 100;
const REFUSED_REVISIONS_MAX = 3;

export interface CollectOptions {
  readonly context: ToolContext;
  /** Reads the network even when nothing is wrong, for questions about paths. */
  readonly always?: boolean;
  /** A destination that is asked about besides those the tasks tried. */
  readonly question?: PathQuestion;
  /** Reads logs; on by default. */
  readonly logs?: boolean;
}

/** All evidence for a question about one service. Throws what `findService` throws. */
export async function collect(
  aws: Aws,
  wanted: WantedService,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const { context } = options;
  const { found, arns } = await readServiceAndTasks(aws, wanted, context);
  context.stage('task definitions and targets');
  foreseeHosts(aws, found, context.nowMs);
  const bundle = await readTasks(aws, found, { arns, nowMs: context.nowMs });
  const first = factsOf(bundle);
  if (first.condition === 'troubled' || options.always === true) return deepen(aws, bundle, options);
  context.stage('requests that were refused');
  // What is known already does not wait for what the requests may add.
  foresee(aws, (gate) => readFurther(gate, first));
  const beside = readsBeside(bundle);
  const [requests, resources, hosts, said] = await Promise.all([
    readRequests(aws, bundle, beside > 0),
    readResources(aws, bundle, needsOfRisks(first)),
    readHostsOf(aws, first),
    options.logs === false || beside > 1 ? undefined : readRunningLog(aws, first),
  ]);
  const asked = { ...withRead(requests, resources), ...(hosts === undefined ? {} : { hosts }), ...said };
  const told = factsOf(asked);
  if (told.logged !== undefined) return readBehindLog(aws, told, { bundle: asked, options });
  const revisions = refusedRevisions(asked, REFUSED_REVISIONS_MAX);
  const [further, definitions] = await Promise.all([
    readFurther(next(aws), told),
    revisions.length === 0 ? undefined : readDefinitions(next(aws), revisions),
  ]);
  const whole = withFurther(asked, further);
  return definitions === undefined ? whole : { ...whole, askedDefinitions: definitions };
}

/** How much more than usual is read of a service that seems well: another revision, hosts, no subnets where it names none. */
function readsBeside({ service, tasks, nowMs }: EvidenceBundle): number {
  const { value } = service;
  const others =
    deployedRevisions(value).length > 1 || revisionBefore(value, tasks.items.length, nowMs) !== undefined;
  const hosts = tasks.items.some(({ value: task }) => task.containerInstanceArn !== undefined);
  const subnets = value.networkConfiguration?.awsvpcConfiguration?.subnets !== undefined;
  return [others, hosts, subnets].filter(Boolean).length - 1;
}

/** Hosts the scheduler complains about are asked about beside the tasks, and who changed them. */
function foreseeHosts(aws: Aws, found: FoundService, nowMs: number): void {
  const facts = factsOf(bundleOf(aws, found, { nowMs, tasks: nothing(), taskDefinitions: nothing() }));
  const wanted = furtherReads(facts);
  if (!wanted.capacity || !complainsOfHosts(facts)) return;
  foresee(aws, (gate) => readCapacity(gate, facts.bundle, { ...wanted, lost: true }));
  foresee(aws, (gate) => readResources(gate, facts.bundle, needsOfStarts(facts)));
}

/** Only the service, its tasks and what they run, for questions about one task. Throws what `findService` throws. */
export async function collectTasks(
  aws: Aws,
  wanted: WantedService,
  context: ToolContext,
): Promise<EvidenceBundle> {
  const { found, arns } = await readServiceAndTasks(aws, wanted, context);
  context.stage('tasks and task definitions');
  const ids = arns.items.map(({ value }) => value);
  const revisions = deployedRevisions(found.observed.value);
  const [tasks, taskDefinitions] = await Promise.all([
    Promise.all(batchesOf(ids, TASKS_PER_CALL).map((batch) => describeTasks(aws, found.cluster, batch))),
    readDefinitions(aws, revisions),
  ]);
  const seen = joined(tasks);
  const bundle = bundleOf(aws, found, {
    nowMs: context.nowMs,
    tasks: { items: seen.items, gaps: [...arns.gaps, ...seen.gaps] },
    taskDefinitions,
  });
  const extra = await readOtherDefinitions(next(aws), bundle);
  return extra === undefined ? bundle : { ...bundle, taskDefinitions: merged(taskDefinitions, extra) };
}

async function readTasks(
  aws: Aws,
  found: FoundService,
  { arns, nowMs }: { arns: Seen<string>; nowMs: number },
): Promise<EvidenceBundle> {
  const service = found.observed.value;
  const vpc = service.networkConfiguration?.awsvpcConfiguration;
  const groups = (service.loadBalancers ?? []).flatMap((one) =>
    one.targetGroupArn === undefined ? [] : [one.targetGroupArn],
  );
  const ids = arns.items.map(({ value }) => value);
  const before = revisionBefore(service, ids.length, nowMs);
  const [tasks, deployed, other, targetGroups, targetHealth, subnets] = await Promise.all([
    Promise.all(batchesOf(ids, TASKS_PER_CALL).map((batch) => describeTasks(aws, found.cluster, batch))),
    readDefinitions(aws, deployedRevisions(service)),
    before === undefined ? nothing() : readDefinitions(aws, [before]),
    groups.length === 0 ? nothing() : readTargetGroups(aws, groups),
    Promise.all(groups.slice(0, 5).map((arn) => readTargetHealth(aws, arn))),
    vpc?.subnets === undefined ? unread('the subnets', 'ec2:DescribeSubnets') : readSubnets(aws, vpc.subnets),
  ]);
  const seenTasks = joined(tasks);
  const base = bundleOf(aws, found, {
    nowMs,
    tasks: { items: seenTasks.items, gaps: [...arns.gaps, ...seenTasks.gaps] },
    taskDefinitions: merged(deployed, ranBy(seenTasks, other)),
  });
  return {
    ...base,
    targetGroups,
    targetHealth: joined(targetHealth),
    network: { ...base.network, subnets },
  };
}

/** A revision that was only guessed counts where a task ran it; that it may not be there means nothing. */
function ranBy(tasks: Seen<Ecs.Task>, { items }: Seen<Ecs.TaskDefinition>): Seen<Ecs.TaskDefinition> {
  const ran = new Set(tasks.items.map(({ value }) => value.taskDefinitionArn));
  return { items: items.filter(({ value }) => ran.has(value.taskDefinitionArn)), gaps: [] };
}

/** A bundle with nothing in it but the service and the given lists. */
export function bundleOf(
  aws: Aws,
  found: Pick<FoundService, 'cluster' | 'observed'>,
  known: Pick<EvidenceBundle, 'nowMs' | 'tasks' | 'taskDefinitions'>,
): EvidenceBundle {
  return {
    ...known,
    account: aws.account,
    region: aws.region,
    cluster: found.cluster,
    service: found.observed,
    targetGroups: unread('the target groups', 'elasticloadbalancing:DescribeTargetGroups'),
    targetHealth: unread('the health of the targets', 'elasticloadbalancing:DescribeTargetHealth'),
    logs: [],
    logPresence: [],
    logGaps: [],
    network: unreadNetwork(),
  };
}

function nothing(): Seen<never> {
  return { items: [], gaps: [] };
}

export function describeTasks(aws: Aws, cluster: string, tasks: string[]): Promise<Seen<Ecs.Task>> {
  return readList(aws, {
    action: 'ecs:DescribeTasks',
    // Ids are enough where the cluster is named, and people read the command.
    input: { cluster, tasks: tasks.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)) },
    what: 'the tasks',
    path: '$.tasks',
    items: (output) => output.tasks,
  });
}

/** AWS refuses the whole list when one of its groups is gone; then each is asked for by itself. */
async function readTargetGroups(aws: Aws, arns: readonly string[]): Promise<EvidenceBundle['targetGroups']> {
  const all = await describeTargetGroups(aws, arns);
  if (arns.length === 1 || all.gaps.every((gap) => gap.kind !== 'not-found')) return all;
  return joined(await Promise.all(arns.map((arn) => describeTargetGroups(next(aws), [arn]))));
}

function describeTargetGroups(aws: Aws, arns: readonly string[]): Promise<EvidenceBundle['targetGroups']> {
  return readList(aws, {
    action: 'elasticloadbalancing:DescribeTargetGroups',
    input: { TargetGroupArns: [...arns] },
    what: arns.length === 1 ? `target group ${arns[0] ?? ''}` : 'the target groups',
    path: '$.TargetGroups',
    items: (output) => output.TargetGroups,
  });
}

/** The health of a group's targets; an answer without one is an answer. It comes in one page. */
async function readTargetHealth(aws: Aws, targetGroupArn: string): Promise<EvidenceBundle['targetHealth']> {
  const action = 'elasticloadbalancing:DescribeTargetHealth';
  try {
    const { output, evidence } = await aws.call(action, { TargetGroupArn: targetGroupArn });
    const value = { targetGroupArn, targets: output.TargetHealthDescriptions ?? [] };
    return { items: [{ value, at: { id: evidence, path: '$' } }], gaps: [] };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, 'the health of the targets', action)] };
  }
}
