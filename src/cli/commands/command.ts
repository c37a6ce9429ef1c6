// What a command file exports: a function that adds itself to the program.

import type { Command } from 'commander';
import type { Context, GlobalOptions } from '../context.ts';

export type AddCommand = (program: Command, context: Context) => void;

/** The options of `command` together with the global ones given anywhere on the line. */
export function optionsOf<T extends object>(command: Command): T & GlobalOptions {
  return command.optsWithGlobals<T & GlobalOptions>();
}

/** Exit code of a command that Ctrl-C ended: 128 and the number of SIGINT, as shells report it. */
export const INTERRUPTED = 130;
