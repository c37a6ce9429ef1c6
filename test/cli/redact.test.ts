// `lockkeeper redact` as a step of a pipe.

import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const stdin = [Buffer.from('db password=hun'), Buffer.from('ter2\nplain \u001b[31mred\u001b[0m\n')];

it('passes standard input on without its secrets and leaves everything else alone', async () => {
  const { exit, stdout } = await runCli(['redact'], { stdin });
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^db password=\[secret:password:[0-9a-f]{8}\]\nplain /);
  expect(stdout).not.toContain('hunter2');
});

it('says with --json where they stand, one object a line', async () => {
  const { stdout } = await runCli(['redact', '--json'], { stdin });
  expect(stdout).toBe('{"kind":"password","line":1,"column":13,"length":7}\n');
});

it('passes nothing on for nothing', async () => {
  expect(await runCli(['redact'])).toMatchObject({ exit: 0, stdout: '' });
});
