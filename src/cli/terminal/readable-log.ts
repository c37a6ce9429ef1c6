// The log for somebody who watches the terminal: one short line each. Where stderr is a file or a pipe it stays JSON lines.

import type { Logger } from '../../kernel/log.ts';
import { oneLine, type Terminal } from './terminal.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Lines of `level` and above, as notes of `terminal`. */
export function createReadableLog(terminal: Pick<Terminal, 'note' | 'style'>, level: string): Logger {
  // `level` is any text of the environment.
  const least = (levels as readonly string[]).indexOf(level);
  const say =
    (at: (typeof levels)[number]): Logger['info'] =>
    (fields, message) => {
      // A level of another name, such as `silent`, means that nothing is wanted.
      if (least === -1 || levels.indexOf(at) < least) return;
      const colour = at === 'error' ? 'red' : at === 'warn' ? 'yellow' : 'dim';
      const about = Object.entries(fields).map(([name, value]) => `${name} ${wordOf(value)}`);
      const line = `${message}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
      terminal.note(`${terminal.style(colour, at)}: ${oneLine(line)}`);
    };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

function wordOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
