// Audit logs to be verified: made by the real store, with real checkpoints, and copies of their records to be altered.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedLine, startCheckpoints } from '../../src/audit/checkpoints.ts';
import type { AuditRecord } from '../../src/contract/audit-event.ts';
import { generateSigningKey, type SigningKey } from '../../src/kernel/keys.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createFakeClock } from '../simulator/fake-clock.ts';
import { entry } from '../store/samples.ts';

export interface MadeLog {
  readonly dir: string;
  readonly files: ReturnType<typeof dataFiles>;
  readonly key: SigningKey;
}

/** A closed data folder with `count` records and the checkpoints a hub would have left. */
export async function makeLog(count: number): Promise<MadeLog> {
  const dir = mkdtempSync(join(tmpdir(), 'lockkeeper-audit-'));
  const files = dataFiles(dir);
  const key = generateSigningKey();
  const clock = createFakeClock(1_700_000_000_000);
  const store = await openSqliteStore({ dataDir: dir, clock, log: silentLog });
  const checkpoints = await startCheckpoints({ store, key, file: files.checkpoints, clock, log: silentLog });
  for (let i = 0; i < count; i += 50)
    await store.commit(
      [],
      Array.from({ length: Math.min(50, count - i) }, (_, j) =>
        entry({ data: { n: i + j + 1, text: 'größer 😀 \ufffd' } }),
      ),
    );
  await checkpoints.stop();
  await store.close();
  return { dir, files, key };
}

/** Overwrites one page in the middle of `table`, filled before that it has one, as a failing disk would. */
export function destroyPageOf(database: string, table: 'evidence'): void {
  const db = new Sqlite(database);
  const insert = db.prepare(`INSERT INTO ${table} (id, body) VALUES (?, ?)`);
  for (let i = 0; i < 200; i++) insert.run(`filling-${i}`, `{"filling":"${'x'.repeat(500)}"}`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.pragma('journal_mode = DELETE');
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const bytes = readFileSync(database);
  const page = Math.floor(
    bytes.indexOf('"filling":"', Math.floor(bytes.indexOf('filling-100') / size) * size) / size,
  );
  bytes.fill(0, page * size, (page + 1) * size);
  writeFileSync(database, bytes);
}

/** Records in memory with checkpoints over those numbers. */
export async function makeRecords(
  count: number,
  signedSeqs: readonly number[],
): Promise<{ records: AuditRecord[]; checkpoints: string[]; key: SigningKey }> {
  const clock = createFakeClock(1_700_000_000_000);
  const store = await openSqliteStore({ dataDir: ':memory:', clock, log: silentLog });
  await store.commit(
    [],
    Array.from({ length: count }, (_, i) => entry({ data: { n: i } })),
  );
  const records = [...(await store.auditRange(1, count))];
  await store.close();
  const key = generateSigningKey();
  const checkpoints = records
    .filter((record) => signedSeqs.includes(record.seq))
    .map((record) => signedLine(record, key, clock.now()));
  return { records, checkpoints, key };
}
