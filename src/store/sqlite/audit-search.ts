// Finds audit records, newest first. Every combination of filters is answered from an index: words from the full-text
// index, an event or a conversation from its own, and a time window from the spans, which turn it into a range of seq.

import { type AuditEventName, type AuditRecord, auditEvents } from '../../contract/audit-event.ts';
import { invariant } from '../../kernel/assert.ts';
import type { Database } from '../../kernel/sqlite.ts';
import { AUDIT_TOTAL_MAX, type AuditFilter } from '../port.ts';
import { type AuditIndex, SPAN_RECORDS } from './audit-index.ts';
import { type AuditTable, checked } from './audit-table.ts';
import { matchAll, queryWords } from './audit-words.ts';

export interface AuditPage {
  readonly items: readonly AuditRecord[];
  readonly next: number | null;
  readonly total: number;
}

/** A `FROM … WHERE …` with its parameters, but without the range of seq. */
interface Source {
  readonly from: string;
  readonly seq: string;
  readonly params: readonly (string | number)[];
}

interface SeqRange {
  readonly low: number;
  readonly high: number;
}

export function auditSearch(
  db: Database,
  audit: AuditTable,
  index: AuditIndex,
): (filter: AuditFilter) => AuditPage {
  const window = timeWindow(db);
  const counts = db.prepare<[string], number>('SELECT records FROM audit_counts WHERE event = ?').pluck();
  const prepare = statementCache(db);

  function total(filter: AuditFilter, source: Source, range: SeqRange): number {
    if (!isFiltered(filter)) return audit.head().seq;
    if (isEventAlone(filter)) return counts.get(filter.event) ?? 0;
    const sql = `SELECT count(*) FROM (SELECT 1 FROM ${source.from} AND ${source.seq} BETWEEN ? AND ? LIMIT ?)`;
    return prepare<number>(sql, true).get(...source.params, range.low, range.high, AUDIT_TOTAL_MAX) ?? 0;
  }

  return (filter) => {
    invariant(filter.limit > 0, 'a page has room for a record');
    if (isFiltered(filter)) index.catchUp();
    const source = sourceOf(filter);
    const range = window(filter, audit.head().seq);
    const high = Math.min(range.high, (filter.before ?? Number.MAX_SAFE_INTEGER) - 1);
    const seqs = prepare<number>(
      `SELECT ${source.seq} FROM ${source.from} AND ${source.seq} BETWEEN ? AND ? ORDER BY ${source.seq} DESC LIMIT ?`,
      true,
    ).all(...source.params, range.low, high, filter.limit + 1);
    const items = seqs.slice(0, filter.limit).map((seq) => readRecord(audit, seq));
    const last = items.at(-1);
    return {
      items,
      next: seqs.length > filter.limit && last !== undefined ? last.seq : null,
      total: total(filter, source, range),
    };
  };
}

function readRecord(audit: AuditTable, seq: number): AuditRecord {
  const record = audit.record(seq);
  invariant(record !== null, 'an index entry has its record');
  return checked(record);
}

function sourceOf(filter: AuditFilter): Source {
  const words = queryWords(filter.q ?? '');
  const { event, conversation, fromMs, toMs } = filter;
  const conditions: string[] = [];
  const params: (string | number)[] = [];
  const add = (condition: string, ...values: (string | number)[]): void => {
    conditions.push(condition);
    params.push(...values);
  };
  const byWords = words.length > 0 || (event !== undefined && conversation !== undefined);
  if (byWords) add('audit_words MATCH ?', matchAll([...words, ...filterWords(filter)]));
  if (event !== undefined) add(`${byWords ? 'audit' : 'audit_by_event'}.event = ?`, event);
  if (conversation !== undefined)
    add(`${byWords ? 'audit' : 'audit_by_conversation'}.conversation = ?`, conversation);
  const narrowed = conditions.length;
  if (fromMs !== undefined || toMs !== undefined)
    add('at BETWEEN ? AND ?', fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER);
  const where = conditions.length === 0 ? 'TRUE' : conditions.join(' AND ');
  const index = byWords ? 'audit_words' : indexFor(filter);
  if (index === 'audit') return { from: `audit WHERE ${where}`, seq: 'seq', params };
  const seq = byWords ? 'audit_words.rowid' : `${index}.seq`;
  // What the index answers alone needs no look at the records themselves, which keeps counting cheap.
  const alone = byWords ? conditions.length === 1 : conditions.length === narrowed;
  const from = alone ? index : `${index} CROSS JOIN audit ON audit.seq = ${seq}`;
  return { from: `${from} WHERE ${where}`, seq, params };
}

/** Words that records of this event and conversation hold, so that the full-text index narrows by them as well. */
function filterWords(filter: AuditFilter): string[] {
  const code = filter.event === undefined ? [] : queryWords(auditEvents[filter.event].code);
  return [...code, ...queryWords(filter.conversation ?? '')];
}

function indexFor(filter: AuditFilter): 'audit' | 'audit_by_event' | 'audit_by_conversation' {
  if (filter.conversation !== undefined) return 'audit_by_conversation';
  return filter.event === undefined ? 'audit' : 'audit_by_event';
}

function isFiltered(filter: AuditFilter): boolean {
  const { event, conversation, fromMs, toMs, q = '' } = filter;
  const exact = [event, conversation, fromMs, toMs].some((value) => value !== undefined);
  return exact || queryWords(q).length > 0;
}

function isEventAlone(filter: AuditFilter): filter is AuditFilter & { event: AuditEventName } {
  return filter.event !== undefined && !isFiltered({ ...filter, event: undefined });
}

/** The range of seq outside of which no record is of the filter's time window. */
function timeWindow(db: Database): (filter: AuditFilter, headSeq: number) => SeqRange {
  const spans = db.prepare<[number, number], { first: number | null; last: number | null }>(
    'SELECT min(block) AS first, max(block) AS last FROM audit_spans WHERE max_at >= ? AND min_at <= ?',
  );
  return ({ fromMs, toMs }, headSeq) => {
    if (fromMs === undefined && toMs === undefined) return { low: 1, high: headSeq };
    const found = spans.get(fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER);
    if (found === undefined || found.first === null || found.last === null) return { low: 1, high: 0 };
    return { low: found.first * SPAN_RECORDS + 1, high: (found.last + 1) * SPAN_RECORDS };
  };
}

/** Filters combine to a few dozen texts at most; each is prepared once. */
function statementCache(db: Database) {
  const cache = new Map<string, unknown>();
  return <Row>(sql: string, pluck: boolean) => {
    // The map holds what `make` returned for this very text, and a text always yields the same kind of row.
    const make = () => db.prepare<unknown[], Row>(sql).pluck(pluck);
    const statement = (cache.get(sql) as ReturnType<typeof make> | undefined) ?? make();
    cache.set(sql, statement);
    return statement;
  };
}
