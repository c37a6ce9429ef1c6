// The schema, as numbered steps that are applied once, in order: all that are missing in one transaction, each recorded by name.
// A step that has been released is never edited; a later one corrects it. A file with a step unknown here is refused.

import { fail } from '../../contract/errors.ts';
import type { Database } from '../../kernel/sqlite.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
}

const migrations: readonly Migration[] = [
  {
    name: '0001-audit',
    // The searched columns are computed from the body, so that a search can never show anything but what was hashed.
    sql: `
      CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL,
        body TEXT NOT NULL,
        at INTEGER GENERATED ALWAYS AS (json_extract(body, '$.at')) VIRTUAL,
        event TEXT GENERATED ALWAYS AS (json_extract(body, '$.event')) VIRTUAL,
        conversation TEXT GENERATED ALWAYS AS (json_extract(body, '$.conversation')) VIRTUAL
      ) STRICT;
      CREATE INDEX audit_event ON audit (event, seq);
      CREATE INDEX audit_conversation ON audit (conversation, seq) WHERE conversation IS NOT NULL;

      CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
        BEGIN SELECT RAISE(ABORT, 'audit records are numbered without gaps'); END;

      -- Words of a record, without the text itself: who reads goes to the table.
      CREATE VIRTUAL TABLE audit_words USING fts5 (
        words, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
      );
      -- The span of time in each thousand records: narrows a time window to a range of seq even when the clock jumped.
      CREATE TABLE audit_spans (
        block INTEGER PRIMARY KEY, min_at INTEGER NOT NULL, max_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE audit_counts (event TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
    `,
  },
  {
    name: '0002-conversations',
    sql: `
      CREATE TABLE conversations (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, subtitle TEXT NOT NULL, person TEXT NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX conversations_newest ON conversations (created_at, id);
      CREATE INDEX conversations_state ON conversations (state, created_at, id);

      CREATE TABLE events (
        conversation TEXT NOT NULL REFERENCES conversations (id), seq INTEGER NOT NULL, body TEXT NOT NULL,
        UNIQUE (conversation, seq)
      ) STRICT;
      CREATE TRIGGER events_no_update BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'a conversation only grows'); END;
      CREATE TRIGGER events_no_delete BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'a conversation only grows'); END;

      CREATE TABLE evidence (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
      CREATE TABLE watches (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, started_at INTEGER NOT NULL, body TEXT NOT NULL,
        conversation TEXT NOT NULL, turn TEXT NOT NULL
      ) STRICT;
      CREATE INDEX watches_state ON watches (state, started_at);
    `,
  },
  {
    name: '0003-proposals',
    sql: `
      CREATE TABLE proposals (
        id TEXT PRIMARY KEY, conversation TEXT NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL,
        created_at INTEGER NOT NULL, body TEXT NOT NULL, outcome TEXT
      ) STRICT;
      CREATE INDEX proposals_newest ON proposals (created_at, id);
      CREATE INDEX proposals_state ON proposals (state, created_at, id);
      CREATE INDEX proposals_conversation ON proposals (conversation, created_at, id);
      CREATE INDEX proposals_node ON proposals (node, created_at, id);
      CREATE TABLE decisions (
        proposal TEXT NOT NULL REFERENCES proposals (id), position INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (proposal, position)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: '0004-nodes-and-people',
    sql: `
      CREATE TABLE nodes (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, inventory TEXT NOT NULL, enrolled_at INTEGER NOT NULL,
        last_seen_at INTEGER, last_seq INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE join_tokens (sha256 TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, node TEXT) STRICT;
      CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL) STRICT;
      CREATE TABLE sign_ins (
        sha256 TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), expires_at INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE sessions (
        sha256 TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), csrf TEXT NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX sessions_expiry ON sessions (expires_at);
      CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);
      CREATE INDEX join_tokens_expiry ON join_tokens (expires_at);
    `,
  },
  {
    name: '0005-audit-index',
    // What records are found by is made after their commit. One row tells up to which record all of it goes.
    sql: `
      DROP INDEX audit_event;
      DROP INDEX audit_conversation;
      CREATE TABLE audit_by_event (event TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (event, seq)) STRICT, WITHOUT ROWID;
      CREATE TABLE audit_by_conversation (
        conversation TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (conversation, seq)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO audit_by_event SELECT event, seq FROM audit ORDER BY event, seq;
      INSERT INTO audit_by_conversation
        SELECT conversation, seq FROM audit WHERE conversation IS NOT NULL ORDER BY conversation, seq;
      CREATE TABLE audit_indexed (seq INTEGER NOT NULL) STRICT;
      INSERT INTO audit_indexed SELECT coalesce(max(seq), 0) FROM audit;
    `,
  },
  { name: '0006-node-journals', sql: 'ALTER TABLE nodes ADD COLUMN journal TEXT;' },
];

/** Brings `db` (the file at `path`) up to date. Throws `data-newer` when it holds a step this version does not know. */
export function migrate(db: Database, path: string, nowMs: number): void {
  db.transaction(() => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
    );
    const applied = new Set(db.prepare<[], string>('SELECT name FROM migrations').pluck().all());
    const known = new Set(migrations.map((migration) => migration.name));
    const unknown = [...applied].find((name) => !known.has(name));
    if (unknown !== undefined) throw fail('data-newer', { path, detail: `it holds the step ${unknown}` });
    const record = db.prepare('INSERT INTO migrations (name, applied_at) VALUES (?, ?)');
    for (const migration of migrations) {
      if (applied.has(migration.name)) continue;
      db.exec(migration.sql);
      record.run(migration.name, nowMs);
    }
  }).immediate();
}
