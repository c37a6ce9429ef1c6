// Every command explains itself: an example, and what its exit code means where it can fail.

import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { createWholeProgram } from '../../src/cli/program.ts';
import { cliPage, helpOf, leaves } from '../../src/cli/reference.ts';
import { runCli } from '../support/run-cli.ts';

// Building the tree reads nothing but the version.
const program = () => createWholeProgram({ version: 'test' } as Context);

const whole = await program();

describe('the help', () => {
  it.each(leaves(whole).map((command) => [command.name(), command] as const))(
    '%s shows an example that starts with the name of the program',
    (_, command) => {
      expect(helpOf(command)).toMatch(/\nExamples?:\n {2}.*lockkeeper /);
    },
  );

  it('is the reference page, command by command, without anything of this machine', async () => {
    const page = cliPage(await program());
    for (const name of ['up', 'ask', 'evidence', 'approvals approve', 'audit verify', 'node install'])
      expect(page).toContain(`\n## lockkeeper ${name}\n`);
    expect(page).not.toContain('\u001b');
  });

  it.each([
    ['up', '--help'],
    ['help', 'up'],
  ])('of a command is whole however it is asked for: %s %s', async (...args) => {
    const { stdout, exit } = await runCli(args);
    expect(stdout).toContain('--scenario <name>');
    expect(stdout).toContain('out-of-memory');
    expect(exit).toBe(0);
  });

  it('of the program names every command with its arguments and no options', async () => {
    const { stdout } = await runCli(['--help']);
    expect(stdout).toMatch(/\n {2}up {2,}a hub and a node/);
    expect(stdout).toMatch(/\n {2}explain \[text\.\.\.\] {2,}what an error/);
  });
});
