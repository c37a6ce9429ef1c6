// The moments of a hub's disk, from inside its process: every transaction the store commits is counted and written down
// with what is in it, and on request the process dies right before or right after one, or SQLite refuses them all.

import { appendFileSync } from 'node:fs';
import { type Database, Sqlite } from '../../../src/kernel/sqlite.ts';

/** `commit` counts from 1 from the moment it was asked for. */
export interface CommitDeath {
  readonly commit: number;
  readonly when: 'before' | 'after';
}

export interface FailingDisk {
  /** Starts to count anew; null only counts. */
  dieAt(death: CommitDeath | null): void;
  refuse(refusing: boolean): void;
}

/** Takes hold of every database this process opens from now on. `trace` gets a line for each commit that is reached. */
export function failingDisk(trace: string, die: () => void): FailingDisk {
  let count = 0;
  let death: CommitDeath | null = null;
  let refusing = false;
  const seen = { audit: 0, events: 0 };

  function committing(db: Database, run: () => unknown): unknown {
    // SQLite's own error, thrown where it would: the transaction is still open and has to be rolled back.
    if (refusing) throw new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL');
    count += 1;
    const at = count;
    appendFileSync(trace, `${at} ${contentOf(db, seen)}\n`);
    if (death?.commit === at && death.when === 'before') die();
    const result = run();
    if (death?.commit === at && death.when === 'after') die();
    return result;
  }

  const prepare = Sqlite.prototype.prepare;
  const wrapped = function (this: Database, sql: string) {
    const statement = prepare.call(this, sql);
    if (sql !== 'COMMIT') return statement;
    // COMMIT takes no parameters.
    const run = statement.run.bind(statement) as () => unknown;
    return Object.assign(statement, { run: () => committing(this, run) });
  };
  // The overloads of `prepare` differ in their types only.
  Sqlite.prototype.prepare = wrapped as typeof prepare;

  return {
    dieAt(next) {
      count = 0;
      death = next;
    },
    refuse(next) {
      refusing = next;
    },
  };
}

/** What was added since the last look, by name. */
function contentOf(db: Database, seen: { audit: number; events: number }): string {
  const added = db.prepare<[number], string>('SELECT event FROM audit WHERE seq > ? ORDER BY seq').pluck();
  const told = db
    .prepare<[number], string>(
      "SELECT json_extract(body, '$.type') FROM events WHERE rowid > ? ORDER BY rowid",
    )
    .pluck();
  const text = `audit: ${added.all(seen.audit).join(' ')}; chat: ${told.all(seen.events).join(' ')}`;
  seen.audit = Number(db.prepare('SELECT coalesce(max(seq), 0) FROM audit').pluck().get());
  seen.events = Number(db.prepare('SELECT coalesce(max(rowid), 0) FROM events').pluck().get());
  return text;
}
