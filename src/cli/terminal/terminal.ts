// The terminal as a port: results on stdout, everything else on stderr, colour only where it shows.
// All text of others passes `harmless` before it is written.

import { styleText } from 'node:util';
import { harmless, harmlessJson } from '../../kernel/harmless.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Terminal {
  readonly interactive: boolean;
  /** True when somebody can answer: stdin is a terminal, wherever the results go. */
  readonly canAsk: boolean;
  /** Width of the results' side; Infinity when it is no terminal, so that pipes and files get whole lines. */
  readonly columns: number;
  /** A line of the result. */
  print(line: string): void;
  /** A line about what is going on. */
  note(line: string): void;
  /** One JSON document on stdout. */
  json(value: unknown): void;
  style(style: Style, text: string): string;
  /** `line` cut to the width of the terminal it goes to; whole when that is a pipe or a file. */
  fit(line: string, to: 'print' | 'note'): string;
  /** Asks on stderr, reads a line from stdin; null at its end. */
  ask(question: string): Promise<string | null>;
}

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly noColor: boolean;
  readonly readLine: (question: string) => Promise<string | null>;
}

export function createTerminal(streams: TerminalStreams): Terminal {
  const { stdout, stderr } = streams;
  const colour = stdout.isTTY === true && !streams.noColor;
  return {
    interactive: stdout.isTTY === true && streams.stdin.isTTY === true,
    canAsk: streams.stdin.isTTY === true,
    columns: widthOf(stdout),
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    json: (value) => void stdout.write(`${harmlessJson(value, stdout.isTTY === true ? 2 : undefined)}\n`),
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    fit: (line, to) => cut(line, widthOf(to === 'print' ? stdout : stderr)),
    ask: streams.readLine,
  };
}

function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(width - 1, 20))}…` : line;
}

/** Text of others on one line, control characters shown as escapes. */
export function oneLine(text: string): string {
  return harmless(text.trim()).replace(/\s*\n\s*/g, ' ');
}
