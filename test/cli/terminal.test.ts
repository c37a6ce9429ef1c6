// Whom the terminal can ask, depending on which streams are terminals.

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { createConversationView } from '../../src/cli/terminal/conversation-view.ts';
import { proposalCard } from '../../src/cli/terminal/proposal-card.ts';
import { createReadableLog } from '../../src/cli/terminal/readable-log.ts';
import { createTerminal } from '../../src/cli/terminal/terminal.ts';
import { asTyped } from '../../src/cli/typed.ts';
import type { ChatEvent } from '../../src/contract/chat.ts';
import { prepared } from '../approval/fixtures.ts';

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 80 });

/** A terminal whose streams are terminals where it says so. */
function terminalOf(tty: { stdin: boolean; stdout: boolean }, stdout = stream(tty.stdout)) {
  return createTerminal({
    // The terminal uses nothing of its streams but what a pass-through has and whether they are terminals.
    stdin: stream(tty.stdin) as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
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

it('logs for somebody who watches in words, at the level asked for, with nothing that moves the cursor', () => {
  const lines: string[] = [];
  const terminal = {
    note: (line: string) => void lines.push(line),
    style: (_: string, text: string) => text,
  };
  const log = createReadableLog(terminal, 'warn');
  log.debug({ aws: '1' }, 'not asked for');
  log.warn({ node: 'node_1', because: new Error('it is \u001b[2Jgone') }, 'an AWS request was stopped');
  createReadableLog(terminal, 'silent').error({}, 'not wanted');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^warn: an AWS request was stopped \(node node_1, because it is .*gone\)$/);
  expect(lines[0]).not.toContain('\u001b');
  expect(lines[0]).not.toContain('{');
});

it('prints commands as they are typed: with npx in a checkout, by name elsewhere, and never in prose', () => {
  const help =
    'Usage: lockkeeper up [options]\n\nExamples:\n  AWS_PROFILE=a lockkeeper up\n  cat x | lockkeeper redact\n';
  const words = 'See `lockkeeper doctor`, or the folder of lockkeeper itself.';
  // Only the folder of the package decides.
  const at = (packageDir: string) => ({ packageDir }) as Context;
  expect(asTyped(at(process.cwd()), help)).toBe(help.replaceAll('lockkeeper ', 'npx lockkeeper '));
  expect(asTyped(at(process.cwd()), words)).toBe(
    'See `npx lockkeeper doctor`, or the folder of lockkeeper itself.',
  );
  expect(asTyped(at('/nowhere'), `${help}${words}`)).toBe(`${help}${words}`);
});

it.each([true, false])(
  'writes JSON that no terminal acts on, with the same value (terminal: %s)',
  (isTTY) => {
    const stdout = Object.assign(new PassThrough(), { isTTY, columns: 80 });
    const terminal = terminalOf({ stdin: false, stdout: isTTY }, stdout);
    const value = { name: 'csi\u009b2J del\u007f rtl\u202etset', list: ['\u2028'] };
    terminal.json(value);
    const text = String(stdout.read());
    expect(JSON.parse(text)).toEqual(value);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  },
);

it('prints why a change was prepared before its card, and nothing of the kind for reads', () => {
  const lines: string[] = [];
  const terminal = {
    ...terminalOf({ stdin: false, stdout: false }),
    print: (line: string) => lines.push(line),
  };
  const view = createConversationView(terminal as never, () => 1_000);
  const { document, digest, signed } = prepared();
  const step = (text: string) =>
    ({ type: 'planner.step', text, calls: [], raw: null }) as unknown as ChatEvent;
  view.show(step('Looking up which clusters there are.'));
  view.show(
    step('**A task is stopped.** [ev_01KB3T00000000000000000001]\n\nWhat is proven stays: no way out.'),
  );
  // The view reads nothing else of the event than this.
  const proposal = { document, digest, signed, state: 'pending' };
  view.show({ type: 'proposal.created', proposal } as unknown as ChatEvent);
  const text = lines.join('\n');
  expect(text).not.toContain('Looking up');
  expect(text).toMatch(
    /A task is stopped\. \[E1\]\n\nWhat is proven stays: no way out\.\n[\s\S]*Stop task t/,
  );
});

it('names other changes of the same thing on the card', () => {
  const terminal = terminalOf({ stdin: false, stdout: false });
  const { document, digest } = prepared();
  const card = { document, digest, state: 'pending' as const, nowMs: 1_000 };
  expect(proposalCard(terminal, { ...card, rivals: ['Scale web to 6'] }).join('\n')).toMatch(
    /Mind +Another change of the same thing waits: Scale web to 6\./,
  );
  expect(proposalCard(terminal, card).join('\n')).not.toContain('Another change');
});
