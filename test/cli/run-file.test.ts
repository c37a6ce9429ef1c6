import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRunFile, writeRunFile } from '../../src/cli/run-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'lockkeeper-run-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const run = { url: 'http://127.0.0.1:1', pid: 1, token: 'lko_x' };

test('the run file is readable by its owner alone, whatever stood in its place', () => {
  const file = path.join(dir, 'run.json');
  writeFileSync(file, 'old');
  chmodSync(file, 0o644);
  writeRunFile(dir, run);
  expect(readRunFile(dir)).toEqual(run);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the run file is not written through a link', () => {
  const elsewhere = path.join(dir, 'elsewhere');
  writeFileSync(elsewhere, 'mine');
  symlinkSync(elsewhere, path.join(dir, 'run.json'));
  writeRunFile(dir, run);
  expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
  expect(readRunFile(dir)).toEqual(run);
});

test('a run file that cannot be written is named, and leaves no draft behind', () => {
  mkdirSync(path.join(dir, 'run.json'));
  expect(() => writeRunFile(dir, run)).toThrow(expect.objectContaining({ code: 'data-unwritable' }));
  expect(readdirSync(dir)).toEqual(['run.json']);
});
