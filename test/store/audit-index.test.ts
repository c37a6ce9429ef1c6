// What records are found by is made after their commit. Nobody may notice: not a search, not a restart, not an upgrade.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/contract/audit-event.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import type { AuditFilter } from '../../src/store/port.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createFakeClock } from '../simulator/fake-clock.ts';
import { entry } from './samples.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockkeeper-index-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const clock = createFakeClock(1_700_000_000_000);
const open = () => openSqliteStore({ dataDir: dir, clock, log: silentLog });
const told = (word: string): AuditEntry => ({
  ...entry(),
  conversation: `conv_${word}`,
  data: { said: word },
});
const words = Array.from({ length: 700 }, (_, i) => `word${i}`);

async function found(
  store: Awaited<ReturnType<typeof open>>,
  filter: Partial<AuditFilter>,
): Promise<number[]> {
  const page = await store.auditPage({ limit: 5, ...filter });
  return page.items.map(({ seq }) => seq);
}

function rowsIndexed(): number {
  const db = new Sqlite(dataFiles(dir).database, { readonly: true });
  try {
    return Number(db.prepare('SELECT seq FROM audit_indexed').pluck().get());
  } finally {
    db.close();
  }
}

test('a search right after a commit finds what it sealed, by word, event and conversation', async () => {
  const store = await open();
  await store.commit([], words.map(told));
  expect(rowsIndexed()).toBe(0);
  expect(await found(store, { q: 'word699' })).toEqual([700]);
  expect(await found(store, { conversation: 'conv_word3' })).toEqual([4]);
  expect((await store.auditPage({ event: told('x').event, limit: 1 })).total).toBe(700);
  await store.commit([], [told('later')]);
  expect(await found(store, { q: 'later' })).toEqual([701]);
  expect(await found(store, { conversation: 'conv_later', event: told('x').event })).toEqual([701]);
  expect(rowsIndexed()).toBe(701);
  await store.close();
});

test('what was not taken in when a hub ended is found after it starts again', async () => {
  const store = await open();
  await store.commit([], words.map(told));
  await store.close();
  expect(rowsIndexed()).toBe(0);
  const again = await open();
  expect(await found(again, { q: 'word0' })).toEqual([1]);
  expect(await found(again, { q: 'word350', fromMs: 0, toMs: clock.now() })).toEqual([351]);
  await again.close();
});

test('records are taken in by themselves, in slices, when the hub is quiet and nobody searches', async () => {
  const store = await open();
  await store.commit([], words.map(told));
  clock.advance(900);
  await store.commit([], [told('soon')]);
  clock.advance(900);
  expect(rowsIndexed()).toBe(0);
  clock.advance(200);
  expect(rowsIndexed()).toBe(701);
  await store.close();
});

test('a hub that is never quiet takes its records in all the same', async () => {
  const store = await open();
  for (let ms = 0; ms < 11_000; ms += 500) {
    await store.commit([], [told('busy')]);
    clock.advance(500);
  }
  expect(rowsIndexed()).toBeGreaterThan(15);
  await store.close();
});

test('a log of before the change is found as ever, once', async () => {
  const store = await open();
  await store.commit([], ['old', 'older'].map(told));
  await found(store, { q: 'old' });
  await store.close();
  const db = new Sqlite(dataFiles(dir).database);
  db.exec(`
    DROP TABLE audit_indexed; DROP TABLE audit_by_event; DROP TABLE audit_by_conversation;
    CREATE INDEX audit_event ON audit (event, seq);
    CREATE INDEX audit_conversation ON audit (conversation, seq) WHERE conversation IS NOT NULL;
    DELETE FROM migrations WHERE name = '0005-audit-index';
  `);
  db.close();
  const again = await open();
  await again.commit([], [told('new')]);
  expect(await found(again, { q: 'old' })).toEqual([1]);
  expect(await found(again, { conversation: 'conv_older' })).toEqual([2]);
  expect(await found(again, { event: told('x').event })).toEqual([3, 2, 1]);
  expect((await again.auditPage({ event: told('x').event, limit: 1 })).total).toBe(3);
  await again.close();
});
