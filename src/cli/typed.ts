// Commands in our own texts as they are typed on this machine: with npx in a checkout, by name where the package is installed.

import { type Context, commandName } from './context.ts';

// At the beginning of a line, after an assignment, a pipe or a backtick: where a command stands, and not the name in prose.
const command = /((?:^|\n) *(?:\S+=\S+ )*|[`|] ?|Usage: )lockkeeper(?= )/g;

/** `text`, which must be ours, with its commands as they are typed here. */
export function asTyped(context: Context, text: string): string {
  const name = commandName(context);
  return text.replace(command, (_, before: string) => `${before}${name}`);
}
