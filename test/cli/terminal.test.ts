// Whom the terminal can ask, depending on which streams are terminals.

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createTerminal } from '../../src/cli/terminal/terminal.ts';

/** A terminal whose streams are terminals where it says so. */
function terminalOf(tty: { stdin: boolean; stdout: boolean }) {
  const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return createTerminal({
    // The terminal uses nothing of its streams but what a pass-through has and whether they are terminals.
    stdin: stream(tty.stdin) as unknown as NodeJS.ReadStream,
    stdout: stream(tty.stdout) as unknown as NodeJS.WriteStream,
    stderr: stream(true) as unknown as NodeJS.WriteStream,
    noColor: true,
    readLine: async () => null,
  });
}

it.each([
  [{ stdin: true, stdout: true }, true, true],
  [{ stdin: true, stdout: false }, true, false],
  [{ stdin: false, stdout: true }, false, false],
  [{ stdin: false, stdout: false }, false, false],
])('can ask with %j: %s', (tty, canAsk, interactive) => {
  expect(terminalOf(tty)).toMatchObject({ canAsk, interactive });
});
