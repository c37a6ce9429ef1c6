import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAuditFile } from '../../src/audit/verify-file.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { bundleEntry } from '../support/bundle-entry.ts';
import { id } from './samples.ts';

const KILLS = 12;

let dir: string;
let program: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockkeeper-crash-'));
  program = await bundleEntry(join(import.meta.dirname, 'commit-forever.ts'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the program until it has told of `commits` commits, kills it, and returns what it told in whole lines. */
async function runAndKill(first: number, commits: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, dir, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > commits) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return output.split('\n').slice(0, -1);
}

test('whatever a hub was told is stored is there after it was killed, and the log proves itself', async () => {
  let known = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const told = await runAndKill(kill * 100_000 + 1, 5 + kill * 17);
    expect(told.length).toBeGreaterThan(0);
    // Opening it takes over the lock of the dead process and replays what it had written.
    const store = await openSqliteStore({ dataDir: dir, clock: systemClock, log: silentLog });
    for (const line of told) {
      const [n = '', seq = '', hash = ''] = line.split(' ');
      expect(await store.auditRecord(Number(seq))).toMatchObject({ hash });
      expect(await store.evidence(id('ev', Number(n)))).not.toBeNull();
      expect(await store.conversation(id('conv', Number(n)))).not.toBeNull();
      known = Math.max(known, Number(seq));
    }
    const head = await store.auditHead();
    expect(head.seq).toBeGreaterThanOrEqual(known);
    // Every commit wrote two records: an odd head would be half a commit.
    expect(head.seq % 2).toBe(0);
    await store.close();
    expect(await verifyAuditFile({ database: dataFiles(dir).database, unsigned: true })).toMatchObject({
      ok: true,
      records: head.seq,
    });
  }
}, 60_000);

test('a second hub is told which process holds the folder, and may have it once that is dead', async () => {
  const child = spawn(process.execPath, [program, dir, '9000001'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const open = () => openSqliteStore({ dataDir: dir, clock: systemClock, log: silentLog });
  await expect(open()).rejects.toMatchObject({ code: 'data-locked', params: { pid: String(child.pid) } });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  await (await open()).close();
});
