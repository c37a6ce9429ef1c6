// The log of one task: of the task that is named, else of the newest failed task of the service. Errors first for the planner, folded and
// in order for people. Reads one stream, found from the task definition the task ran.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import type { ContainerLog } from '../../src/diagnosis/evidence.ts';
import { factsOf } from '../../src/diagnosis/facts/facts.ts';
import type { ContainerFacts, TaskFacts } from '../../src/diagnosis/facts/tasks.ts';
import { newestFirst } from '../../src/diagnosis/facts/tasks.ts';
import { lastPart } from '../arn.ts';
import { collectTasks } from '../diagnose/collect.ts';
import { type LogPlace, logPlace, readLog } from '../diagnose/collect-logs.ts';
import { findServiceActions } from '../diagnose/find-service.ts';
import { clusterField, serviceField, taskField } from '../fields.ts';
import { counted, textOf } from '../text-lines.ts';
import { type EarlierLog, readEarlierLog } from './earlier-log.ts';
import { countLevels, logPane, logPaneLine } from './log-pane.ts';

const LINES_READ_MAX = 1_000;
const LINES_SHOWN = 120;

const output = z.object({
  cluster: z.string(),
  service: z.string(),
  task: z.string(),
  container: z.string(),
  revision: z.string(),
  /** Why this task: named, newest failed, or newest running because none has failed. */
  chosen: z.enum(['named', 'newest-failed', 'newest-running']),
  lastStatus: z.string(),
  stoppedReason: z.string(),
  group: z.string(),
  stream: z.string(),
  /** ISO-8601 of the first and last line that was read. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  counts: z.object({ error: z.number().int(), warn: z.number().int(), info: z.number().int() }),
  /** True when the stream begins before the first line that was read. */
  more: z.boolean(),
  lines: z.array(logPaneLine).max(300),
  /** The log of another revision that ran, which `isNew` of a line refers to; null when there is none to compare with. */
  comparedWith: z.object({ revision: z.string(), task: z.string(), lines: z.number().int() }).nullable(),
  evidence: z.array(z.string()).max(10),
});
export type TaskLogsOutput = z.infer<typeof output>;

export const taskLogs = defineReadTool({
  name: 'task_logs',
  summary:
    'Shows the log of a task of an ECS service: of the named task, else of its newest failed task. Errors are kept with what stands around them, repetitions are folded, stack traces are whole, and errors that a revision which ran did not log are marked as new. Use it when somebody wants to see logs, or when a cause has to be read from them.',
  risk: 'reveal',
  actions: [
    ...findServiceActions,
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeTaskDefinition',
    'logs:GetLogEvents',
  ],
  input: z.strictObject({
    cluster: clusterField.optional(),
    service: serviceField,
    task: taskField.optional().describe('Id or ARN of the task; when left out, the newest failed task.'),
    container: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,255}$/)
      .optional()
      .describe('Name of the container; when left out, the one that failed first.'),
    lines: z
      .number()
      .int()
      .min(1)
      .max(LINES_READ_MAX)
      .optional()
      .describe('How many of the last lines are read; 300 when left out.'),
  }),
  output,
  target: ({ cluster, service, task }) => ({
    ...(cluster === undefined ? {} : { cluster }),
    service,
    resources: task === undefined ? [] : [task],
  }),
  run,
  text: (out) => {
    const errors = out.lines.filter((line) => line.level === 'error');
    const fresh = out.lines.filter((line) => line.isNew === true).length;
    const line = (one: TaskLogsOutput['lines'][number]) =>
      `  ${one.at?.slice(11, 19) ?? ''} ${one.text}${one.repeated === undefined ? '' : ` (×${one.repeated})`}${one.note === undefined ? '' : ` (${one.note})`}${one.isNew === true ? ' (new)' : ''}`;
    return textOf(
      [
        `Log of ${out.container}, task ${out.task} (${out.revision}, ${out.lastStatus}${out.stoppedReason === '' ? '' : `, "${out.stoppedReason}"`}) of ${out.service}: ${counted(out.counts.error, 'error line')}, ${counted(out.counts.warn, 'warning')}, ${out.counts.info} others`,
        ...(errors.length === 0
          ? ['No line looks like an error.']
          : ['Errors:', ...errors.slice(0, 15).map(line)]),
        ...(out.comparedWith === null
          ? []
          : [
              `New, because not among ${counted(out.comparedWith.lines, 'line')} of ${out.comparedWith.revision} (task ${out.comparedWith.task}): ${counted(fresh, 'kind')} of errors and warnings`,
            ]),
        'In order:',
        ...out.lines.slice(-40).map(line),
      ],
      out.evidence,
    );
  },
});

interface Input {
  readonly cluster?: string | undefined;
  readonly service: string;
  readonly task?: string | undefined;
  readonly container?: string | undefined;
  readonly lines?: number | undefined;
}

