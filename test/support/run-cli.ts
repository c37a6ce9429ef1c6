// The command line in this process: arguments in, what it prints and its exit code out.

import { Readable } from 'node:stream';
import { CommanderError } from 'commander';
import type { Context } from '../../src/cli/context.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { programFor } from '../../src/cli/program.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { LockkeeperError } from '../../src/kernel/errors.ts';
import { silentLog } from '../../src/kernel/log.ts';

export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document of --json; undefined when none was printed. */
  // biome's ban on `any` is kept: a test says what it expects of the document.
  readonly json: unknown;
}

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly clock?: Clock;
  /** Ends commands that run until Ctrl-C. */
  readonly interrupted?: Promise<void>;
  readonly onPrint?: (line: string) => void;
  /** What comes in on standard input, piece by piece. */
  readonly stdin?: readonly Buffer[];
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const piped: Buffer[] = [];
  let json: unknown;
  const context: Context = {
    env: readEnvironment(options.env ?? {}),
    cwd: options.cwd ?? process.cwd(),
    terminal: {
      interactive: false,
      canAsk: false,
      columns: 120,
      print: (line) => {
        out.push(line);
        options.onPrint?.(line);
      },
      note: (line) => void err.push(line),
      json: (value) => {
        json = JSON.parse(JSON.stringify(value));
      },
      fit: (line) => line,
      style: (_, text) => text,
      ask: async () => null,
    },
    pipe: {
      read: () => Readable.from(options.stdin ?? []),
      write: async (bytes) => void piped.push(Buffer.from(bytes)),
    },
    clock: options.clock ?? systemClock,
    log: silentLog,
    version: 'test',
    packageDir: process.cwd(),
    entry: '',
    interrupted: options.interrupted ?? new Promise(() => {}),
  };
  const done = (exit: number): CliRun => ({
    exit,
    stdout: out.join('\n') + Buffer.concat(piped).toString('utf8'),
    stderr: err.join('\n'),
    json,
  });
  const argv = ['node', 'lockkeeper', ...args];
  const program = await programFor(context, argv);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride().configureOutput({
      writeOut: (text) => void out.push(text),
      writeErr: (text) => void err.push(text),
    });
  try {
    await program.parseAsync(argv);
    return done(0);
  } catch (error) {
    if (error instanceof CommanderError) return done(error.exitCode === 0 ? 0 : 2);
    if (!(error instanceof LockkeeperError)) throw error;
    err.push(error.message);
    return done(error.exit);
  }
}
