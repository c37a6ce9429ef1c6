import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { dataFiles, isOlder, openDatabase } from '../../src/store/sqlite/database.ts';
import { openSqliteStore, storeOver } from '../../src/store/sqlite/store.ts';
import { createFakeClock } from '../simulator/fake-clock.ts';
import { storeContract } from './contract.ts';
import { conversation, entry, evidence } from './samples.ts';

storeContract('the SQLite store', (clock) => openSqliteStore({ dataDir: ':memory:', clock, log: silentLog }));

const open = (dataDir: string) => openSqliteStore({ dataDir, clock: systemClock, log: silentLog });

describe('a data folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lockkeeper-store-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('holds everything over a restart, in files only their owner can read', async () => {
    const data = join(dir, 'new');
    const store = await open(data);
    const { audit } = await store.commit(
      [{ kind: 'conversation.create', conversation: conversation(1) }],
      [entry()],
    );
    const files = dataFiles(data);
    for (const path of [files.database, `${files.database}-wal`, files.lock, files.pid])
      expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    await store.close();
    const again = await open(data);
    expect(await again.auditRecord(1)).toMatchObject(audit[0] ?? {});
    expect((await again.commit([], [entry()])).audit[0]).toMatchObject({ seq: 2 });
    expect(await again.auditRecord(2)).toMatchObject({ prev: audit[0]?.hash });
    await again.close();
  });

  test('is refused to a second hub, naming the first, and free again once that has closed', async () => {
    const store = await open(dir);
    await expect(open(dir)).rejects.toMatchObject({
      code: 'data-locked',
      params: { pid: String(process.pid) },
    });
    await store.close();
    await (await open(dir)).close();
  });

  test.each(['', '-wal', 'checkpoints'])(
    'takes no more writes once its file %j was removed',
    async (name) => {
      const { database, checkpoints } = dataFiles(dir);
      writeFileSync(checkpoints, '');
      const store = await open(dir);
      await store.commit([], [entry()]);
      const path = name === 'checkpoints' ? checkpoints : database + name;
      renameSync(path, `${path}.away`);
      await expect(store.commit([], [entry()])).rejects.toMatchObject({ code: 'audit-unwritable' });
      writeFileSync(path, '');
      await expect(store.commit([], [entry()])).rejects.toMatchObject({ code: 'audit-unwritable' });
      expect(store.writable()).toBe(false);
      renameSync(`${path}.away`, path);
      // What was refused is told of first, then it goes on.
      expect((await store.commit([], [entry()])).audit[0]).toMatchObject({ seq: 3 });
      await store.close();
    },
  );

  test('left behind with the process id of a dead hub is taken over', async () => {
    writeFileSync(dataFiles(dir).pid, '1\n');
    writeFileSync(dataFiles(dir).lock, '');
    await (await open(dir)).close();
  });

  test('that cannot be a folder is refused', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(open(join(dir, 'file', 'data'))).rejects.toMatchObject({ code: 'data-unwritable' });
  });

  test.skipIf(process.getuid?.() === 0)('that cannot be written is refused', async () => {
    chmodSync(dir, 0o500);
    await expect(open(dir)).rejects.toMatchObject({ code: 'data-unwritable' });
    chmodSync(dir, 0o700);
  });

  test('with a file that is no database is refused and left as it is', async () => {
    writeFileSync(dataFiles(dir).database, 'not a database, but somebody’s text '.repeat(100));
    await expect(open(dir)).rejects.toMatchObject({ code: 'data-corrupt' });
    expect(statSync(dataFiles(dir).database).size).toBeGreaterThan(3_000);
    await expect(open(dir)).rejects.toMatchObject({ code: 'data-corrupt' });
  });

  test('of a newer version is refused', async () => {
    await (await open(dir)).close();
    const db = new Sqlite(dataFiles(dir).database);
    db.exec("INSERT INTO migrations VALUES ('9999-later', 1)");
    db.close();
    await expect(open(dir)).rejects.toMatchObject({ code: 'data-newer' });
  });

  test('whose newest records were altered is refused', async () => {
    const store = await open(dir);
    await store.commit([], [entry(), entry(), entry()]);
    await store.close();
    const db = new Sqlite(dataFiles(dir).database);
    db.exec(
      "DROP TRIGGER audit_no_update; UPDATE audit SET body = replace(body, 'hub.started', 'hub.stopped') WHERE seq = 2",
    );
    db.close();
    await expect(open(dir)).rejects.toMatchObject({ code: 'audit-broken', params: { seq: 2 } });
  });
});

