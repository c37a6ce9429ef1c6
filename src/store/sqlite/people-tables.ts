// Nodes, people, and the short-lived secrets that let them in. Only hashes of secrets are stored; each is used once.

import type { NodeInventory } from '../../contract/wire.ts';
import type { Database } from '../../kernel/sqlite.ts';
import {
  StoreConflict,
  type StoredNode,
  type StoredPerson,
  type WitnessedJournal,
  type Write,
} from '../port.ts';
import { parseStored } from './conversation-tables.ts';

/** Expired rows are kept this long, so that a late use is told from an unknown one while somebody may still wonder. */
const KEEP_EXPIRED_MS = 24 * 3_600_000;

interface NodeRow {
  readonly id: string;
  readonly key: string;
  readonly inventory: string;
  readonly enrolled_at: number;
  readonly last_seen_at: number | null;
  readonly last_seq: number;
  readonly journal: string | null;
}

type WriteOf<K extends Write['kind']> = Extract<Write, { kind: K }>;

export interface PeopleTables {
  saveNode(node: StoredNode): void;
  node(id: string): StoredNode | null;
  nodeByKey(key: string): StoredNode | null;
  nodes(): StoredNode[];
  createJoinToken(write: WriteOf<'join-token.create'>, nowMs: number): void;
  useJoinToken(write: WriteOf<'join-token.use'>): void;
  savePerson(person: StoredPerson): void;
  person(id: string): StoredPerson | null;
  createSignIn(write: WriteOf<'sign-in.create'>, nowMs: number): void;
  useSignIn(write: WriteOf<'sign-in.use'>): void;
  signInPerson(sha256: string): string | null;
  createSession(write: WriteOf<'session.create'>, nowMs: number): void;
  deleteSession(sha256: string): void;
  session(sha256: string, nowMs: number): { person: StoredPerson; csrf: string } | null;
}

export function peopleTables(db: Database): PeopleTables {
  return { ...nodeRows(db), ...joinTokenRows(db), ...personRows(db), ...signInRows(db), ...sessionRows(db) };
}

function nodeRows(db: Database) {
  const save = db.prepare(
    `INSERT INTO nodes (id, key, inventory, enrolled_at, last_seen_at, last_seq, journal) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET key = excluded.key, inventory = excluded.inventory,
         enrolled_at = excluded.enrolled_at, last_seen_at = excluded.last_seen_at, last_seq = excluded.last_seq,
         journal = excluded.journal`,
  );
  const byId = db.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const byKey = db.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE key = ?');
  const all = db.prepare<[], NodeRow>('SELECT * FROM nodes ORDER BY enrolled_at, id');
  const nodeOf = (row: NodeRow): StoredNode => ({
    id: row.id,
    key: row.key,
    inventory: parseStored<NodeInventory>(row.inventory),
    enrolledAt: row.enrolled_at,
    lastSeenAt: row.last_seen_at,
    lastSeq: row.last_seq,
    journal: row.journal === null ? null : parseStored<WitnessedJournal>(row.journal),
  });
  const orNull = (row: NodeRow | undefined): StoredNode | null => (row === undefined ? null : nodeOf(row));
  return {
    saveNode(n: StoredNode): void {
      const journal = n.journal === null ? null : JSON.stringify(n.journal);
      save.run(n.id, n.key, JSON.stringify(n.inventory), n.enrolledAt, n.lastSeenAt, n.lastSeq, journal);
    },
    node: (id: string): StoredNode | null => orNull(byId.get(id)),
    nodeByKey: (key: string): StoredNode | null => orNull(byKey.get(key)),
    nodes: (): StoredNode[] => all.all().map(nodeOf),
  };
}

function joinTokenRows(db: Database) {
  const insert = db.prepare('INSERT INTO join_tokens (sha256, expires_at) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM join_tokens WHERE expires_at < ?');
  const use = db.prepare(
    'UPDATE join_tokens SET node = ? WHERE sha256 = ? AND node IS NULL AND expires_at > ?',
  );
  return {
    createJoinToken({ sha256, expiresAt }: WriteOf<'join-token.create'>, nowMs: number): void {
      forget.run(nowMs - KEEP_EXPIRED_MS);
      insert.run(sha256, expiresAt);
    },
    useJoinToken({ sha256, node, now }: WriteOf<'join-token.use'>): void {
      if (use.run(node, sha256, now).changes === 0)
        throw new StoreConflict('join-token.use', 'the join token is unknown, used or expired');
    },
  };
}

function personRows(db: Database) {
  const save = db.prepare(
    `INSERT INTO people (id, name, roles) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles`,
  );
  const byId = db.prepare<[string], { id: string; name: string; roles: string }>(
    'SELECT * FROM people WHERE id = ?',
  );
  return {
    savePerson(person: StoredPerson): void {
      save.run(person.id, person.name, JSON.stringify(person.roles));
    },
    person(id: string): StoredPerson | null {
      const row = byId.get(id);
      return row === undefined ? null : { ...row, roles: parseStored<string[]>(row.roles) };
    },
  };
}

function signInRows(db: Database) {
  const insert = db.prepare('INSERT INTO sign_ins (sha256, person, expires_at) VALUES (?, ?, ?)');
  const forget = db.prepare('DELETE FROM sign_ins WHERE expires_at < ?');
  const use = db.prepare('UPDATE sign_ins SET used = 1 WHERE sha256 = ? AND used = 0 AND expires_at > ?');
  const person = db.prepare<[string], string>('SELECT person FROM sign_ins WHERE sha256 = ?').pluck();
  return {
    createSignIn({ sha256, person: id, expiresAt }: WriteOf<'sign-in.create'>, nowMs: number): void {
      forget.run(nowMs - KEEP_EXPIRED_MS);
      insert.run(sha256, id, expiresAt);
    },
    useSignIn({ sha256, now }: WriteOf<'sign-in.use'>): void {
      if (use.run(sha256, now).changes === 0)
        throw new StoreConflict('sign-in.use', 'the sign-in code is unknown, used or expired');
    },
    signInPerson: (sha256: string): string | null => person.get(sha256) ?? null,
  };
}

function sessionRows(db: Database) {
  const insert = db.prepare('INSERT INTO sessions (sha256, person, csrf, expires_at) VALUES (?, ?, ?, ?)');
  const forget = db.prepare('DELETE FROM sessions WHERE expires_at < ?');
  const remove = db.prepare('DELETE FROM sessions WHERE sha256 = ?');
  const live = db.prepare<[string, number], { id: string; name: string; roles: string; csrf: string }>(
    `SELECT people.id, people.name, people.roles, sessions.csrf FROM sessions JOIN people ON people.id = sessions.person
       WHERE sessions.sha256 = ? AND sessions.expires_at > ?`,
  );
  return {
    createSession({ sha256, person, csrf, expiresAt }: WriteOf<'session.create'>, nowMs: number): void {
      forget.run(nowMs - KEEP_EXPIRED_MS);
      insert.run(sha256, person, csrf, expiresAt);
    },
    deleteSession(sha256: string): void {
      remove.run(sha256);
    },
    session(sha256: string, nowMs: number): { person: StoredPerson; csrf: string } | null {
      const row = live.get(sha256, nowMs);
      if (row === undefined) return null;
      const { csrf, roles, ...rest } = row;
      return { person: { ...rest, roles: parseStored<string[]>(roles) }, csrf };
    },
  };
}
