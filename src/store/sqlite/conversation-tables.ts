// Conversations, their events, evidence and watches. Events only grow, numbered from 1 in each conversation.

import type { Evidence } from '../../contract/call.ts';
import type { ChatEvent, ChatEventDraft, ConversationSummary, WatchView } from '../../contract/chat.ts';
import { limits } from '../../kernel/limits.ts';
import type { Database } from '../../kernel/sqlite.ts';
import { type Page, StoreConflict, type Write } from '../port.ts';
import { pageOf, readCursor } from './cursor.ts';

interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly state: ConversationSummary['state'];
  readonly subtitle: string;
  readonly person: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface OpenWatch {
  readonly watch: WatchView;
  readonly conversation: string;
  readonly turn: string;
}

type WriteOf<K extends Write['kind']> = Extract<Write, { kind: K }>;

export interface ConversationTables {
  create(conversation: ConversationSummary): void;
  update(write: WriteOf<'conversation.update'>, nowMs: number): void;
  /** Appends to a conversation and returns the numbers the events got. */
  append(conversation: string, drafts: readonly ChatEventDraft[], nowMs: number): number[];
  /** To be called when a transaction begins and when one is rolled back: what was known of the rows may no longer be so. */
  forget(): void;
  get(id: string): ConversationSummary | null;
  page(cursor: string | null, limit: number): Page<ConversationSummary>;
  working(): ConversationSummary[];
  events(conversation: string, afterSeq: number, limit: number): ChatEvent[];
  saveEvidence(evidence: Evidence): void;
  evidence(id: string): Evidence | null;
  saveWatch(write: WriteOf<'watch.save'>): void;
  openWatches(): OpenWatch[];
}

export function conversationTables(db: Database): ConversationTables {
  return { ...conversationRows(db), ...eventRows(db), ...evidenceRows(db), ...watchRows(db) };
}

function conversationRows(db: Database) {
  const insert = db.prepare(
    'INSERT INTO conversations (id, title, state, subtitle, person, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const change = db.prepare(
    `UPDATE conversations SET title = coalesce(?, title), state = coalesce(?, state), subtitle = coalesce(?, subtitle),
       updated_at = ? WHERE id = ?`,
  );
  const byId = db.prepare<[string], ConversationRow>('SELECT * FROM conversations WHERE id = ?');
  const older = db.prepare<[number, string, number], ConversationRow>(
    'SELECT * FROM conversations WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?',
  );
  const busy = db.prepare<[], ConversationRow>(
    "SELECT * FROM conversations WHERE state = 'working' ORDER BY created_at, id",
  );
  return {
    create(c: ConversationSummary): void {
      insert.run(c.id, c.title, c.state, c.subtitle, c.person, c.createdAt, c.updatedAt);
    },
    update({ id, patch }: WriteOf<'conversation.update'>, nowMs: number): void {
      const { title = null, state = null, subtitle = null } = patch;
      if (change.run(title, state, subtitle, nowMs, id).changes === 0)
        throw new StoreConflict('conversation.update', `there is no conversation ${id}`);
    },
    get(id: string): ConversationSummary | null {
      const row = byId.get(id);
      return row === undefined ? null : summaryOf(row);
    },
    page(cursor: string | null, limit: number): Page<ConversationSummary> {
      const from = readCursor(cursor);
      const rows = older.all(from.atMs, from.id, limit + 1);
      return pageOf(rows, limit, { item: summaryOf, place: (row) => ({ atMs: row.created_at, id: row.id }) });
    },
    working: (): ConversationSummary[] => busy.all().map(summaryOf),
  };
}

function eventRows(db: Database) {
  const insert = db.prepare('INSERT INTO events (conversation, seq, body) VALUES (?, ?, ?)');
  const last = db
    .prepare<[string], number | null>('SELECT max(seq) FROM events WHERE conversation = ?')
    .pluck();
  const touch = db.prepare('UPDATE conversations SET updated_at = ? WHERE id = ?');
  const after = db
    .prepare<[string, number, number], string>(
      'SELECT body FROM events WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .pluck();
  /** The conversations that this transaction has added to: one question appends many times in one transaction. */
  const added = new Map<string, { seq: number; atMs: number }>();

  function endOf(conversation: string, nowMs: number): { seq: number } {
    const known = added.get(conversation);
    if (known?.atMs === nowMs) return known;
    if (touch.run(nowMs, conversation).changes === 0)
      throw new StoreConflict('events.append', `there is no conversation ${conversation}`);
    const end = { seq: known?.seq ?? last.get(conversation) ?? 0, atMs: nowMs };
    added.set(conversation, end);
    return end;
  }

  return {
    append(conversation: string, drafts: readonly ChatEventDraft[], nowMs: number): number[] {
      const end = endOf(conversation, nowMs);
      if (end.seq + drafts.length > limits.conversation.events)
        throw new StoreConflict('events.append', `conversation ${conversation} is full`);
      return drafts.map((draft) => {
        end.seq++;
        const event: ChatEvent = { ...draft, seq: end.seq, at: nowMs };
        insert.run(conversation, end.seq, JSON.stringify(event));
        return end.seq;
      });
    },
    forget: (): void => added.clear(),
    events: (conversation: string, afterSeq: number, limit: number): ChatEvent[] =>
      after.all(conversation, afterSeq, limit).map((body) => parseStored<ChatEvent>(body)),
  };
}

function evidenceRows(db: Database) {
  const insert = db.prepare('INSERT INTO evidence (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const byId = db.prepare<[string], string>('SELECT body FROM evidence WHERE id = ?').pluck();
  return {
    /** Saving the same evidence again does nothing: a node repeats what was not acknowledged. */
    saveEvidence(evidence: Evidence): void {
      const body = JSON.stringify(evidence);
      if (insert.run(evidence.id, body).changes === 0 && byId.get(evidence.id) !== body)
        throw new StoreConflict('evidence.save', `evidence ${evidence.id} exists with another content`);
    },
    evidence(id: string): Evidence | null {
      const body = byId.get(id);
      return body === undefined ? null : parseStored<Evidence>(body);
    },
  };
}

function watchRows(db: Database) {
  const save = db.prepare(
    `INSERT INTO watches (id, state, started_at, body, conversation, turn) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  );
  const open = db.prepare<[], { body: string; conversation: string; turn: string }>(
    "SELECT body, conversation, turn FROM watches WHERE state = 'watching' ORDER BY started_at, id",
  );
  return {
    saveWatch({ watch, conversation, turn }: WriteOf<'watch.save'>): void {
      save.run(watch.id, watch.state, watch.startedAt, JSON.stringify(watch), conversation, turn);
    },
    openWatches: (): OpenWatch[] =>
      open.all().map((row) => ({
        watch: parseStored<WatchView>(row.body),
        conversation: row.conversation,
        turn: row.turn,
      })),
  };
}

/** JSON that a typed write stored; rows are written by this process alone, so the shape is the one it was written with. */
export function parseStored<T>(body: string): T {
  // The type was checked when the value was written; parsing it again on every read would cost more than the read.
  return JSON.parse(body) as T;
}

function summaryOf(row: ConversationRow): ConversationSummary {
  const { created_at: createdAt, updated_at: updatedAt, ...rest } = row;
  return { ...rest, createdAt, updatedAt };
}
