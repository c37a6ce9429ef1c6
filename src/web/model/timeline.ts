// The AWS calls of a phase as a timeline: stages in the order they began, bars on one shared axis, one summary line.
// Idle time between calls (the planner thinking, a person deciding) is cut out of the axis, so parallel work stays visible.

import type { AwsCall } from '../../contract/call.ts';
import { type CallView, watchTool } from './conversation.ts';
import { count } from './words.ts';

export interface TimelineRow {
  readonly aws: AwsCall;
  /** Where the bar begins and how long it is, in percent of the axis. */
  readonly left: number;
  readonly width: number;
}

export interface TimelineStage {
  readonly key: string;
  readonly name: string;
  readonly rows: readonly TimelineRow[];
}

export interface Timeline {
  readonly stages: readonly TimelineStage[];
  readonly reads: number;
  /** Calls that were sent to AWS to change something, and how many of them AWS has carried out. */
  readonly changes: number;
  readonly made: number;
  /** Changes that were proposed and of which nothing was sent. */
  readonly prepared: number;
  readonly denied: number;
  readonly failed: number;
  readonly answered: number;
  readonly total: number;
  /** Time during which at least one call was under way. */
  readonly busyMs: number;
  readonly running: boolean;
}

/** Builds the timeline of some calls. `now` gives calls that still run their length. */
export function timelineOf(calls: readonly CallView[], now: number): Timeline {
  const shown = calls.filter(({ call }) => call.tool !== watchTool);
  const rows = shown.flatMap((call) =>
    call.aws.map((aws) => ({ aws, stage: `${call.call.id} ${aws.stage}` })),
  );
  const spans = rows.map(({ aws }) => ({ from: aws.startedAt, to: endOf(aws, now) }));
  const { place, busyMs } = axis(spans);
  const scale = Math.max(1, busyMs);
  const stages = new Map<string, { name: string; rows: TimelineRow[] }>();
  for (const { aws, stage } of rows) {
    const group = stages.get(stage) ?? { name: aws.stage, rows: [] };
    stages.set(stage, group);
    const left = (place(aws.startedAt) / scale) * 100;
    const right = (place(endOf(aws, now)) / scale) * 100;
    group.rows.push({ aws, left, width: Math.max(0, right - left) });
  }
  const statuses = rows.map(({ aws }) => aws.status);
  const sent = rows.filter(({ aws }) => !isRead(aws.action));
  const changes = sent.length;
  return {
    stages: [...stages].map(([key, group]) => ({ key, ...group })),
    reads: rows.length - changes,
    changes,
    made: sent.filter(({ aws }) => aws.status === 'ok').length,
    prepared: shown.filter(isPrepared).length,
    denied: statuses.filter((status) => status === 'denied').length,
    failed: statuses.filter((status) => status === 'failed').length,
    answered: statuses.filter((status) => status !== 'started').length,
    total: rows.length,
    busyMs,
    running: statuses.includes('started') || shown.some((call) => call.result === null),
  };
}

function isPrepared({ risk, aws, result }: CallView): boolean {
  const changes = risk === 'change' || risk === 'destroy';
  const sent = aws.some(({ action }) => !isRead(action));
  return changes && !sent && result?.status !== 'refused' && result?.status !== 'failed';
}

/** `7 reads, 1 change prepared`, and once it ran `7 reads, 1 change made`; `tried` when AWS has not said yes. */
export function timelineCounts(timeline: Timeline): string {
  const parts = [count(timeline.reads, 'read')];
  const tried = timeline.changes - timeline.made;
  if (timeline.made > 0) parts.push(`${count(timeline.made, 'change')} made`);
  if (tried > 0) parts.push(`${count(tried, 'change')} tried`);
  if (timeline.prepared > 0) parts.push(`${count(timeline.prepared, 'change')} prepared`);
  return parts.join(', ');
}

/** `in 3 stages, 1 denied`: what follows the number of reads. */
export function timelineDetail(timeline: Timeline): string {
  const stages = timeline.stages.length;
  const parts = [stages === 1 ? 'in 1 stage' : `in ${stages} stages`];
  if (timeline.denied > 0) parts.push(`${timeline.denied} denied`);
  if (timeline.failed > 0) parts.push(`${timeline.failed} failed`);
  return parts.join(', ');
}

/** Whether an AWS action only reads, by the verbs that AWS uses for reading. */
export function isRead(action: string): boolean {
  return /^(?:[a-z0-9-]+:)?(?:Describe|List|Get|Filter|Lookup|BatchGet|Search|Simulate|Head|StartQuery|StopQuery)/i.test(
    action,
  );
}

/** An `aws …` line in the parts a reader tells apart: command, option names, values. */
export function cliParts(
  cli: string,
): { readonly kind: 'command' | 'option' | 'value'; readonly text: string }[] {
  const words = cli.split(/( +)/).filter((word) => word.trim() !== '');
  const firstOption = words.findIndex((word) => word.startsWith('--'));
  const commandEnd = firstOption === -1 ? Math.min(words.length, 3) : firstOption;
  const parts: { kind: 'command' | 'option' | 'value'; text: string }[] = [];
  if (commandEnd > 0) parts.push({ kind: 'command', text: words.slice(0, commandEnd).join(' ') });
  for (const word of words.slice(commandEnd)) {
    const kind = word.startsWith('--') ? 'option' : 'value';
    const last = parts.at(-1);
    if (kind === 'value' && last?.kind === 'value')
      parts[parts.length - 1] = { kind, text: `${last.text} ${word}` };
    else parts.push({ kind, text: word });
  }
  return parts;
}

function endOf(aws: AwsCall, now: number): number {
  return aws.startedAt + (aws.ms ?? Math.max(0, now - aws.startedAt));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

// Merges the spans and returns where an instant falls when only merged time counts.
function axis(spans: readonly Span[]): { place: (at: number) => number; busyMs: number } {
  const merged: { from: number; to: number; before: number }[] = [];
  let busyMs = 0;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) {
      busyMs += Math.max(0, span.to - last.to);
      last.to = Math.max(last.to, span.to);
    } else {
      merged.push({ ...span, before: busyMs });
      busyMs += span.to - span.from;
    }
  }
  const place = (at: number): number => {
    const span = merged.findLast(({ from }) => from <= at);
    return span === undefined ? 0 : span.before + Math.min(at, span.to) - span.from;
  };
  return { place, busyMs };
}
