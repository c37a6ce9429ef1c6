// Why did this task stop, or why does it not start? Of any task: of a service, of a schedule, or run by hand. The task itself is judged,
// whatever its service does now.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { lastPart } from '../arn.ts';
import { clusterField, taskField } from '../fields.ts';
import { textOf } from '../text-lines.ts';
import { collectTask, collectTaskActions } from './collect-task.ts';
import { diagnosisParts, logsOf, timelineFieldOf } from './diagnosis-parts.ts';
import { costLine, findingLines, logLines, ruledOutLines, timelineLines } from './diagnosis-text.ts';
import { measured } from './measured.ts';
import { serviceSummary, summaryOf } from './service-summary.ts';
import { taskLines, taskSummary, taskSummaryOf } from './task-summary.ts';

const output = z.object({
  ...diagnosisParts,
  task: taskSummary,
  /** The service it belongs to, as it is now; null for a task that no service started. */
  service: serviceSummary.nullable(),
});
export type DiagnoseTaskOutput = z.infer<typeof output>;

export const diagnoseTask = defineReadTool({
  name: 'diagnose_task',
  summary:
    'Finds out why one ECS task stopped or does not start: its stop code, reason and exit codes, the log of the container that failed first, the network around it, every known cause tested. For tasks of services and for tasks that no service started (RunTask, schedules). Needs the id or ARN of the task; AWS forgets stopped tasks after about an hour.',
  risk: 'reveal',
  actions: [...collectTaskActions],
  input: z.strictObject({
    cluster: clusterField
      .optional()
      .describe('Name of the ECS cluster; when left out, all clusters are looked through.'),
    task: taskField,
  }),
  output,
  target: ({ cluster, task }) => ({
    ...(cluster === undefined ? {} : { cluster: lastPart(cluster) }),
    resources: [task],
  }),
  run: async (input, aws, context) => {
    const measure = measured(aws, context);
    const { bundle, cluster, service } = await collectTask(measure.aws, input, { context: measure.context });
    const { facts, findings } = diagnose(bundle);
    const [task] = facts.tasks;
    if (task === undefined) throw new Error('a task was found and is not among the facts');
    const failed = facts.condition === 'troubled' && task.failed;
    return {
      at: new Date(context.nowMs).toISOString(),
      task: taskSummaryOf(task, { cluster, service, failed }),
      service: service === null ? null : summaryOf(facts),
      findings: [...findings],
      timeline: timelineFieldOf(facts, findings),
      logs: logsOf(bundle),
      stats: measure.stats(),
    };
  },
  text: (out) =>
    textOf(
      [
        ...taskLines(out.task),
        ...out.findings.slice(0, 3).flatMap((one) => findingLines(one)),
        ...ruledOutLines(out.findings[0]),
        ...timelineLines(out.timeline),
        ...logLines(out.logs),
        costLine(out.stats),
      ],
      [],
    ),
});
