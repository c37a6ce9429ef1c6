// The audit log as a file: JSON lines hold every record verbatim together with the checkpoints, and verify on their own;
// CSV is for people and their spreadsheets, and nothing in it can become a formula or hide from the eye.

import { type AuditRecord, auditBody, auditRecord } from '../contract/audit-event.ts';
import { isoTime } from '../kernel/clock.ts';
import { harmless, harmlessJson } from '../kernel/harmless.ts';
import type { DurableStore, Store } from '../store/port.ts';
import { type VerifyOptions, type VerifyResult, verifyRecords } from './verify.ts';

export interface ExportRange {
  readonly fromSeq?: number | undefined;
  /** The last record to export; the head when it is not given. */
  readonly toSeq?: number | undefined;
}

const PAGE_RECORDS = 500;

/** The log as JSON lines: `{seq, prev, hash, body}` each, then `{checkpoint}` for every signature over one of them. */
export async function* exportJsonl(store: DurableStore, range: ExportRange = {}): AsyncGenerator<string> {
  let last = 0;
  for await (const record of records(store, range)) {
    last = record.seq;
    yield `${harmlessJson(record)}\n`;
  }
  let after = (range.fromSeq ?? 1) - 1;
  while (after < last) {
    const page = await store.checkpoints(after, PAGE_RECORDS);
    for (const { seq, line } of page) if (seq <= last) yield `${harmlessJson({ checkpoint: line })}\n`;
    after = page.at(-1)?.seq ?? last;
  }
}

const columns =
  'seq,time,event,code,actor kind,actor,actor name,conversation,turn,call,node,command,data,hash' as const;

/** The log as CSV (RFC 4180), one record a line, times in UTC. */
export async function* exportCsv(store: Store, range: ExportRange = {}): AsyncGenerator<string> {
  yield `${columns}\r\n`;
  for await (const record of records(store, range)) yield `${cellsOf(record).map(csvCell).join(',')}\r\n`;
}

/** Verifies an export in JSON lines. Every line has to be one of ours. */
export async function verifyExport(
  lines: Iterable<string> | AsyncIterable<string>,
  options: Pick<VerifyOptions, 'publicKey' | 'partial'> = {},
): Promise<VerifyResult> {
  const read: AuditRecord[] = [];
  const checkpoints: string[] = [];
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const entry = readLine(line);
    if (entry === null) return unreadable(number, read.length);
    if (typeof entry === 'string') checkpoints.push(entry);
    else read.push(entry);
  }
  return verifyRecords(read, { ...options, checkpoints });
}

async function* records(store: Store, { fromSeq = 1, toSeq }: ExportRange): AsyncGenerator<AuditRecord> {
  // The end is fixed at the start, so that an export that is itself recorded comes to an end.
  const last = Math.min(toSeq ?? Number.MAX_SAFE_INTEGER, (await store.auditHead()).seq);
  for (let next = fromSeq; next <= last; ) {
    const page = await store.auditRange(next, Math.min(PAGE_RECORDS, last - next + 1));
    if (page.length === 0) return;
    yield* page;
    next += page.length;
  }
}

function readLine(line: string): AuditRecord | string | null {
  try {
    const value: unknown = JSON.parse(line);
    const record = auditRecord.strict().safeParse(value);
    if (record.success) return record.data;
    const only =
      typeof value === 'object' && value !== null && 'checkpoint' in value ? value.checkpoint : null;
    return typeof only === 'string' ? only : null;
  } catch {
    return null;
  }
}

function unreadable(line: number, count: number): VerifyResult {
  const problem = {
    seq: count + 1,
    kind: 'unreadable',
    detail: `line ${line} is not a line of an export`,
  } as const;
  return { ok: false, records: count, ms: 0, problem, checkpoint: null };
}

function cellsOf(record: AuditRecord): string[] {
  const { at, event, code, actor, conversation, turn, call, node, cli, data } = auditBody.parse(
    JSON.parse(record.body),
  );
  const who = [actor.kind, actor.id, actor.name ?? ''];
  const where = [conversation, turn, call, node, cli].map((value) => value ?? '');
  return [String(record.seq), isoTime(at), event, code, ...who, ...where, JSON.stringify(data), record.hash];
}

/** Spreadsheets run what begins with one of these (OWASP, "CSV Injection"), the full-width forms too; an apostrophe makes it text. */
const formulaStart = /^[\s\u00a0]*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]/;

function csvCell(text: string): string {
  const plain = harmless(text);
  const safe = formulaStart.test(text) || formulaStart.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
