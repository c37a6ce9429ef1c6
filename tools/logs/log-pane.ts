// A log as people read it: errors kept with what stands around them, repetitions folded with a count, stack traces whole, terminal codes
// and credentials in URLs gone. Nothing is reordered, and what is left out says how much it was.

import { z } from 'zod';
import type { LogLine } from '../../src/diagnosis/evidence.ts';
import type { LogLevel } from '../../src/diagnosis/facts/log-lines.ts';
import { shapeOf } from '../../src/diagnosis/logs/line-shape.ts';
import { recordsOf } from '../../src/diagnosis/logs/records.ts';

export const logPaneLine = z.object({
  /** ISO-8601; null for a line that stands for lines left out. */
  at: z.string().nullable(),
  level: z.enum(['error', 'warn', 'info']),
  text: z.string(),
  /** How many lines like this one there were, when more than one. */
  repeated: z.number().int().optional(),
  note: z.string().optional(),
  /** True for an error or a warning that the log compared with does not have. */
  isNew: z.literal(true).optional(),
});
export type LogPaneLine = z.infer<typeof logPaneLine>;

/** Lines kept before and after an error. */
const AROUND = 3;
const FIRST_KEPT = 5;
const LAST_KEPT = 8;

interface Entry {
  readonly atMs: number;
  readonly text: string;
  readonly level: LogLevel;
  /** The line that says what the record is about: this one, or one of its stack trace. */
  readonly title: string;
  readonly stack: boolean;
  readonly times: number[];
}

/** True for a line that an older log does not have in any form. */
export type IsNew = (line: { readonly level: LogLevel; readonly text: string }) => boolean;

/** Folds and selects `lines` (oldest first) into at most about `max` shown ones. */
export function logPane(lines: readonly LogLine[], max: number, isNew: IsNew = () => false): LogPaneLine[] {
  const entries = folded(lines);
  const show = (entry: Entry): LogPaneLine => shown(entry, isNew);
  if (entries.length <= max) return entries.map(show);
  const kept = selection(entries, max);
  const out: LogPaneLine[] = [];
  let skipped = 0;
  for (const [index, entry] of entries.entries()) {
    if (!kept.has(index)) {
      skipped += entry.times.length;
      continue;
    }
    if (skipped > 0) out.push(leftOut(skipped));
    skipped = 0;
    out.push(show(entry));
  }
  if (skipped > 0) out.push(leftOut(skipped));
  return out;
}

/** How many lines of each level there were before folding. Lines of a stack trace count once, with the line they belong to. */
export function countLevels(lines: readonly LogLine[]): Record<LogLevel, number> {
  const counts = { error: 0, warn: 0, info: 0 };
  for (const { level } of recordsOf(lines)) counts[level] += 1;
  return counts;
}

function folded(lines: readonly LogLine[]): Entry[] {
  const entries: Entry[] = [];
  const byShape = new Map<string, Entry>();
  for (const {
    atMs,
    level,
    title,
    lines: [text = '', ...trace],
  } of recordsOf(lines)) {
    const key = `${level} ${shapeOf(title)}`;
    const known = byShape.get(key);
    if (known !== undefined) {
      known.times.push(atMs);
      continue;
    }
    const head = { atMs, text, level, title, stack: false, times: [atMs] };
    byShape.set(key, head);
    entries.push(head);
    // The trace of a repeated error is shown with its first one.
    for (const line of trace) entries.push({ ...head, text: line, stack: true, times: [atMs] });
  }
  return entries;
}

function selection(entries: readonly Entry[], max: number): Set<number> {
  const kept = new Set<number>();
  const keep = (index: number): void => {
    if (index >= 0 && index < entries.length && kept.size < max) kept.add(index);
  };
  const graves = entries.flatMap(({ level, stack }, index) => (level === 'error' && !stack ? [index] : []));
  for (const index of graves) keep(index);
  for (const index of graves) for (let at = index + 1; entries[at]?.stack === true; at += 1) keep(at);
  for (let index = 0; index < FIRST_KEPT; index += 1) keep(index);
  for (let index = entries.length - LAST_KEPT; index < entries.length; index += 1) keep(index);
  for (let distance = 1; distance <= AROUND; distance += 1)
    for (const index of graves) {
      keep(index - distance);
      keep(index + distance);
    }
  for (const [index, entry] of entries.entries()) if (entry.level === 'warn') keep(index);
  return kept;
}

function shown(entry: Entry, isNew: IsNew): LogPaneLine {
  const count = entry.times.length;
  const fresh = !entry.stack && entry.level !== 'info' && isNew({ level: entry.level, text: entry.title });
  return {
    at: new Date(entry.atMs).toISOString(),
    level: entry.level,
    text: entry.text,
    ...(count > 1 ? { repeated: count } : {}),
    ...rhythm(entry.times),
    ...(fresh ? { isNew: true as const } : {}),
  };
}

/** "every 10 s" when the repetitions come at an even pace. */
function rhythm(times: readonly number[]): { note?: string } {
  if (times.length < 3) return {};
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (mean < 500 || gaps.some((gap) => Math.abs(gap - mean) > mean * 0.25)) return {};
  return { note: `every ${Math.round(mean / 1000)} s` };
}

function leftOut(count: number): LogPaneLine {
  return { at: null, level: 'info', text: '', note: `${count} ${count === 1 ? 'line' : 'lines'} left out` };
}
