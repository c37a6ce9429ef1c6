// The audit log's rows: sealed one after the other inside the caller's transaction, checked again whenever they are read.
// The head in memory is the last row of the transaction under way; whoever rolls back has to put it back.

import {
  type AuditBody,
  type AuditEntry,
  type AuditRecord,
  auditEvents,
} from '../../contract/audit-event.ts';
import { fail } from '../../contract/errors.ts';
import { invariant } from '../../kernel/assert.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { CHAIN_START, chainHash } from '../../kernel/hash-chain.ts';
import { limits } from '../../kernel/limits.ts';
import type { Database } from '../../kernel/sqlite.ts';
import type { AuditPlace, StoredCheckpoint } from '../port.ts';

/** How many of the newest records are checked before the log is added to. */
const TAIL_RECORDS = 256;

export interface AuditTable {
  append(entry: AuditEntry, nowMs: number): AuditPlace;
  head(): AuditPlace;
  /** Puts the head back to what it was before a transaction or savepoint that has been rolled back. */
  resetHead(head: AuditPlace): void;
  /** The head as it stands in the file. */
  storedHead(): AuditPlace;
  /** Throws `audit-broken` unless the newest records chain. */
  checkTail(): void;
  record(seq: number): AuditRecord | null;
  range(fromSeq: number, limit: number): AuditRecord[];
  saveCheckpoint(checkpoint: StoredCheckpoint): void;
  lastCheckpoint(): StoredCheckpoint | null;
  checkpoints(afterSeq: number, limit: number): StoredCheckpoint[];
}

export function auditTable(db: Database): AuditTable {
  const last = db.prepare<[], AuditPlace>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const bySeq = db.prepare<[number], AuditRecord>('SELECT seq, prev, hash, body FROM audit WHERE seq = ?');
  const from = db.prepare<[number, number], AuditRecord>(
    'SELECT seq, prev, hash, body FROM audit WHERE seq >= ? ORDER BY seq LIMIT ?',
  );
  const insert = db.prepare('INSERT INTO audit (seq, prev, hash, body) VALUES (?, ?, ?, ?)');
  const storedHead = (): AuditPlace => last.get() ?? { seq: 0, hash: CHAIN_START };
  let head = storedHead();
  return {
    append(entry, nowMs) {
      const text = canonicalJson(bodyOf(entry, nowMs));
      invariant(text.length <= limits.audit.bodyBytes, 'an audit record stays within its bound');
      const seq = head.seq + 1;
      const hash = chainHash(seq, head.hash, text);
      insert.run(seq, head.hash, hash, text);
      head = { seq, hash };
      return head;
    },
    head: () => head,
    resetHead(previous) {
      head = previous;
    },
    storedHead,
    checkTail() {
      let prev: string | null = null;
      for (const record of from.all(Math.max(1, storedHead().seq - TAIL_RECORDS + 1), TAIL_RECORDS)) {
        checked(record);
        if (prev !== null && record.prev !== prev)
          throw fail('audit-broken', { seq: record.seq, detail: 'it does not follow the record before it' });
        prev = record.hash;
      }
    },
    record(seq) {
      const record = bySeq.get(seq);
      return record === undefined ? null : checked(record);
    },
    range: (fromSeq, limit) => from.all(fromSeq, limit).map(checked),
    ...checkpointRows(db),
  };
}

/** `record` when its hash is the one of its content. Throws `audit-broken` otherwise, so that nothing altered is ever served. */
export function checked(record: AuditRecord): AuditRecord {
  if (chainHash(record.seq, record.prev, record.body) === record.hash) return record;
  throw fail('audit-broken', {
    seq: record.seq,
    detail: 'its content does not have the hash it was sealed with',
  });
}

function checkpointRows(db: Database) {
  const save = db.prepare(
    'INSERT INTO checkpoints (seq, line) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET line = excluded.line',
  );
  const newest = db.prepare<[], StoredCheckpoint>(
    'SELECT seq, line FROM checkpoints ORDER BY seq DESC LIMIT 1',
  );
  const after = db.prepare<[number, number], StoredCheckpoint>(
    'SELECT seq, line FROM checkpoints WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  return {
    saveCheckpoint({ seq, line }: StoredCheckpoint): void {
      save.run(seq, line);
    },
    lastCheckpoint: (): StoredCheckpoint | null => newest.get() ?? null,
    checkpoints: (afterSeq: number, limit: number): StoredCheckpoint[] => after.all(afterSeq, limit),
  };
}

/** Members stand in the order in which they are written, which spares the writer from sorting those of every record. */
function bodyOf(entry: AuditEntry, nowMs: number): AuditBody {
  invariant(Object.hasOwn(auditEvents, entry.event), 'an audit event is in the closed list');
  const { id, kind, name } = entry.actor;
  return {
    actor: name === undefined ? { id, kind } : { id, kind, name },
    at: nowMs,
    call: entry.call ?? null,
    cli: entry.cli ?? null,
    code: auditEvents[entry.event].code,
    conversation: entry.conversation ?? null,
    data: entry.data ?? {},
    event: entry.event,
    node: entry.node ?? null,
    turn: entry.turn ?? null,
    v: 1,
  };
}
