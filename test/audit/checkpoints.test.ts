import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCheckpoints } from '../../src/audit/checkpoints.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { silentLog } from '../../src/kernel/log.ts';
import type { DurableStore } from '../../src/store/port.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createFakeClock, type FakeClock } from '../simulator/fake-clock.ts';
import { entry } from '../store/samples.ts';

const key = generateSigningKey();
let dir: string;
let clock: FakeClock;
let store: DurableStore;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockkeeper-checkpoints-'));
  clock = createFakeClock(1_700_000_000_000);
  store = await openSqliteStore({ dataDir: dir, clock, log: silentLog });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});
const file = () => dataFiles(dir).checkpoints;
const start = () => startCheckpoints({ store, key, file: file(), clock, log: silentLog });
const seqs = () =>
  readFileSync(file(), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line).seq);
/** Lets everything that is under way come to an end: a commit is settled after what was asked for before it. */
const settle = async () => {
  for (let i = 0; i < 3; i++) await store.commit([], []);
};

test('the head is signed every hundred records and once more at the end', async () => {
  const checkpoints = await start();
  for (let i = 0; i < 25; i++)
    await store.commit(
      [],
      Array.from({ length: 10 }, () => entry()),
    );
  await settle();
  await checkpoints.stop();
  expect(seqs()).toEqual([100, 200, 250]);
  expect((await store.checkpoints(0, 10)).map((checkpoint) => checkpoint.seq)).toEqual([100, 200, 250]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('an idle log is signed every minute, without the file growing', async () => {
  await store.commit([], [entry()]);
  const checkpoints = await start();
  const at = () => JSON.parse(readFileSync(file(), 'utf8').trim()).at;
  expect(at()).toBe(clock.now());
  const size = statSync(file()).size;
  for (let i = 0; i < 5; i++) {
    clock.advance(60_000);
    await settle();
    expect(at()).toBe(clock.now());
  }
  expect(statSync(file()).size).toBe(size);
  await checkpoints.stop();
});

test('a long log without any checkpoint is refused at the start, a short one is not', async () => {
  const add = (count: number) =>
    store.commit(
      [],
      Array.from({ length: count }, () => entry()),
    );
  await add(120);
  await (await start()).stop();
  await store.close();
  rmSync(dir, { recursive: true });
  store = await openSqliteStore({ dataDir: dir, clock, log: silentLog });
  await add(151);
  await expect(start()).rejects.toMatchObject({ code: 'audit-broken', params: { seq: 1 } });
});

test('a log that ends before what was signed is refused at the start', async () => {
  await store.commit([], [entry(), entry()]);
  await (await start()).stop();
  const line = readFileSync(file(), 'utf8');
  writeFileSync(file(), line.replace('"seq":2', '"seq":9'));
  await expect(start()).rejects.toMatchObject({ code: 'audit-broken', params: { seq: 9 } });
});

test('a log with another record than the one that was signed is refused at the start', async () => {
  await store.commit([], [entry(), entry()]);
  await (await start()).stop();
  writeFileSync(file(), readFileSync(file(), 'utf8').replace(/"hash":"./, '"hash":"_'));
  await expect(start()).rejects.toMatchObject({ code: 'audit-broken', params: { seq: 2 } });
});

test('a line that a crash left unfinished is written over', async () => {
  await store.commit([], [entry()]);
  await (await start()).stop();
  writeFileSync(file(), `${readFileSync(file(), 'utf8')}{"at":1,"ha`);
  await store.commit([], [entry()]);
  await (await start()).stop();
  expect(seqs()).toEqual([1, 2]);
});
