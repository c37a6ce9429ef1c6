// The log that `task_logs` found, as a terminal shows it: every line with its time, errors marked, repetitions counted.

import { z } from 'zod';
import { logPaneLine } from '../../../tools/logs/log-pane.ts';
import type { ToolResult } from '../../contract/call.ts';
import { oneLine, type Terminal } from './terminal.ts';

const taskLog = z.object({
  task: z.string(),
  container: z.string(),
  revision: z.string(),
  group: z.string(),
  stream: z.string(),
  lines: z.array(logPaneLine),
});

/** The lines to print; none when `result` holds no log. */
export function logView(terminal: Terminal, result: ToolResult): string[] {
  const parsed = result.status === 'ok' ? taskLog.safeParse(result.output) : null;
  if (parsed?.success !== true) return [];
  const { task, container, revision, group, stream, lines } = parsed.data;
  const head = `Log of container ${container}, task ${task} (${revision}): ${group} ${stream}`;
  return [
    '',
    terminal.style('bold', terminal.fit(oneLine(head), 'print')),
    ...lines.map((line) => lineText(terminal, line)),
  ];
}

function lineText(terminal: Terminal, line: z.infer<typeof logPaneLine>): string {
  if (line.at === null) return terminal.style('dim', `           … ${line.note ?? ''}`);
  const repeats = [
    line.isNew === true ? 'new' : '',
    line.repeated === undefined ? '' : `×${line.repeated}`,
    line.note ?? '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  const mark = { error: '✗', warn: '!', info: ' ' }[line.level];
  const text = `${mark} ${line.at.slice(11, 19)}  ${oneLine(line.text)}${repeats === '' ? '' : `  (${repeats})`}`;
  const fitted = terminal.fit(text, 'print');
  if (line.level === 'error') return terminal.style('red', fitted);
  return line.level === 'warn' ? terminal.style('yellow', fitted) : fitted;
}
