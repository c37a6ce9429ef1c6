// Opens the SQLite file with the settings durability rests on, and says in our words why it cannot.
// Always: WAL with synchronous=FULL, foreign keys on, a SQLite that is recent enough, a file only its owner can read.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../../contract/errors.ts';
import { messageOf } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import { type Database, Sqlite } from '../../kernel/sqlite.ts';

/** Older ones can lose a committed WAL frame when two connections reset the log at once (sqlite.org/wal.html, "The WAL-Reset Bug"). */
const SQLITE_MIN = '3.51.3';

/** The names of everything the hub's data folder holds on the store's behalf. */
export function dataFiles(dataDir: string): {
  readonly database: string;
  readonly lock: string;
  readonly pid: string;
  readonly checkpoints: string;
} {
  return {
    database: join(dataDir, 'lockkeeper.db'),
    lock: join(dataDir, 'lockkeeper.lock'),
    pid: join(dataDir, 'lockkeeper.pid'),
    checkpoints: join(dataDir, 'checkpoints.jsonl'),
  };
}

/** Opens or creates the database at `path`, or a private one for `:memory:`. Throws `data-unwritable`, `data-corrupt`, `sqlite-too-old`. */
export function openDatabase(path: string): Database {
  const inMemory = path === ':memory:';
  if (!inMemory) createPrivateFile(path);
  let db: Database | null = null;
  try {
    db = new Sqlite(path, { timeout: limits.store.busyMs });
    checkVersion(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    db.pragma('journal_size_limit = 67108864');
    db.pragma('cache_size = -32768');
    return db;
  } catch (thrown) {
    db?.close();
    throw openFailure(path, thrown);
  }
}

/** Makes the folder of a data file when it is missing, and closes it to everybody but its owner (0700). Throws `data-unwritable`. */
export function createDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
  } catch (thrown) {
    throw fail('data-unwritable', { path: dataDir, detail: messageOf(thrown) }, thrown);
  }
}

/** Turns what SQLite threw while opening or reading `path` into one of our errors; anything else is returned as it is. */
export function openFailure(path: string, thrown: unknown): unknown {
  const code = sqliteCode(thrown);
  if (code === null) return thrown;
  const params = { path, detail: `${messageOf(thrown)} (${code})` };
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return fail('data-corrupt', params, thrown);
  return fail('data-unwritable', params, thrown);
}

/** SQLite's result code (such as `SQLITE_FULL`) of a thrown value, or null when it is not from SQLite. */
export function sqliteCode(thrown: unknown): string | null {
  return thrown instanceof Sqlite.SqliteError ? thrown.code : null;
}

/** Creates `path` readable by its owner alone; SQLite gives the -wal and -shm files beside it the same mode. */
export function createPrivateFile(path: string): void {
  createDataDir(dirname(path));
  try {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (thrown) {
    throw fail('data-unwritable', { path, detail: messageOf(thrown) }, thrown);
  }
}

function checkVersion(db: Database): void {
  const found = String(db.prepare('SELECT sqlite_version()').pluck().get());
  if (isOlder(found, SQLITE_MIN)) throw fail('sqlite-too-old', { found, needed: SQLITE_MIN });
}

/** True when dotted version `a` comes before `b`. */
export function isOlder(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
