// What audit records are found by: words, events, conversations, spans of time. All of it follows from the records, so it is made after the
// commit that sealed them, many records at a time: a full-text index that is written with every commit costs five times the commit.
// Whoever searches brings it up to date first, so that nothing on record is ever missing from an answer.

import type { AuditBody } from '../../contract/audit-event.ts';
import type { Clock, Timer } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/sqlite.ts';
import { indexedText } from './audit-words.ts';

/** How many records one row of `audit_spans` covers. */
export const SPAN_RECORDS = 1_000;
/** Records taken in at once while a hub works: a few milliseconds during which it does nothing else. */
const SLICE_RECORDS = 250;
/** Records are taken in when nothing was added for so long: a question that is being answered adds some every few milliseconds. */
const QUIET_MS = 1_000;
/** However busy the hub is, no record waits longer, so that a search never has much to make up for. */
const WAIT_MAX_MS = 10_000;

export interface AuditIndex {
  /** Takes in everything on record. Throws what the disk says when it cannot be written. */
  catchUp(): void;
  /** Takes in what is on record when the hub is quiet, in slices. */
  catchUpSoon(): void;
  close(): void;
}

/** The index over `db`, on which nobody may have a transaction open when it catches up. */
export function auditIndex(db: Database, clock: Clock): AuditIndex {
  const upTo = db.prepare<[], number>('SELECT seq FROM audit_indexed').pluck();
  const head = db.prepare<[], number | null>('SELECT max(seq) FROM audit').pluck();
  const slice = db.transaction(createSlice(db));
  let timer: Timer | null = null;
  let waitingSinceMs: number | null = null;
  let known = upTo.get() ?? 0;

  function behind(): boolean {
    return known < (head.get() ?? 0);
  }

  function step(): void {
    timer = null;
    waitingSinceMs = null;
    try {
      known = slice.immediate(known);
    } catch {
      // The disk refuses. A search will say so; a commit that goes through again brings us back here.
      return;
    }
    if (behind()) timer = clock.after(0, step);
  }

  return {
    catchUp() {
      while (behind()) known = slice.immediate(known);
    },
    catchUpSoon() {
      const nowMs = clock.monotonic();
      waitingSinceMs ??= nowMs;
      timer?.cancel();
      timer = clock.after(Math.max(0, Math.min(QUIET_MS, waitingSinceMs + WAIT_MAX_MS - nowMs)), step);
    },
    close() {
      timer?.cancel();
    },
  };
}

/** Takes in the records after `from`, at most a slice of them, and returns the last one that is in. */
function createSlice(db: Database): (from: number) => number {
  const rows = db.prepare<[number, number], { seq: number; body: string }>(
    'SELECT seq, body FROM audit WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const words = db.prepare('INSERT INTO audit_words (rowid, words) VALUES (?, ?)');
  const span = db.prepare(
    `INSERT INTO audit_spans (block, min_at, max_at) VALUES (?, ?, ?)
       ON CONFLICT (block) DO UPDATE SET min_at = min(min_at, excluded.min_at), max_at = max(max_at, excluded.max_at)`,
  );
  const count = db.prepare(
    'INSERT INTO audit_counts (event, records) VALUES (?, 1) ON CONFLICT (event) DO UPDATE SET records = records + 1',
  );
  const byEvent = db.prepare('INSERT INTO audit_by_event (event, seq) VALUES (?, ?)');
  const byConversation = db.prepare('INSERT INTO audit_by_conversation (conversation, seq) VALUES (?, ?)');
  const reached = db.prepare('UPDATE audit_indexed SET seq = ?');
  return (from) => {
    let last = from;
    for (const { seq, body } of rows.all(from, SLICE_RECORDS)) {
      // The row was written by this store from an AuditBody; its hash is checked wherever its content is served.
      const record = JSON.parse(body) as AuditBody;
      words.run(seq, indexedText(record));
      span.run(Math.floor((seq - 1) / SPAN_RECORDS), record.at, record.at);
      count.run(record.event);
      byEvent.run(record.event, seq);
      if (record.conversation !== null) byConversation.run(record.conversation, seq);
      last = seq;
    }
    reached.run(last);
    return last;
  };
}