test('versions are compared by number', () => {
  expect(isOlder('3.51.2', '3.51.3')).toBe(true);
  expect(isOlder('3.9.9', '3.51.3')).toBe(true);
  expect(isOlder('3.51.3', '3.51.3')).toBe(false);
  expect(isOlder('4.0.0', '3.51.3')).toBe(false);
});

describe('the audit table', () => {
  test('refuses every change but the next record, to whoever has the connection', async () => {
    const db = openDatabase(':memory:');
    const store = storeOver({ db, path: ':memory:', clock: systemClock, log: silentLog });
    await store.commit([], [entry(), entry()]);
    for (const sql of [
      "UPDATE audit SET body = '{}' WHERE seq = 1",
      'DELETE FROM audit WHERE seq = 2',
      "REPLACE INTO audit (seq, prev, hash, body) VALUES (1, '', '', '{}')",
      "INSERT INTO audit (seq, prev, hash, body) VALUES (5, '', '', '{}')",
    ])
      expect(() => db.exec(sql)).toThrow(/append-only|without gaps/);
    await store.close();
  });

  test('is never served altered', async () => {
    const db = openDatabase(':memory:');
    const store = storeOver({ db, path: ':memory:', clock: systemClock, log: silentLog });
    await store.commit([], [entry(), entry()]);
    db.exec(
      "DROP TRIGGER audit_no_update; UPDATE audit SET body = replace(body, 'hub', 'bub') WHERE seq = 1",
    );
    await expect(store.auditRecord(1)).rejects.toMatchObject({ code: 'audit-broken' });
    await expect(store.auditRange(1, 5)).rejects.toMatchObject({ code: 'audit-broken' });
    expect(await store.auditRecord(2)).not.toBeNull();
    await store.close();
  });
});

describe('a full disk', () => {
  const setUp = () => {
    const db = openDatabase(':memory:');
    const clock = createFakeClock(1_000);
    const store = storeOver({ db, path: ':memory:', clock, log: silentLog });
    const limitPages = (pages: number) => db.pragma(`max_page_count = ${pages}`);
    const used = () => Number(db.pragma('page_count', { simple: true }));
    return { store, clock, limitPages, used };
  };
  const big = (n: number) => ({ kind: 'evidence.save', evidence: evidence(n, 'x'.repeat(100_000)) }) as const;

  test('refuses every commit of the moment, keeps nothing of any, and goes on by itself', async () => {
    const { store, clock, limitPages, used } = setUp();
    await store.commit([], [entry()]);
    limitPages(used());
    const heads: number[] = [];
    store.onAuditHead((head) => heads.push(head.seq));
    const results = await Promise.allSettled([
      store.commit([big(1)], [entry()]),
      store.commit([big(2)], [entry()]),
    ]);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'audit-unwritable' } });
    expect(store.writable()).toBe(false);
    expect((await store.auditHead()).seq).toBe(1);
    expect(await store.evidence(evidence(1).id)).toBeNull();
    expect(heads).toEqual([]);

    limitPages(1_000_000);
    clock.advance(1_000);
    expect(store.writable()).toBe(true);
    expect((await store.auditPage({ limit: 1 })).items[0]?.body).toContain('"event":"audit.resumed"');
    expect(JSON.parse((await store.auditRecord(2))?.body ?? '{}')).toMatchObject({
      data: { refused: 2, sinceMs: 1_000 },
    });
    const { audit } = await store.commit([big(1)], [entry()]);
    expect(audit[0]?.seq).toBe(3);
    await store.close();
  });

  test('that ends before the next commit is told of before that commit', async () => {
    const { store, limitPages, used } = setUp();
    await store.commit([], [entry()]);
    limitPages(used());
    await expect(store.commit([big(1)], [])).rejects.toMatchObject({ code: 'audit-unwritable' });
    limitPages(1_000_000);
    const { audit } = await store.commit([], [entry()]);
    expect(audit[0]?.seq).toBe(3);
    expect((await store.auditRecord(2))?.body).toContain('audit.resumed');
    await store.close();
  });

  test('stays refused, and says so each time, until there is room', async () => {
    const { store, clock, limitPages, used } = setUp();
    await store.commit([], [entry()]);
    limitPages(used());
    for (let i = 0; i < 3; i++) {
      await expect(store.commit([big(i)], [entry()])).rejects.toMatchObject({ code: 'audit-unwritable' });
      clock.advance(100);
    }
    expect((await store.auditHead()).seq).toBe(1);
    await store.close();
  });
});
