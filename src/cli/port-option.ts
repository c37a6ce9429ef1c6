// A port number from the command line.

import { fail } from '../contract/errors.ts';

/** 0 (any free port) to 65535. Throws `usage`. */
export function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw fail('usage', { detail: `--port is a number from 0 to 65535, not ${text}.` });
  return port;
}
