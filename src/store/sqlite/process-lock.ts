// One hub per data folder. The lock is an operating-system lock that SQLite holds on a file of its own, so it ends with
// the process however that ends; nothing stale can be left behind. The process id stands in a second file, for people only.
// The lock file must never be opened by anything else in this process: POSIX drops a lock when any descriptor closes.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fail } from '../../contract/errors.ts';
import { Sqlite } from '../../kernel/sqlite.ts';
import { createPrivateFile, dataFiles, openFailure, sqliteCode } from './database.ts';

export interface ProcessLock {
  release(): void;
}

/** Takes the lock of `dataDir` for process `pid`. Throws `data-locked` while another process, or this one, holds it. */
export function takeProcessLock(dataDir: string, pid: number): ProcessLock {
  const files = dataFiles(dataDir);
  createPrivateFile(files.lock);
  const lock = new Sqlite(files.lock, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock.close();
    if (sqliteCode(thrown)?.startsWith('SQLITE_BUSY') === true)
      throw fail('data-locked', { pid: readPid(files.pid), path: dataDir }, thrown);
    throw openFailure(files.lock, thrown);
  }
  createPrivateFile(files.pid);
  writeFileSync(files.pid, `${pid}\n`);
  return {
    release() {
      if (!lock.open) return;
      rmSync(files.pid, { force: true });
      lock.close();
    },
  };
}

function readPid(path: string): string {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? text : 'unknown';
  } catch {
    return 'unknown';
  }
}
