// A log as people read it: errors kept with what stands around them, repetitions folded with a count, stack traces whole, terminal codes
// and credentials in URLs gone. Nothing is reordered, and what is left out says how much it was.

import { z } from 'zod';
import type { LogLine } from '../../src/diagnosis/evidence.ts';
import { withoutCredentials } from '../../src/diagnosis/facts/attempts.ts';
import {
  isStackLine,
  type LogLevel,
  levelOf,
  lineShape,
  plainLine,
} from '../../src/diagnosis/facts/log-lines.ts';

export const logPaneLine = z.object({
  /** ISO-8601; null for a line that stands for lines left out. */
  at: z.string().nullable(),
  level: z.enum(['error', 'warn', 'info']),
  text: z.string(),
  /** How many lines like this one there were, when more than one. */
  repeated: z.number().int().optional(),
  note: z.string().optional(),
});
export type LogPaneLine = z.infer<typeof logPaneLine>;

/** Lines kept before and after an error. */
const AROUND = 3;
const FIRST_KEPT = 5;
const LAST_KEPT = 8;
const LINE_CHARS = 600;

interface Entry {
  readonly atMs: number;
  readonly text: string;
  readonly level: LogLevel;
  readonly stack: boolean;
  readonly times: number[];
}

/** Folds and selects `lines` (oldest first) into at most about `max` shown ones. */
export function logPane(lines: readonly LogLine[], max: number): LogPaneLine[] {
  const entries = folded(lines);
  if (entries.length <= max) return entries.map(shown);
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
    out.push(shown(entry));
  }
  if (skipped > 0) out.push(leftOut(skipped));
  return out;
}

/** How many lines of each level there were before folding. */
export function countLevels(lines: readonly LogLine[]): Record<LogLevel, number> {
  const counts = { error: 0, warn: 0, info: 0 };
  for (const entry of folded(lines)) counts[entry.level] += entry.times.length;
  return counts;
}

function folded(lines: readonly LogLine[]): Entry[] {
  const entries: Entry[] = [];
  const byShape = new Map<string, Entry>();
  let head: { entry: Entry; first: boolean } | undefined;
  for (const line of lines) {
    const text = withoutCredentials(plainLine(line.text, LINE_CHARS));
    if (text.trim() === '') continue;
    if (isStackLine(line.text) && head !== undefined) {
      // The trace of a repeated error was shown with its first one.
      if (head.first)
        entries.push({ atMs: line.atMs, text, level: head.entry.level, stack: true, times: [line.atMs] });
      continue;
    }
    const level = levelOf(text);
    const key = `${level} ${lineShape(text)}`;
    const known = byShape.get(key);
    if (known !== undefined) {
      known.times.push(line.atMs);
      head = { entry: known, first: false };
      continue;
    }
    const entry = { atMs: line.atMs, text, level, stack: false, times: [line.atMs] };
    byShape.set(key, entry);
    entries.push(entry);
    head = { entry, first: true };
  }
  return entries;
}

function selection(entries: readonly Entry[], max: number): Set<number> {
  const kept = new Set<number>();
  const keep = (index: number): void => {
    if (index >= 0 && index < entries.length && kept.size < max) kept.add(index);
  };
  const graves = entries.flatMap((entry, index) => (entry.level === 'error' ? [index] : []));
  for (const index of graves) keep(index);
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

function shown(entry: Entry): LogPaneLine {
  const count = entry.times.length;
  return {
    at: new Date(entry.atMs).toISOString(),
    level: entry.level,
    text: entry.text,
    ...(count > 1 ? { repeated: count } : {}),
    ...rhythm(entry.times),
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
