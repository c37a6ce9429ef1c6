// Output that cannot be written and files that cannot be used: one sentence with the file and what to do, never a stack.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleEntry } from '../support/bundle-entry.ts';
import { type Cli, openCli } from './cli-process.ts';

// Every write to it fails with "no space left on device", as on a full disk.
const FULL = '/dev/full';

describe.runIf(process.platform === 'linux')('standard output on a full disk', () => {
  let entry: string;
  beforeAll(async () => {
    entry = await bundleEntry('src/cli/main.ts');
  });

  it.each([[['tools', 'list']], [['iam-policy']], [['doctor', '--json']], [['redact']]])(
    '%j ends with one sentence',
    async (args) => {
      const full = openSync(FULL, 'w');
      const child = spawn(process.execPath, [entry, ...args], {
        stdio: ['pipe', full, 'pipe'],
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
      });
      closeSync(full);
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.stdin?.end('a line\n');
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(stderr).toMatch(
        /^Standard output cannot be written: no space left on device \(ENOSPC\)\. [^\n]+\n$/,
      );
      expect(code).toBe(6);
    },
  );
});

describe('a file of the data folder that is none', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await openCli();
  });
  afterAll(() => cli.close());

  it.each([
    ['checkpoints.jsonl', ['hub', 'start', '--port', '0']],
    ['hub.key', ['audit', 'verify']],
  ])('%s as a folder is named', async (name, args) => {
    const data = cli.folder();
    mkdirSync(path.join(data, name), { recursive: true });
    if (args[0] === 'audit') writeFileSync(path.join(data, 'lockkeeper.db'), '');
    const { code, stderr } = await cli.run(['--data', data, ...args]);
    expect(stderr).toMatch(new RegExp(`^[^\\n]*${name.replace('.', '\\.')}[^\\n]*\\n$`));
    expect(stderr).not.toMatch(/bug/);
    expect(code).toBe(6);
  });

  it('a node whose key is gone is told to join, not that its token is old', async () => {
    const data = cli.folder();
    mkdirSync(path.join(data, 'node'), { recursive: true });
    writeFileSync(
      path.join(data, 'node', 'settings.json'),
      JSON.stringify({ hubUrl: 'http://127.0.0.1:1', name: 'n' }),
    );
    const { code, stderr } = await cli.run(['--data', data, 'node', 'start']);
    expect(stderr).toMatch(
      /^The node in [^\n]* has not joined a hub; join one with [^\n]*node install\.[^\n]*\n$/,
    );
    expect(code).toBe(2);
  });
});
