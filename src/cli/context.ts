// What every command is handed: the resolved global options, the terminal, the clock.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../contract/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface GlobalOptions {
  readonly data?: string;
  readonly hub?: string;
  readonly json?: boolean;
}

export interface Pipe {
  read(): AsyncIterable<Buffer>;
  /** Resolves when more may be written, so that a slow reader holds a fast writer back. */
  write(bytes: Buffer | string): Promise<void>;
}

export interface Context {
  readonly env: Environment;
  readonly cwd: string;
  readonly terminal: Terminal;
  /** Standard input and output as bytes, for commands that are one step of a pipe. */
  readonly pipe: Pipe;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** The folder the package lives in: policies/, dist/web, package.json. */
  readonly packageDir: string;
  /** The file of the command itself, for what it runs in threads. */
  readonly entry: string;
  /** Resolves when the user asks the process to end (Ctrl-C, SIGTERM). */
  readonly interrupted: Promise<void>;
}

/**
 * The data folder: --data, then LOCKKEEPER_DATA, then `.lockkeeper` in a checkout of this project or where one exists
 * already, then `~/.lockkeeper`.
 */
export function dataDirOf(context: Context, options: GlobalOptions): string {
  const chosen = options.data ?? context.env.dataDir;
  if (chosen !== undefined) return path.resolve(context.cwd, chosen);
  const here = path.join(context.cwd, '.lockkeeper');
  if (existsSync(here) || path.resolve(context.cwd) === context.packageDir) return here;
  return path.join(context.env.home ?? context.cwd, '.lockkeeper');
}

/** How the command is typed here: through npx in a checkout, by its name where the package is installed. */
export function commandName(context: Context): string {
  return existsSync(path.join(context.packageDir, 'scripts', 'setup.mjs')) ? 'npx lockkeeper' : 'lockkeeper';
}

/** Makes `folder` for this user alone, unless it is there. Throws `data-unwritable`. */
export function madeFolder(folder: string): string {
  try {
    makeWithParents(path.resolve(folder));
    return folder;
  } catch (error) {
    throw fail('data-unwritable', { path: folder, detail: messageOf(error) }, error);
  }
}

/** Node's own recursive `mkdir` never ends where a folder exists and takes no new one, as in /proc. */
function makeWithParents(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
    return;
  }
  makeWithParents(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it in between.
    if (!existsSync(folder)) throw error;
  }
}
