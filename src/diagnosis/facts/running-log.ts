// What a task that runs and counts as well keeps complaining of in its log: a destination that never answers, a call that AWS refuses each
// time. A shallow health check does not see it. One error, one that is over, one the program says it goes on without is nothing to look into.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { ContainerLog, EvidenceBundle, LogLine } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { failedAttempts, isOnHost, kindOf, withoutCredentials } from './attempts.ts';
import { goesOnWithout } from './bearing.ts';
import { levelOf, plainLine, saysItIsLight } from './log-lines.ts';
import { refusalIn } from './refusal.ts';

/** What is repeated now; the log holds the lines of that time only. */
export interface RunningTrouble {
  readonly log: ContainerLog;
  /** unreached: connections fail · refused: AWS refuses a call. */
  readonly kinds: ReadonlySet<'unreached' | 'refused'>;
  /** The newest such line. */
  readonly text: string;
  readonly at: EvidenceRef;
}

/** Older lines belong to another story. */
const WINDOW_MS = 20 * 60_000;
/** Trouble whose last line is older than this may be over. */
const FRESH_MS = 8 * 60_000;
const TIMES_MIN = 3;
/** So many at once are one event. */
const SPAN_MIN_MS = 2 * 60_000;
const LINE_CHARS = 1_000;

/** What was not reached before is reached, or was told to be. */
const OVER =
  /\b(?:re-?connected|connected to|connection (?:re-?)?established|recovered|back (?:up|online|to normal)|(?:ok|succeeded|successful(?:ly)?) (?:after|on) \w+ (?:retry|retries|attempt))/i;
/** Traces, metrics and log records that nobody takes harm nobody who asks the service. */
const TELEMETRY = /^(?:xray|logs|aps|ec2messages|ssmmessages|cloudwatch):/i;

/** The trouble in the log of a running task, the first of several; undefined when there is none or no log was read. */
export function runningTrouble({ runningLogs = [], nowMs }: EvidenceBundle): RunningTrouble | undefined {
  for (const log of runningLogs) {
    const lines = log.lines.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS && atMs <= nowMs);
    const errors = lines.filter((line) => isError(plainLine(line.text, LINE_CHARS)));
    const kinds = new Set<'unreached' | 'refused'>();
    if (isUnreached(log, lines, { errors, nowMs })) kinds.add('unreached');
    if (refusalsRepeat(errors, nowMs)) kinds.add('refused');
    const last = errors.findLast(({ text }) => isOf(kinds, plainLine(text, LINE_CHARS)));
    if (last === undefined) continue;
    const text = tidy(withoutCredentials(plainLine(last.text, LINE_CHARS)), 240);
    return { log: { ...log, lines }, kinds, text, at: { id: log.evidence, path: last.path } };
  }
  return undefined;
}

/** The bundle in which the log of the running task is one that is searched for causes, as those of failed tasks are. */
export function withRunningLog(bundle: EvidenceBundle, { log }: RunningTrouble): EvidenceBundle {
  return { ...bundle, logs: [...bundle.logs, log] };
}

/** The bundle in which nothing that the running task logged matters. */
export function withoutTrouble(bundle: EvidenceBundle): EvidenceBundle {
  const logs = bundle.runningLogs ?? [];
  return { ...bundle, runningLogs: logs.map((log) => ({ ...log, lines: [] })) };
}

function isOf(kinds: RunningTrouble['kinds'], text: string): boolean {
  return (
    (kinds.has('refused') && refusalIn(text) !== undefined) ||
    (kinds.has('unreached') && kindOf(text) !== undefined)
  );
}

function isError(text: string): boolean {
  return levelOf(text) === 'error' && !saysItIsLight(text) && !goesOnWithout(text);
}

function isUnreached(
  log: ContainerLog,
  lines: readonly LogLine[],
  { errors, nowMs }: { errors: readonly LogLine[]; nowMs: number },
): boolean {
  const failed = errors.filter(({ text }) => kindOf(plainLine(text, LINE_CHARS)) !== undefined);
  const last = failed.at(-1)?.atMs ?? 0;
  if (!repeats(failed, nowMs) || lines.some(({ atMs, text }) => atMs >= last && OVER.test(text)))
    return false;
  return failedAttempts([{ ...log, lines: failed }]).some(({ host }) => !isOnHost(host));
}

/** One call, refused again and again. */
function refusalsRepeat(errors: readonly LogLine[], nowMs: number): boolean {
  const byAction = new Map<string, LogLine[]>();
  for (const line of errors) {
    const action = refusalIn(plainLine(line.text, LINE_CHARS))?.action.toLowerCase();
    if (action === undefined || TELEMETRY.test(action)) continue;
    byAction.set(action, [...(byAction.get(action) ?? []), line]);
  }
  return [...byAction.values()].some((told) => repeats(told, nowMs));
}

function repeats(told: readonly LogLine[], nowMs: number): boolean {
  const [first] = told;
  const last = told.at(-1);
  if (first === undefined || last === undefined || told.length < TIMES_MIN) return false;
  return last.atMs - first.atMs >= SPAN_MIN_MS && nowMs - last.atMs <= FRESH_MS;
}
