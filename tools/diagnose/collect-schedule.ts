// Collects the evidence about one scheduled rule of EventBridge: the rule and its targets, what the targets name, what CloudTrail and the
// metrics say of its invocations, and the tasks it started. Four stages at most; what was refused is a gap.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import type { Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { ScheduleEvidence } from '../../src/diagnosis/schedule/evidence.ts';
import { lastPart } from '../arn.ts';
import { nearestSentence } from '../nearest.ts';
import { describeTasks } from './collect.ts';
import { readDefinitions } from './collect-definitions.ts';
import { readAttempts, readMetrics } from './collect-invocations.ts';
import { readGroups, readSubnets } from './collect-network.ts';
import { readScheduleRoles, scheduleRoleActions } from './collect-schedule-roles.ts';
import { joined, readList } from './reading.ts';

export const collectScheduleActions = [
  'events:ListRules',
  'events:DescribeRule',
  'events:ListTargetsByRule',
  'ecs:DescribeTaskDefinition',
  'ecs:DescribeClusters',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'cloudtrail:LookupEvents',
  'cloudwatch:GetMetricData',
  ...scheduleRoleActions,
] as const;

const TARGETS_MAX = 5;
const TASKS_MAX = 100;

/** Throws `resource-unknown` when no rule is meant, `name-ambiguous` when several may be, or `AwsCallError`. */
export async function collectSchedule(
  aws: Aws,
  name: string,
  context: ToolContext,
): Promise<ScheduleEvidence> {
  context.stage('rule and targets');
  const { rule, targets } = await readRule(aws, name);
  const ruleName = rule.value.Name ?? name;
  context.stage('what the targets name, and what became of the invocations');
  const ecs = targets.items.slice(0, TARGETS_MAX).map(({ value }) => value);
  const networks = ecs.flatMap((one) => one.EcsParameters?.NetworkConfiguration?.awsvpcConfiguration ?? []);
  const subnets = distinct(networks.flatMap((one) => one.Subnets ?? []));
  const groups = distinct(networks.flatMap((one) => one.SecurityGroups ?? []));
  const clusters = distinct(ecs.map((one) => one.Arn).filter((arn) => arn?.includes(':cluster/')));
  const definitions = distinct(ecs.map((one) => one.EcsParameters?.TaskDefinitionArn));
  const [taskDefinitions, seenClusters, roles, seenSubnets, seenGroups, attempts, metrics, tasks] =
    await Promise.all([
      readDefinitions(aws, definitions).then(absentIsNoGap),
      clusters.length === 0 ? nothing<Ecs.Cluster>() : readClusters(aws, clusters),
      readScheduleRoles(aws, distinct(ecs.map((one) => one.RoleArn))),
      subnets.length === 0 ? nothing<Ec2.Subnet>() : readSubnets(aws, subnets),
      groups.length === 0 ? nothing<Ec2.SecurityGroup>() : readGroups(aws, groups),
      readAttempts(aws, { ruleName, targets: ecs, nowMs: context.nowMs }),
      readMetrics(aws, ruleName, context.nowMs),
      readTasksOf(aws, ecs),
    ]);
  return {
    account: aws.account,
    region: aws.region,
    nowMs: context.nowMs,
    rule,
    targets,
    taskDefinitions,
    clusters: seenClusters,
    roles,
    subnets: seenSubnets,
    securityGroups: seenGroups,
    attempts,
    ...metrics,
    tasks,
  };
}

interface RuleAndTargets {
  readonly rule: Observed<EventBridge.DescribeRuleResponse>;
  readonly targets: Seen<EventBridge.Target>;
}

