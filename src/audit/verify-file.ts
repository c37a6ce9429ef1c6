// Verifies an audit log straight from its files, read-only and offline: no hub, no store, no key but the public one.
// Bodies whose bytes do not decode to exactly one text are read as bytes, so that no spelling passes for another.

import { existsSync, readFileSync } from 'node:fs';
import { type Database, Sqlite } from '../kernel/sqlite.ts';
import type { AuditProblem } from './audit-problem.ts';
import { type RawRecord, type VerifyResult, verifyRecords } from './verify.ts';

export interface VerifyFileOptions {
  /** The SQLite file. */
  readonly database: string;
  /** The checkpoint file beside it; those in the database are read as well. */
  readonly checkpoints?: string | undefined;
  /** The hub's public key (raw, base64url), when it is known from elsewhere. */
  readonly publicKey?: string | undefined;
  /** Nobody signs this log: prove its chain alone. */
  readonly unsigned?: boolean | undefined;
}

/** Verifies the whole log in `options.database`. Never throws for what it finds there: an unreadable file is a result as well. */
export async function verifyAuditFile(options: VerifyFileOptions): Promise<VerifyResult> {
  let db: Database | null = null;
  try {
    db = new Sqlite(options.database, { readonly: true, fileMustExist: true });
    const lines = readLines(options.checkpoints);
    // One view of table and records, taken after the file: a hub that goes on writing must not look like a forger.
    db.exec('BEGIN');
    const checkpoints = [...readTable(db), ...lines];
    const result = await verifyRecords(readRecords(db), { ...options, checkpoints });
    const damage = result.ok ? damageIn(db) : null;
    return damage === null ? result : { ...result, ok: false, problem: damage };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    const problem = { seq: 0, kind: 'unreadable', detail: `the file cannot be read: ${detail}` } as const;
    return { ok: false, records: 0, ms: 0, problem, checkpoint: null };
  } finally {
    db?.close();
  }
}

/**
 * What SQLite finds wrong with the structure of the file, in tables that the log's proof does not read as well: a hub starts with
 * a page of a conversation destroyed, and fails when somebody opens it.
 */
function damageIn(db: Database): AuditProblem | null {
  const found = String(db.pragma('quick_check(1)', { simple: true }));
  if (found === 'ok') return null;
  const detail = `the records verify, but the file is damaged elsewhere: ${found.replaceAll(/\s*\n\s*/g, ' ')}`;
  return { seq: 0, kind: 'damaged', detail };
}

/** What a decoder puts in place of bytes that are no UTF-8: whoever meets it has to look at the bytes themselves. */
const REPLACEMENT = '\ufffd';

function* readRecords(db: Database): Generator<RawRecord> {
  const rows = db
    .prepare<[], [number, string, string, string]>(
      'SELECT seq, prev, hash, body FROM audit NOT INDEXED ORDER BY seq',
    )
    .raw();
  const bytes = db.prepare<[number], Buffer>('SELECT CAST(body AS BLOB) FROM audit WHERE seq = ?').pluck();
  for (const [seq, prev, hash, body] of rows.iterate()) {
    // Text is read several times faster than bytes, and decodes without a replacement only when it is exactly itself.
    const exact = typeof body === 'string' && !body.includes(REPLACEMENT);
    yield { seq, prev, hash, body: exact ? body : (bytes.get(seq) ?? '') };
  }
}

function readTable(db: Database): string[] {
  return db.prepare<[], string>('SELECT line FROM checkpoints ORDER BY seq').pluck().all();
}

/** The complete lines of the checkpoint file; what follows the last line end was being written when the hub stopped. */
function readLines(path: string | undefined): string[] {
  if (path === undefined || !existsSync(path)) return [];
  const complete = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return complete.filter((line) => line !== '');
}