async function run(input: Input, aws: Aws, context: ToolContext): Promise<TaskLogsOutput> {
  const bundle = await collectTasks(aws, input, context);
  const facts = factsOf(bundle);
  const { task, chosen } = choose(facts.tasks, input);
  const gap = bundle.tasks.gaps[0];
  if (task === undefined) {
    throw fail('logs-unavailable', {
      detail:
        gap !== undefined
          ? `${gap.what} could not be read`
          : input.task === undefined
            ? `no task of ${facts.service.name} is visible any more`
            : `task ${lastPart(input.task)} is not among the tasks of ${facts.service.name} that AWS still shows`,
      advice:
        gap === undefined
          ? 'AWS shows stopped tasks for about an hour; older ones are found in the log group.'
          : `Allow ${gap.missingAction}.`,
    });
  }
  const place = placeFor(task, pickContainer(task, input.container), bundle.region);
  context.stage('log stream');
  const wanted = input.lines ?? 300;
  const [read, earlier] = await Promise.all([
    readLog(aws, place, wanted),
    task.failed
      ? readEarlierLog(aws, facts.tasks, { failed: task, container: place.container })
      : Promise.resolve(undefined),
  ]);
  if (read.log === undefined) throw unavailable(place, read);
  return outputOf(read.log, {
    task,
    chosen,
    earlier,
    cluster: bundle.cluster,
    service: facts.service.name,
    wanted,
  });
}

function choose(
  tasks: readonly TaskFacts[],
  input: Input,
): { task: TaskFacts | undefined; chosen: TaskLogsOutput['chosen'] } {
  if (input.task !== undefined) {
    const id = lastPart(input.task);
    return { task: tasks.find((one) => one.id === id), chosen: 'named' };
  }
  const failed = newestFirst(tasks.filter((one) => one.failed))[0];
  if (failed !== undefined) return { task: failed, chosen: 'newest-failed' };
  return { task: newestFirst(tasks.filter((one) => !one.stopped))[0], chosen: 'newest-running' };
}

function pickContainer(task: TaskFacts, name: string | undefined): ContainerFacts {
  const own = task.containers.filter((one) => !one.injected);
  const picked =
    name === undefined
      ? (task.culprit ?? own.find((one) => one.essential === true) ?? own[0])
      : task.containers.find((one) => one.name === name);
  if (picked === undefined) {
    throw fail('logs-unavailable', {
      detail:
        name === undefined ? 'the task shows no containers' : `task ${task.id} has no container ${name}`,
      advice: `Its containers are ${task.containers.map((one) => one.name).join(', ') || 'not known'}.`,
    });
  }
  return picked;
}

function placeFor(task: TaskFacts, container: ContainerFacts, region: string): LogPlace {
  if (container.definition === undefined) {
    throw fail('logs-unavailable', {
      detail: `the task definition ${task.revision} could not be read`,
      advice: 'Allow ecs:DescribeTaskDefinition.',
    });
  }
  const place = logPlace(task, container.definition.value, region);
  if ('problem' in place) throw fail('logs-unavailable', { detail: place.problem, advice: place.advice });
  return place;
}

function unavailable(place: LogPlace, read: Awaited<ReturnType<typeof readLog>>): Error {
  if (read.gap !== undefined)
    return fail('logs-unavailable', {
      detail: `${read.gap.what} could not be read`,
      advice: `Allow ${read.gap.missingAction}.`,
    });
  const absent = read.presence?.state === 'group-absent';
  return fail('logs-unavailable', {
    detail: absent
      ? `the log group ${place.group} does not exist`
      : `the container wrote nothing: there is no stream ${place.stream}`,
    advice: absent
      ? 'Create the group; without it tasks may not even start.'
      : 'It may have failed before its program began.',
  });
}

function outputOf(
  log: ContainerLog,
  about: {
    task: TaskFacts;
    chosen: TaskLogsOutput['chosen'];
    earlier: EarlierLog | undefined;
    cluster: string;
    service: string;
    wanted: number;
  },
): TaskLogsOutput {
  const { task, earlier } = about;
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    cluster: about.cluster,
    service: about.service,
    task: task.id,
    container: log.container,
    revision: task.revision,
    chosen: about.chosen,
    lastStatus: task.lastStatus,
    stoppedReason: task.stoppedReason.slice(0, 300),
    group: log.group,
    stream: log.stream,
    from: iso(log.lines[0]?.atMs),
    to: iso(log.lines.at(-1)?.atMs),
    counts: countLevels(log.lines),
    more: log.lines.length >= about.wanted,
    lines: logPane(log.lines, LINES_SHOWN, earlier?.isNew),
    comparedWith:
      earlier === undefined ? null : { revision: earlier.revision, task: earlier.task, lines: earlier.lines },
    evidence: [log.evidence, task.observed.at.id, ...(earlier?.evidence ?? [])],
  };
}