/** By its exact name; else by the one name that holds what was said, since people say "the nightly job". */
async function readRule(aws: Aws, name: string): Promise<RuleAndTargets> {
  const exact = await tryRule(aws, name);
  if (exact !== undefined) return exact;
  const rules = await readList(aws, {
    action: 'events:ListRules',
    input: { Limit: 100 },
    what: 'the rules of EventBridge',
    path: '$.Rules',
    items: (output) => output.Rules,
    pages: 3,
  });
  const names = rules.items.map(({ value }) => value.Name ?? '');
  const holding = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const [only, ...others] = holding;
  if (only !== undefined && others.length === 0) {
    const found = await tryRule(aws, only);
    if (found !== undefined) return found;
  }
  if (others.length > 0) throw fail('name-ambiguous', { name, candidates: holding.slice(0, 8).join(', ') });
  const gap = rules.gaps[0];
  throw fail('resource-unknown', {
    kind: 'EventBridge rule',
    id: name,
    account: aws.account,
    region: aws.region,
    nearest:
      gap === undefined
        ? nearestSentence(name, names)
        : ` Other rules could not be listed (needs ${gap.missingAction}).`,
  });
}

async function tryRule(aws: Aws, name: string): Promise<RuleAndTargets | undefined> {
  const targets = readList(aws, {
    action: 'events:ListTargetsByRule',
    input: { Rule: name },
    what: `the targets of rule ${name}`,
    path: '$.Targets',
    items: (output) => output.Targets,
  });
  try {
    const [answer, seen] = await Promise.all([aws.call('events:DescribeRule', { Name: name }), targets]);
    return { rule: { value: answer.output, at: { id: answer.evidence, path: '$' } }, targets: seen };
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.kind === 'not-found') return undefined;
    throw thrown;
  }
}

/** AWS's "there is no such task definition" is an answer here, and so is an empty list. */
function absentIsNoGap<T>(seen: Seen<T>): Seen<T> {
  const isAbsent = (gap: Seen<T>['gaps'][number]) =>
    gap.kind === 'not-found' || (gap.kind === 'invalid' && /task definition/.test(gap.what));
  return { items: seen.items, gaps: seen.gaps.filter((gap) => !isAbsent(gap)) };
}

function readClusters(aws: Aws, arns: readonly string[]): Promise<Seen<Ecs.Cluster>> {
  return readList(aws, {
    action: 'ecs:DescribeClusters',
    input: { clusters: [...arns] },
    what: 'the clusters of the targets',
    path: '$.clusters',
    items: (output) => output.clusters,
  });
}

/** Tasks of the families the targets name that a rule started. */
async function readTasksOf(aws: Aws, targets: readonly EventBridge.Target[]): Promise<Seen<Ecs.Task>> {
  const lists = await Promise.all(
    targets.flatMap((one) => {
      const family = lastPart(one.EcsParameters?.TaskDefinitionArn ?? '').replace(/:\d+$/, '');
      const cluster = lastPart(one.Arn ?? '');
      if (family === '' || !one.Arn?.includes(':cluster/')) return [];
      return (['STOPPED', 'RUNNING'] as const).map((status) =>
        tasksOfFamily(aws, { cluster, family, status }),
      );
    }),
  );
  const seen = joined(lists);
  const items = seen.items.filter(({ value }) => value.startedBy?.startsWith('events-rule/') === true);
  return { items, gaps: seen.gaps };
}

async function tasksOfFamily(
  aws: Aws,
  { cluster, family, status }: { cluster: string; family: string; status: 'STOPPED' | 'RUNNING' },
): Promise<Seen<Ecs.Task>> {
  const arns = await readList(aws, {
    action: 'ecs:ListTasks',
    input: { cluster, family, desiredStatus: status, maxResults: TASKS_MAX },
    what: `the ${status.toLowerCase()} tasks of ${family}`,
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: 1,
  });
  const ids = arns.items.map(({ value }) => value);
  const gaps = arns.gaps.filter((gap) => gap.kind !== 'not-found');
  if (ids.length === 0) return { items: [], gaps };
  const tasks = await describeTasks(aws, cluster, ids);
  return { items: tasks.items, gaps: [...gaps, ...tasks.gaps] };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].flatMap((value) => (value === undefined ? [] : [value]));
}

function nothing<T>(): Seen<T> {
  return { items: [], gaps: [] };
}
