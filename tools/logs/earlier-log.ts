// What is new in a failed task's log: its errors and warnings against the log of a task of another revision that ran. That log is read
// from both ends, since a task that has run for days says at its beginning what a new one says at once. Nothing readable there leaves
// nothing to compare with, and then nothing is called new.

import type { Aws } from '../../src/contract/aws.ts';
import type { LogLine } from '../../src/diagnosis/evidence.ts';
import { newestFirst, type TaskFacts } from '../../src/diagnosis/facts/tasks.ts';
import { createLogMiner } from '../../src/diagnosis/logs/miner.ts';
import { createTemplateSet, type LogTemplate, newTemplates } from '../../src/diagnosis/logs/templates.ts';
import { logPlace, readLog } from '../diagnose/collect-logs.ts';
import type { IsNew } from './log-pane.ts';

export interface EarlierLog {
  readonly revision: string;
  readonly task: string;
  /** How many of its lines were read. */
  readonly lines: number;
  readonly isNew: IsNew;
  readonly evidence: readonly string[];
}

const LINES_EACH_END = 500;

/** The log of `container` in the newest task that ran another revision without failing; undefined when there is none to read. */
export async function readEarlierLog(
  aws: Aws,
  tasks: readonly TaskFacts[],
  { failed, container }: { failed: TaskFacts; container: string },
): Promise<EarlierLog | undefined> {
  const others = tasks.filter((one) => one.revision !== failed.revision && !one.failed);
  const [task] = newestFirst(others.filter((one) => !one.stopped)).concat(newestFirst(others));
  const definition = task?.containers.find((one) => one.name === container)?.definition;
  if (task === undefined || definition === undefined) return undefined;
  const place = logPlace(task, definition.value, aws.region);
  if ('problem' in place) return undefined;
  const [head, tail] = await Promise.all([
    readLog(aws, place, LINES_EACH_END, 'head'),
    readLog(aws, place, LINES_EACH_END),
  ]);
  if (head.log === undefined || tail.log === undefined) return undefined;
  const lines = [...head.log.lines, ...tail.log.lines];
  if (lines.length === 0) return undefined;
  return {
    revision: task.revision,
    task: task.id,
    // A short log is read twice.
    lines: Math.min(
      lines.length,
      head.log.lines.length < LINES_EACH_END ? head.log.lines.length : lines.length,
    ),
    isNew: isNewTo(lines),
    evidence: [...new Set([head.log.evidence, tail.log.evidence])],
  };
}

function isNewTo(lines: readonly LogLine[]): IsNew {
  const miner = createLogMiner();
  for (const { text, atMs } of lines) miner.line(text, atMs);
  const before = miner.result().templates;
  return ({ text }) => newTemplates([templateOf(text)], before).length > 0;
}

function templateOf(text: string): LogTemplate {
  const set = createTemplateSet();
  set.place(text);
  // One text makes one template.
  return set.all()[0] as LogTemplate;
}
