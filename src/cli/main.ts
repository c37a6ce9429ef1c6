// The process: builds the context, runs the command, turns what went wrong into one line and an exit code.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import type { Context } from './context.ts';
import { readEnvironment } from './environment.ts';
import { fileFailure, outputFailure } from './system-failure.ts';
import { createReadableLog } from './terminal/readable-log.ts';
import { createTerminal, oneLine } from './terminal/terminal.ts';
import { asTyped } from './typed.ts';

/** The one reader of standard input, opened when something is asked. */
let lines: AsyncIterator<string> | undefined;
let interrupted: Promise<void> | undefined;
// Whoever reads our output may stop reading, as `head` does; that is an end like any other.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.exit(report(outputFailure(error)));
});
// Where even that cannot be told there is nobody to tell.
process.stderr.on('error', () => {});
// The SDK's own notice about future Node versions is for us, not for people at three in the morning.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const env = readEnvironment(process.env);
// dist/src/cli/main.js → the package's own folder.
const packageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const version = versionOf(packageDir);
const terminal = createTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  noColor: env.noColor,
  readLine,
});
const context: Context = {
  env,
  cwd: process.cwd(),
  terminal,
  pipe: {
    read: () => process.stdin,
    write: async (bytes) => {
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
    },
  },
  clock: systemClock,
  log: createLog(),
  version,
  packageDir,
  entry: fileURLToPath(import.meta.url),
  // Taken over only for commands that ask for it, since they have something to close; the others simply end.
  get interrupted() {
    interrupted ??= new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    return interrupted;
  },
};

const UNFINISHED = 13;
// Nothing is left that could end it: our mistake, which must not look like success. Node says so of an `await` at the top of a file
// alone, and the parts of the shipped program cannot have one.
const noticeUnfinished = (): void => {
  process.exitCode = UNFINISHED;
};
process.once('beforeExit', noticeUnfinished);
void run();

async function run(): Promise<void> {
  try {
    // Loaded only now, so that where the details of errors are asked for they name the lines of the sources.
    if (env.logLevel === 'debug') process.setSourceMapsEnabled(true);
    const { programFor } = await import('./program.ts');
    const program = await programFor(context, process.argv);
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error);
  }
  process.off('beforeExit', noticeUnfinished);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it already
  if (error instanceof LockkeeperError) {
    terminal.note(
      terminal.style(
        'red',
        oneLine(`${error.message}${error.next === '' ? '' : ` ${asTyped(context, error.next)}`}`),
      ),
    );
    return error.exit;
  }
  const refused = fileFailure(error);
  if (refused !== null) return report(refused);
  terminal.note(
    oneLine(
      `Unexpected: ${messageOf(error)}. This is a bug; run again with LOCKKEEPER_LOG=debug for the details.`,
    ),
  );
  context.log.debug({ err: error }, 'unexpected');
  return 1;
}

function createLog(): Context['log'] {
  // Whoever asked for details gets all of them, machine-readable as they are.
  if (process.stderr.isTTY === true && env.logLevel !== 'debug' && env.logLevel !== 'trace')
    return createReadableLog(terminal, env.logLevel);
  const log = pino({ level: env.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}

function versionOf(folder: string): string {
  // package.json is ours and part of the package; its `version` is a string.
  const parsed = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return parsed.version;
}

/** Buffered by line so that piped input answers one question after the other. */
function readLine(question: string): Promise<string | null> {
  process.stderr.write(question);
  lines ??= readline.createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  return lines.next().then((line) => (line.done === true ? null : line.value));
}
