// Two commands in one fresh checkout: one installs and the other waits for it, whatever becomes of the first.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const scripts = path.resolve(import.meta.dirname, '../../scripts');
const WAITS =
  /^Another process \(\d+\) is installing or building in this folder; waiting for it to finish …\n/;

// An npm that notes each start, and whether another was at work, and ends when the test lets it.
const NPM = `#!/bin/sh
echo started >> npm.log
mkdir running 2>/dev/null || echo collision >> npm.log
while [ ! -e go ]; do sleep 0.05; done
rmdir running
mkdir -p node_modules
`;

describe('two commands in one checkout that is not installed', () => {
  let checkout: string;
  const alive = new Set<ChildProcess>();

  beforeEach(() => {
    checkout = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-setup-'));
    for (const folder of ['scripts', 'bin']) mkdirSync(path.join(checkout, folder));
    for (const name of ['setup.mjs', 'setup-lock.mjs'])
      if (existsSync(path.join(scripts, name)))
        copyFileSync(path.join(scripts, name), path.join(checkout, 'scripts', name));
    writeFileSync(path.join(checkout, 'package-lock.json'), '{}');
    writeFileSync(
      path.join(checkout, 'start.mjs'),
      "import { ensureInstalled } from './scripts/setup.mjs';\nawait ensureInstalled();\n",
    );
    writeFileSync(path.join(checkout, 'bin', 'npm'), NPM);
    chmodSync(path.join(checkout, 'bin', 'npm'), 0o755);
  });
  afterEach(() => {
    for (const child of alive) process.kill(-(child.pid ?? 0), 'SIGKILL');
    rmSync(checkout, { recursive: true, force: true });
  });

  const there = (name: string) => existsSync(path.join(checkout, name));
  const letGo = () => writeFileSync(path.join(checkout, 'go'), '');
  const npmLog = () => readFileSync(path.join(checkout, 'npm.log'), 'utf8');

  function start() {
    // A process group of its own, so that npm can be ended with its parent, and without it.
    const child = spawn(process.execPath, ['start.mjs'], {
      cwd: checkout,
      detached: true,
      env: { PATH: `${path.join(checkout, 'bin')}:${process.env['PATH']}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    alive.add(child);
    const said = { stderr: '' };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', (code) => {
        alive.delete(child);
        resolve(code);
      });
    });
    return { child, said, ended };
  }

  const soon = (what: () => void) => vi.waitFor(what, { timeout: 10_000 });

  it('the second says that it waits, and does not install again', async () => {
    const first = start();
    await soon(() => expect(there('running')).toBe(true));
    const second = start();
    await soon(() => expect(second.said.stderr).toMatch(WAITS));
    letGo();
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect(npmLog()).toBe('started\n');
    expect(there('.setup.lock')).toBe(false);
  });

  it('a first that is killed with its npm is no holder: the second installs', async () => {
    const first = start();
    await soon(() => expect(there('running')).toBe(true));
    const second = start();
    await soon(() => expect(second.said.stderr).toMatch(WAITS));
    process.kill(-(first.child.pid ?? 0), 'SIGKILL');
    rmSync(path.join(checkout, 'running'), { recursive: true });
    letGo();
    expect(await second.ended).toBe(0);
    expect(npmLog()).toBe('started\nstarted\n');
  });

  it('a first that is killed while its npm goes on is waited for', async () => {
    const first = start();
    await soon(() => expect(there('running')).toBe(true));
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start();
    await soon(() => expect(second.said.stderr).toMatch(WAITS));
    letGo();
    expect(await second.ended).toBe(0);
    // What the first would have noted at its end is missing, so the second goes through it once more.
    expect(npmLog()).toBe('started\nstarted\n');
  });

  it('a lock that says nothing is let go when nobody touches it for a minute', async () => {
    writeFileSync(path.join(checkout, '.setup.lock'), '');
    const past = new Date(Date.now() - 61_000);
    utimesSync(path.join(checkout, '.setup.lock'), past, past);
    letGo();
    const only = start();
    expect(await only.ended).toBe(0);
    expect(npmLog()).toBe('started\n');
  });
});
