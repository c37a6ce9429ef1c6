// The records of a log that was read whole: each line with the stack trace that belongs to it. Events of several lines are taken apart.

import type { LogLine } from '../evidence.ts';
import { withoutCredentials } from '../facts/attempts.ts';
import { type LogLevel, levelOf, plainLine } from '../facts/log-lines.ts';
import { createTraceReader } from './stack-trace.ts';

export interface LogRecord {
  readonly atMs: number;
  readonly level: LogLevel;
  /** The line that says what happened: the first one, but for traces that end with it. */
  readonly title: string;
  /** All lines in order, safe to show; at least one. */
  readonly lines: readonly string[];
  /** Where the title stands. */
  readonly path: string;
}

const LINE_CHARS = 600;
/** Of one event; CloudWatch Logs takes up to 256 KB, a stack trace of this many lines says no more. */
const EVENT_LINES = 400;

/** Records of `lines`, oldest first. Blank lines are left out. */
export function recordsOf(lines: readonly LogLine[]): LogRecord[] {
  const records: { atMs: number; title: string; lines: string[]; path: string }[] = [];
  const reader = createTraceReader(() => levelOf(records.at(-1)?.title ?? '') === 'error');
  for (const { atMs, text, path } of lines)
    for (const raw of text.split(/\r\n|\n/, EVENT_LINES)) {
      if (raw.trim() === '') continue;
      const line = withoutCredentials(plainLine(raw, LINE_CHARS));
      if (line.trim() === '') continue;
      const role = reader.isPlain(raw.charCodeAt(0)) ? 'head' : reader.role(raw);
      const open = records.at(-1);
      if (role === 'head' || open === undefined) {
        records.push({ atMs, title: line, lines: [line], path });
        continue;
      }
      open.lines.push(line);
      if (role === 'title') Object.assign(open, { title: line, path });
    }
  return records.map((record) => ({ ...record, level: levelOf(record.title) }));
}
