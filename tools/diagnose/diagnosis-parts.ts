// The parts every diagnosis has besides its subject: the moment it was made, the findings, what happened in which order, the logs
// behind it, and what it cost.

import { z } from 'zod';
import { type Finding, finding } from '../../src/contract/finding.ts';
import type { EvidenceBundle } from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { timelineOf } from '../../src/diagnosis/timeline.ts';
import { countLevels, logPane, logPaneLine } from '../logs/log-pane.ts';
import { oneLine } from '../text-lines.ts';
import { statsField } from './measured.ts';

const LOG_LINES_SHOWN = 40;
const LOGS_SHOWN = 6;

export const timelineField = z
  .array(z.object({ at: z.string(), what: z.string(), evidence: z.string() }))
  .max(12);

export const logsField = z
  .array(
    z.object({
      task: z.string(),
      container: z.string(),
      group: z.string(),
      stream: z.string(),
      evidence: z.string(),
      counts: z.object({ error: z.number().int(), warn: z.number().int(), info: z.number().int() }),
      lines: z.array(logPaneLine).max(100),
    }),
  )
  .max(LOGS_SHOWN);

export const diagnosisParts = {
  /** ISO-8601: the moment all ages refer to. */
  at: z.string(),
  findings: z.array(finding).max(10),
  /** Oldest first. */
  timeline: timelineField,
  logs: logsField,
  stats: statsField,
};

/** The last lines of each log that was read. */
export function logsOf(bundle: Pick<EvidenceBundle, 'logs'>): z.infer<typeof logsField> {
  return bundle.logs.slice(0, LOGS_SHOWN).map((log) => ({
    task: log.taskArn.split('/').at(-1) ?? log.taskArn,
    container: log.container,
    group: log.group,
    stream: log.stream,
    evidence: log.evidence,
    counts: countLevels(log.lines),
    lines: logPane(log.lines, LOG_LINES_SHOWN),
  }));
}

/** What happened in which order, oldest first. */
export function timelineFieldOf(facts: Facts, findings: readonly Finding[]): z.infer<typeof timelineField> {
  return timelineOf(facts, findings).map(({ atMs, what, evidence }) => ({
    at: new Date(atMs).toISOString(),
    what: oneLine(what, 240),
    evidence: evidence.id,
  }));
}
