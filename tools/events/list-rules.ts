// events_list_rules: the EventBridge rules that start tasks on a cluster, and whether they are switched on.

import type { Target } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, partitionOf, requireOwn } from '../arn.ts';
import { clusterField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const RULES_MAX = 40;
const TARGETS_MAX = 20;

const target = z.object({
  id: z.string(),
  taskDefinition: z.string(),
  count: z.number(),
  launchType: z.string().nullable(),
  role: z.string().nullable(),
  deadLetterQueue: z.string().nullable(),
});

const rule = z.object({
  name: z.string(),
  state: z.string(),
  schedule: z.string().nullable(),
  pattern: z.string().nullable(),
  targets: z.array(target).max(TARGETS_MAX),
});

export const eventsListRules = defineReadTool({
  name: 'events_list_rules',
  summary:
    'Lists the EventBridge rules of the default bus that run tasks on an ECS cluster: schedule or pattern, whether they are enabled, task definition, role and dead-letter queue. Use it when a scheduled task does not run.',
  risk: 'read',
  actions: ['events:ListRuleNamesByTarget', 'events:DescribeRule', 'events:ListTargetsByRule'],
  input: z.strictObject({ cluster: clusterField }),
  output: z.object({ items: z.array(rule).max(RULES_MAX), more: moreField, evidence: evidenceField }),
  target: ({ cluster }) => ({ cluster: lastPart(cluster), resources: [] }),
  run: async ({ cluster }, aws) => {
    requireOwn(aws, [cluster]);
    const TargetArn = clusterArn(cluster, aws);
    const names = await collectPages(RULES_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('events:ListRuleNamesByTarget', {
        TargetArn,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.RuleNames ?? [], next: output.NextToken, evidence };
    });
    const evidence = [...names.evidence];
    const items: z.infer<typeof rule>[] = [];
    for (const Name of names.items) {
      const found = await aws.call('events:DescribeRule', { Name });
      const targets = await targetsOf(aws, Name);
      evidence.push(found.evidence, ...targets.evidence);
      items.push({
        name: oneLine(Name, 64),
        state: found.output.State ?? 'unknown',
        schedule: found.output.ScheduleExpression ?? null,
        pattern: found.output.EventPattern === undefined ? null : oneLine(found.output.EventPattern),
        targets: targets.items.filter((one) => one.Arn === TargetArn).map(factsOf),
      });
    }
    return { items, more: names.more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'rule')}.`,
        ...items.flatMap((one) => [
          `${one.name}: ${one.state}, ${one.schedule ?? `on ${one.pattern ?? 'an unknown event'}`}`,
          ...one.targets.map(
            (each) =>
              `  runs ${each.count} of ${each.taskDefinition}${each.launchType === null ? '' : ` on ${each.launchType}`} with the role ${each.role ?? 'none'}, dead-letter queue ${each.deadLetterQueue ?? 'none'}`,
          ),
        ]),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function clusterArn(cluster: string, { account, region }: Aws): string {
  if (cluster.startsWith('arn:')) return cluster;
  return `arn:${partitionOf(region)}:ecs:${region}:${account}:cluster/${cluster}`;
}

function targetsOf(aws: Aws, Rule: string) {
  return collectPages(TARGETS_MAX, async (NextToken) => {
    const { output, evidence } = await aws.call('events:ListTargetsByRule', {
      Rule,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: output.Targets ?? [], next: output.NextToken, evidence };
  });
}

function factsOf(found: Target): z.infer<typeof target> {
  const { EcsParameters: ecs } = found;
  return {
    id: oneLine(found.Id ?? '', 64),
    taskDefinition: lastPart(ecs?.TaskDefinitionArn ?? 'an unknown definition'),
    count: ecs?.TaskCount ?? 1,
    launchType: ecs?.LaunchType ?? null,
    role: found.RoleArn ?? null,
    deadLetterQueue: found.DeadLetterConfig?.Arn ?? null,
  };
}
