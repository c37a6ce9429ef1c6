// `lockkeeper explain` with a terminal of its own: one text, many lines, JSON, hostile characters.

import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addExplain } from '../../src/cli/commands/explain.ts';
import type { Context } from '../../src/cli/context.ts';
import { lookUp } from '../../src/cli/look-up.ts';
import { causeNotes } from '../../src/diagnosis/explain/cause-table.ts';

async function run(args: readonly string[], input: readonly string[] = []) {
  const out: string[] = [];
  const lines = [...input];
  const terminal: Context['terminal'] = {
    interactive: false,
    canAsk: false,
    columns: 100,
    fit: (line) => line,
    print: (line) => void out.push(line),
    note: () => {},
    json: (value) => void out.push(JSON.stringify(value)),
    style: (_, text) => text,
    ask: async () => lines.shift() ?? null,
  };
  const program = new Command('lockkeeper').option('--json');
  // The command uses nothing of the context but its terminal.
  addExplain(program.command('explain [text...]'), { terminal } as Context);
  await program.parseAsync(['node', 'lockkeeper', ...args]);
  return out;
}

it('answers one text with one JSON document', async () => {
  const [line, ...more] = await run(['explain', 'exec format error', '--json']);
  expect(more).toEqual([]);
  expect(JSON.parse(line!)).toMatchObject({
    text: 'exec format error',
    decidable: true,
    candidates: [{ class: 'platform-mismatch', confirmWith: expect.arrayContaining([expect.any(String)]) }],
  });
});

it('shows no secret of a text it was given', async () => {
  const line = 'Error: connect ETIMEDOUT postgres://app:Zq9hunter2@db:5432/shop';
  const shown = [
    ...(await run(['explain', '--json', line])),
    ...(await run(['explain', line])),
    ...(await run(['explain', '--json'], [line])),
    ...(await run(['explain'], [line])),
  ];
  expect(shown.join('\n')).not.toContain('Zq9hunter2');
  expect(JSON.parse(shown[0]!).text).toMatch(
    /^Error: connect ETIMEDOUT postgres:\/\/app:\[secret:.*@db:5432\/shop$/,
  );
});

it('joins the words of an unquoted text', async () => {
  const [line] = await run(['explain', '--json', 'exit', 'code', '139']);
  expect(JSON.parse(line!).candidates[0].class).toBe('native-crash');
});

it('reads a text that begins with a dash', async () => {
  const [line] = await run(['explain', '--json', '- exit code 139']);
  expect(JSON.parse(line!).candidates[0].class).toBe('native-crash');
});

it('says in words when the text cannot decide', async () => {
  const out = (await run(['explain', 'exit code 137'])).join('\n');
  expect(out).toContain('oom-killed');
  expect(out).toContain('graceful-shutdown-gap');
  expect(out).toContain('The text alone cannot decide.');
});

it('writes one JSON object for each line of standard input that is not empty', async () => {
  const out = await run(['explain', '--json'], ['no space left on device', '', 'exit code 139']);
  expect(out.map((line) => JSON.parse(line).candidates[0].class)).toEqual(['disk-full', 'native-crash']);
});

it('groups lines by the cause they point to, unknown ones last', async () => {
  const out = await run(
    ['explain'],
    ['hello there', 'no space left on device', 'write: no space left on device'],
  );
  const heads = out.filter((line) => /^\S/.test(line));
  expect(heads[0]).toMatch(/^disk-full {2}2 lines/);
  expect(heads[1]).toMatch(/^unknown {2}1 line /);
});

it('shows control characters of a pasted line as escapes', async () => {
  const out = await run(['explain'], ['\u001b]0;owned\u0007 no space left on device \u202e']);
  for (const control of ['\u001b', '\u0007', '\u202e']) expect(out.join('')).not.toContain(control);
  expect(out[0]).toMatch(/^disk-full/);
});

it('takes a number alone for an exit code', async () => {
  for (const [code, cause] of [
    ['137', 'oom-killed'],
    ['139', 'native-crash'],
    ['127', 'entrypoint-invalid'],
    ['0', 'app-clean-exit'],
    ['1', 'app-config-error'],
  ] as const) {
    const [line] = await run(['explain', '--json', code]);
    expect(JSON.parse(line!).candidates[0].class, code).toBe(cause);
  }
});

it('fails with one sentence when there is nothing to explain', async () => {
  for (const args of [['explain'], ['explain', '--json'], ['explain', ''], ['explain', ' ', ' ']]) {
    await expect(run(args), args.join(' ')).rejects.toMatchObject({
      code: 'usage',
      exit: 2,
      message: expect.stringMatching(/^There is nothing to explain: [^.]+\.$/),
    });
  }
  await expect(run(['explain'], ['', '  '])).rejects.toMatchObject({ code: 'usage' });
});

it('says what its numbers mean and what to run', async () => {
  const out = (await run(['explain', 'exit code 137'])).join('\n');
  expect(out).toMatch(/^oom-killed {2}fits, 0\.\d\d of 1$/m);
  expect(out).toContain('to confirm: aws ecs describe-tasks → containers[] reason');
  expect(out).toContain('lockkeeper diagnose --cluster CLUSTER --service SERVICE');
  expect(out).toContain('how well the words fit a cause, not how probable it is');
  const nothing = (await run(['explain', 'milk, bread and eggs'])).join('\n');
  expect(nothing).toMatch(/^unknown {2}fits poorly/m);
  expect(nothing).not.toContain('how well the words fit');
});

it('names commands a person can run for every cause', () => {
  const shown = Object.values(causeNotes).flatMap(({ confirmWith }) => confirmWith.map(lookUp));
  expect(
    shown.filter((line) => /\btool \w+_\w|\b[a-z0-9-]+:(?:Describe|List|Lookup)[A-Z]/.test(line)),
  ).toEqual([]);
  expect(
    shown.filter((line) => line.startsWith('aws ') && !/^aws [a-z0-9-]+ [a-z0-9-]+(;| →|$)/.test(line)),
  ).toEqual([]);
});
