// Runs all commits of one event-loop tick in one transaction, of which any may be left out alone, and settles them only after
// COMMIT has returned. When the disk refuses, all of them are refused and nothing of any is left; the first commit that
// goes through again is preceded by `audit.resumed`, which a timer tries even when nobody else does.

import type { AuditEntry } from '../../contract/audit-event.ts';
import { fail } from '../../contract/errors.ts';
import type { Clock, Timer } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Database } from '../../kernel/sqlite.ts';
import { type AuditPlace, type Committed, StoreConflict, type Write } from '../port.ts';
import type { AuditTable } from './audit-table.ts';
import { sqliteCode } from './database.ts';

interface Job {
  readonly writes: readonly Write[];
  readonly audit: readonly AuditEntry[];
  resolve(committed: Committed): void;
  reject(reason: unknown): void;
}

type Outcome = { readonly committed: Committed } | { readonly refused: unknown };

export interface GroupCommit {
  commit(writes: readonly Write[], audit: readonly AuditEntry[]): Promise<Committed>;
  writable(): boolean;
  onAuditHead(listener: (head: AuditPlace) => void): () => void;
  /** Commits what was accepted; later commits are refused. */
  close(): void;
}

export interface GroupCommitOptions {
  readonly db: Database;
  readonly audit: AuditTable;
  /** Applies one job inside the open transaction. */
  readonly apply: (writes: readonly Write[], audit: readonly AuditEntry[], nowMs: number) => Committed;
  /** Called when what was applied in this transaction so far no longer counts: it begins, or was rolled back. */
  readonly forget: () => void;
  /** Throws when the files are no longer those that were opened. */
  readonly guard: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A refusal by the disk: since when, why, and how many commits it has cost. */
interface Outage {
  readonly sinceMs: number;
  readonly detail: string;
  refused: number;
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { audit, clock, log } = options;
  const listeners = new Set<(head: AuditPlace) => void>();
  const transaction = createTransaction(options);
  let queue: Job[] = [];
  let scheduled: NodeJS.Immediate | null = null;
  let outage: Outage | null = null;
  let retry: Timer | null = null;
  let closed = false;

  function flush(): void {
    scheduled = null;
    const jobs = queue.slice(0, limits.store.jobsPerTransaction);
    queue = queue.slice(jobs.length);
    if (queue.length > 0) scheduled = setImmediate(flush);
    if (jobs.length > 0 || outage !== null) run(jobs);
  }

  function run(jobs: readonly Job[]): void {
    const before = audit.head();
    try {
      const outcomes = transaction(jobs, outage);
      if (outage !== null) log.warn({ refused: outage.refused }, 'the audit log is written again');
      outage = null;
      retry?.cancel();
      settle(jobs, outcomes);
    } catch (thrown) {
      refuse(jobs, thrown);
    }
    if (audit.head().seq > before.seq) for (const listener of listeners) listener(audit.head());
  }

  function refuse(jobs: readonly Job[], thrown: unknown): void {
    const detail = `${messageOf(thrown)}, ${sqliteCode(thrown) ?? 'unexpected'}`;
    if (outage === null) {
      outage = { sinceMs: clock.now(), detail, refused: 0 };
      log.error({ detail }, 'the audit log cannot be written; nothing runs until it can');
    }
    outage.refused += jobs.length;
    const reason = fail('audit-unwritable', { detail }, thrown);
    for (const job of jobs) job.reject(reason);
    retry?.cancel();
    if (!closed) retry = clock.after(limits.store.retryMs, flush);
  }

  return {
    commit(writes, entries) {
      if (closed) return Promise.reject(fail('audit-unwritable', { detail: 'the store is closed' }));
      return new Promise((resolve, reject) => {
        queue.push({ writes, audit: entries, resolve, reject });
        scheduled ??= setImmediate(flush);
      });
    },
    writable: () => outage === null,
    onAuditHead(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      while (queue.length > 0) flush();
      if (scheduled !== null) clearImmediate(scheduled);
      retry?.cancel();
    },
  };
}

/** Runs jobs in one transaction and returns what became of each. Throws, with everything rolled back, when the disk refuses. */
function createTransaction({ db, audit, apply, forget, guard, clock }: GroupCommitOptions) {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT job');
  const release = db.prepare('RELEASE job');
  const rollBackTo = db.prepare('ROLLBACK TO job');

  function runJob(writes: readonly Write[], entries: readonly AuditEntry[]): Outcome {
    const head = audit.head();
    savepoint.run();
    try {
      const committed = apply(writes, entries, clock.now());
      release.run();
      return { committed };
    } catch (thrown) {
      if (sqliteCode(thrown) !== null) throw thrown;
      rollBackTo.run();
      release.run();
      forget();
      audit.resetHead(head);
      return { refused: thrown };
    }
  }

  function attempt(jobs: readonly Job[], outage: Outage | null, run: typeof runJob): Outcome[] {
    try {
      guard();
      begin.run();
      forget();
      audit.resetHead(audit.storedHead());
      if (outage !== null) runJob([], [resumed(outage)]);
      const outcomes = jobs.map((job) => run(job.writes, job.audit));
      commit.run();
      return outcomes;
    } catch (thrown) {
      // SQLite has rolled back by itself after some failures, and after others it has not.
      if (db.inTransaction) db.exec('ROLLBACK');
      forget();
      audit.resetHead(audit.storedHead());
      throw thrown;
    }
  }

  return (jobs: readonly Job[], outage: Outage | null): Outcome[] => {
    try {
      return attempt(jobs, outage, (writes, entries) => ({ committed: apply(writes, entries, clock.now()) }));
    } catch (thrown) {
      if (sqliteCode(thrown) !== null) throw thrown;
      // One of them cannot be stored, which is rare: only then is each put in a savepoint, to leave out that one.
      return attempt(jobs, outage, runJob);
    }
  };
}

function settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
  for (const [i, job] of jobs.entries()) {
    const outcome = outcomes[i];
    if (outcome !== undefined && 'committed' in outcome) job.resolve(outcome.committed);
    else job.reject(outcome?.refused);
  }
}

function resumed(outage: Outage): AuditEntry {
  return {
    event: 'audit.resumed',
    actor: { kind: 'hub', id: 'hub' },
    data: { sinceMs: outage.sinceMs, detail: outage.detail, refused: outage.refused },
  };
}

/** Constraint failures of `write` as conflicts; everything else is passed on. */
export function conflictOf(write: Write['kind'], thrown: unknown): unknown {
  const constraint = sqliteCode(thrown)?.startsWith('SQLITE_CONSTRAINT') === true;
  return constraint ? new StoreConflict(write, `${write}: ${messageOf(thrown)}`) : thrown;
}
