// Why did the nightly job not run? The rule, its target, the role, the task definition, the recorded requests and failures; and when the
// task did start, why the newest one failed.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { finding } from '../../src/contract/finding.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { failedByOwner } from '../../src/diagnosis/overview.ts';
import { diagnoseSchedule as judgeSchedule } from '../../src/diagnosis/schedule/diagnose-schedule.ts';
import type { ScheduleEvidence } from '../../src/diagnosis/schedule/evidence.ts';
import { lastPart } from '../arn.ts';
import { ruleNameField } from '../fields.ts';
import { oneLine, textOf } from '../text-lines.ts';
import { collectSchedule, collectScheduleActions } from './collect-schedule.ts';
import { collectTask, collectTaskActions } from './collect-task.ts';
import { shortened } from './deep-look.ts';
import { timelineField } from './diagnosis-parts.ts';
import { costLine, findingLines, timelineLines } from './diagnosis-text.ts';
import { measured, statsField } from './measured.ts';

const MOMENTS_MAX = 12;

const output = z.object({
  at: z.string(),
  rule: z.object({
    name: z.string(),
    arn: z.string().nullable(),
    state: z.string().nullable(),
    schedule: z.string().nullable(),
    targets: z
      .array(
        z.object({
          id: z.string(),
          cluster: z.string(),
          taskDefinition: z.string().nullable(),
          role: z.string().nullable(),
          launchType: z.string().nullable(),
        }),
      )
      .max(5),
    evidence: z.string(),
  }),
  findings: z.array(finding).max(10),
  timeline: timelineField,
  stats: statsField,
});
export type DiagnoseScheduleOutput = z.infer<typeof output>;

export const diagnoseSchedule = defineReadTool({
  name: 'diagnose_schedule',
  summary:
    'Finds out why a scheduled task did not run: takes an EventBridge rule and looks at its state and targets, the role (trust, RunTask, PassRole, TagResource), the task definition, subnets and groups, the RunTask requests CloudTrail recorded, FailedInvocations, and the tasks it started; a task that started and failed is diagnosed too.',
  risk: 'reveal',
  actions: [...new Set([...collectScheduleActions, ...collectTaskActions])],
  input: z.strictObject({ rule: ruleNameField }),
  output,
  target: ({ rule }) => ({ resources: [rule] }),
  run: async ({ rule }, aws, context) => {
    const measure = measured(aws, context);
    const evidence = await collectSchedule(measure.aws, rule, measure.context);
    const findings = judgeSchedule(evidence).slice(0, 8);
    const isRefused = findings.some((one) => one.class === 'schedule-invocation-failed');
    const ran = isRefused ? [] : await newestFailure(measure.aws, evidence, measure.context);
    return {
      at: new Date(context.nowMs).toISOString(),
      rule: ruleFields(evidence),
      findings: [...ran, ...findings],
      timeline: timelineOf(evidence),
      stats: measure.stats(),
    };
  },
  text: (out) =>
    textOf(
      [
        `Rule ${out.rule.name}: ${out.rule.state ?? 'state unknown'}, ${out.rule.schedule ?? 'no schedule'} [${out.rule.evidence}]`,
        ...out.rule.targets.map(
          (one) =>
            `Target ${one.id}: ${one.taskDefinition ?? 'no task definition'} in ${one.cluster}, role ${one.role ?? 'none'}`,
        ),
        ...out.findings.slice(0, 3).flatMap((one) => findingLines(one)),
        ...timelineLines(out.timeline),
        costLine(out.stats),
      ],
      [],
    ),
});

/** The rule does start tasks: then what is wrong may be the task. */
async function newestFailure(aws: Aws, evidence: ScheduleEvidence, context: ToolContext) {
  const [failed] = failedByOwner(evidence.tasks.items, evidence.nowMs);
  const task = evidence.tasks.items.find(
    ({ value }) => lastPart(value.taskArn ?? '') === failed?.newest.task,
  );
  if (task?.value.clusterArn === undefined || failed === undefined) return [];
  const wanted = { cluster: lastPart(task.value.clusterArn), task: failed.newest.task };
  const { bundle } = await collectTask(aws, wanted, { context });
  const [first] = diagnose(bundle).findings;
  return first === undefined || first.class === 'healthy' ? [] : [shortened(first)];
}

function ruleFields({ rule, targets }: ScheduleEvidence): DiagnoseScheduleOutput['rule'] {
  return {
    name: rule.value.Name ?? '',
    arn: rule.value.Arn ?? null,
    state: rule.value.State ?? null,
    schedule: rule.value.ScheduleExpression ?? null,
    targets: targets.items.slice(0, 5).map(({ value }) => ({
      id: value.Id ?? '',
      cluster: lastPart(value.Arn ?? ''),
      taskDefinition:
        value.EcsParameters === undefined ? null : lastPart(value.EcsParameters.TaskDefinitionArn ?? ''),
      role: value.RoleArn ?? null,
      launchType: value.EcsParameters?.LaunchType ?? null,
    })),
    evidence: rule.at.id,
  };
}

/** Requests and tasks in order; what ended how. */
function timelineOf({ attempts, tasks }: ScheduleEvidence): DiagnoseScheduleOutput['timeline'] {
  const asked = attempts.items.map(({ value, at }) => ({
    atMs: value.atMs,
    what:
      value.errorCode !== undefined
        ? `RunTask was refused: ${value.errorCode}.`
        : value.failures.length > 0
          ? `RunTask started nothing: ${value.failures.join(', ')}.`
          : 'RunTask was accepted.',
    evidence: at.id,
  }));
  const ended = tasks.items.flatMap(({ value, at }) =>
    value.stoppedAt === undefined
      ? []
      : [
          {
            atMs: value.stoppedAt.getTime(),
            what: `Task ${lastPart(value.taskArn ?? '')} stopped: "${(value.stoppedReason ?? '').slice(0, 140)}".`,
            evidence: at.id,
          },
        ],
  );
  return [...asked, ...ended]
    .sort((a, b) => a.atMs - b.atMs)
    .slice(-MOMENTS_MAX)
    .map(({ atMs, what, evidence }) => ({
      at: new Date(atMs).toISOString(),
      what: oneLine(what, 240),
      evidence,
    }));
}
