// The SQLite adapter of the store port: opens a data folder for one process and puts the tables behind the port.
// Reads are answered at once from the same connection; they see every commit that has resolved.

import { dirname } from 'node:path';
import type { AuditEntry } from '../../contract/audit-event.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Database } from '../../kernel/sqlite.ts';
import type { Committed, DurableStore, Write } from '../port.ts';
import { applyWrite, type Tables } from './apply-write.ts';
import { type AuditIndex, auditIndex } from './audit-index.ts';
import { auditSearch } from './audit-search.ts';
import { auditTable } from './audit-table.ts';
import { conversationTables } from './conversation-tables.ts';
import { createDataDir, dataFiles, openDatabase, openFailure } from './database.ts';
import { createFileGuard } from './file-guard.ts';
import { conflictOf, createGroupCommit } from './group-commit.ts';
import { migrate } from './migrations.ts';
import { peopleTables } from './people-tables.ts';
import { type ProcessLock, takeProcessLock } from './process-lock.ts';
import { proposalTables } from './proposal-tables.ts';

export interface SqliteStoreOptions {
  /** The hub's data folder, or `:memory:` for a store that ends with the process. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens the store of `dataDir`, creating it when it is not there, and holds it until `close`.
 * Throws `data-locked`, `data-unwritable`, `data-corrupt`, `data-newer`, `audit-broken`, `sqlite-too-old`.
 */
export async function openSqliteStore({ dataDir, clock, log }: SqliteStoreOptions): Promise<DurableStore> {
  if (dataDir === ':memory:') return storeOver({ db: openDatabase(dataDir), path: dataDir, clock, log });
  createDataDir(dataDir);
  const lock = takeProcessLock(dataDir, process.pid);
  try {
    const path = dataFiles(dataDir).database;
    return storeOver({ db: openDatabase(path), path, clock, log, lock });
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

export interface StoreOverOptions {
  readonly db: Database;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lock?: ProcessLock;
}

/** The store over an open database, which it then owns. */
export function storeOver({ db, path, clock, log, lock }: StoreOverOptions): DurableStore {
  const tables = prepareTables(db, path, clock);
  const apply = (writes: readonly Write[], entries: readonly AuditEntry[], nowMs: number) =>
    applyJob(tables, { writes, entries, nowMs });
  const { audit, conversations } = tables;
  const guard = guardOf(path);
  const group = createGroupCommit({ db, audit, apply, forget: conversations.forget, guard, clock, log });
  const index = auditIndex(db, clock);
  group.onAuditHead(() => index.catchUpSoon());
  let closing: Promise<void> | null = null;
  const read = guardedReads(path);
  return {
    commit: group.commit,
    writable: group.writable,
    onAuditHead: group.onAuditHead,
    ...auditReads({ db, tables, index }, read),
    ...otherReads(tables, read),
    close() {
      closing ??= (async () => {
        group.close();
        index.close();
        db.close();
        lock?.release();
      })();
      return closing;
    },
  };
}

function guardOf(path: string): () => void {
  if (path === ':memory:') return () => undefined;
  const guard = createFileGuard([path, `${path}-wal`, dataFiles(dirname(path)).checkpoints]);
  guard();
  return guard;
}

function prepareTables(db: Database, path: string, clock: Clock): Tables {
  try {
    migrate(db, path, clock.now());
    const tables = {
      audit: auditTable(db),
      conversations: conversationTables(db),
      proposals: proposalTables(db),
      people: peopleTables(db),
    };
    tables.audit.checkTail();
    return tables;
  } catch (thrown) {
    db.close();
    throw openFailure(path, thrown);
  }
}

function applyJob(
  tables: Tables,
  job: { writes: readonly Write[]; entries: readonly AuditEntry[]; nowMs: number },
): Committed {
  const events: number[] = [];
  for (const write of job.writes) {
    try {
      events.push(...applyWrite(tables, write, job.nowMs));
    } catch (thrown) {
      throw conflictOf(write.kind, thrown);
    }
  }
  return { events, audit: job.entries.map((entry) => tables.audit.append(entry, job.nowMs)) };
}

type Read = <T>(query: () => T) => Promise<T>;

/** Runs a query as the asynchronous thing the port promises, and names the file when it turns out to be damaged. */
function guardedReads(path: string): Read {
  return async (query) => {
    try {
      return query();
    } catch (thrown) {
      throw openFailure(path, thrown);
    }
  };
}

function auditReads({ db, tables, index }: { db: Database; tables: Tables; index: AuditIndex }, read: Read) {
  const { audit } = tables;
  const search = auditSearch(db, audit, index);
  return {
    auditHead: () => read(() => audit.head()),
    auditRecord: (seq) => read(() => audit.record(seq)),
    auditPage: (filter) => read(() => search(filter)),
    auditRange: (fromSeq, limit) => read(() => audit.range(fromSeq, limit)),
    lastCheckpoint: () => read(() => audit.lastCheckpoint()),
    checkpoints: (afterSeq, limit) => read(() => audit.checkpoints(afterSeq, limit)),
  } satisfies Partial<DurableStore>;
}

function otherReads({ conversations, proposals, people }: Tables, read: Read) {
  return {
    conversation: (id) => read(() => conversations.get(id)),
    conversations: (cursor, limit) => read(() => conversations.page(cursor, limit)),
    workingConversations: () => read(() => conversations.working()),
    events: (conversation, afterSeq, limit) =>
      read(() => conversations.events(conversation, afterSeq, limit)),
    evidence: (id) => read(() => conversations.evidence(id)),
    openWatches: () => read(() => conversations.openWatches()),
    proposal: (id) => read(() => proposals.get(id)),
    proposals: (filter, cursor, limit) => read(() => proposals.page(filter, cursor, limit)),
    node: (id) => read(() => people.node(id)),
    nodeByKey: (key) => read(() => people.nodeByKey(key)),
    nodes: () => read(() => people.nodes()),
    person: (id) => read(() => people.person(id)),
    signInPerson: (sha256) => read(() => people.signInPerson(sha256)),
    session: (sha256, nowMs) => read(() => people.session(sha256, nowMs)),
  } satisfies Partial<DurableStore>;
}
