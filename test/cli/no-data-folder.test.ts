// A data folder that is not there, as after a typing error: no alarm, and no folder made by looking.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-no-data-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is no altered log in the eyes of audit verify, but one that cannot be verified', async () => {
  const none = path.join(folder, 'none');
  const run = await runCli(['audit', 'verify', '--data', none], { cwd: folder });
  expect(run).toMatchObject({ exit: 6, stdout: '' });
  expect(run.stderr).toContain(`There is no audit log in ${none}`);
  expect(existsSync(none)).toBe(false);
});

it('is told by the doctor, who makes nothing', async () => {
  const typo = path.join(folder, 'typo', 'deeper');
  const run = await runCli(['doctor', '--data', typo], { cwd: folder });
  expect(run.stdout).toMatch(/^! data folder +\S+deeper is not there yet; `.*lockkeeper up` makes it$/m);
  expect(existsSync(path.dirname(typo))).toBe(false);
});

it('that cannot be made, because a file is in its place, is wrong in the eyes of the doctor', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  for (const data of [file, path.join(file, 'below')]) {
    const run = await runCli(['doctor', '--data', data], { cwd: folder });
    expect(run.stdout).toMatch(/^✗ data folder +.* cannot be written: \S+ is not a folder$/m);
  }
});
