// Every command explains itself: an example, and what its exit code means where it can fail.

import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { cliPage, helpOf, leaves } from '../../src/cli/reference.ts';

// Building the tree reads nothing but the version.
const program = () => createProgram({ version: 'test' } as Context);

describe('the help', () => {
  it.each(leaves(program()).map((command) => [command.name(), command] as const))(
    '%s shows an example that starts with the name of the program',
    (_, command) => {
      expect(helpOf(command)).toMatch(/\nExamples?:\n {2}.*lockkeeper /);
    },
  );

  it('is the reference page, command by command, without anything of this machine', () => {
    const page = cliPage(program());
    for (const name of ['up', 'ask', 'evidence', 'approvals approve', 'audit verify', 'node install'])
      expect(page).toContain(`\n## lockkeeper ${name}\n`);
    expect(page).not.toContain('\u001b');
  });
});
