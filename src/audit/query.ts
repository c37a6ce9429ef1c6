// What people type to find audit records, such as `event:aws.started since:2h conv:conv_… checkout`, as a filter.
// Words with a colon that are none of ours are searched for like any other, because ARNs and times have colons too.

import { type AuditEventName, auditEventName } from '../contract/audit-event.ts';
import { fail } from '../contract/errors.ts';
import type { AuditFilter } from '../store/port.ts';

export type AuditQuery = Omit<AuditFilter, 'limit'>;

const spanMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads `text` at the moment `nowMs`. Throws `input-invalid` for an event, time or number that is none. */
export function parseAuditQuery(text: string, nowMs: number): AuditQuery {
  const words: string[] = [];
  let query: AuditQuery = {};
  for (const part of text.match(/"[^"]*"?|\S+/g) ?? []) {
    const read = readPart(part, nowMs);
    if (read === null) words.push(part.replaceAll('"', ''));
    else query = { ...query, ...read };
  }
  return words.length === 0 ? query : { ...query, q: words.join(' ') };
}

function readPart(part: string, nowMs: number): AuditQuery | null {
  const [, name = '', value = ''] = /^([a-z]{2,12}):(.+)$/i.exec(part) ?? [];
  switch (name.toLowerCase()) {
    case 'event':
      return { event: readEvent(value) };
    case 'conv':
    case 'conversation':
      return { conversation: value };
    case 'since':
    case 'from':
      return { fromMs: readTime(value, name, nowMs) };
    case 'until':
    case 'to':
      return { toMs: readTime(value, name, nowMs) };
    case 'before':
      if (!/^\d{1,15}$/.test(value))
        throw invalid(name, `${value.slice(0, 60)} is not the number of a record`);
      return { before: Number(value) };
    default:
      return null;
  }
}

function readEvent(value: string): AuditEventName {
  const read = auditEventName.safeParse(value);
  if (read.success) return read.data;
  const area = value.split('.')[0] ?? '';
  const near = auditEventName.options.filter((name) => name.startsWith(`${area}.`));
  const advice = near.length > 0 ? `there are ${near.join(', ')}` : 'see the reference of audit events';
  throw invalid('event', `there is no event ${value.slice(0, 60)}; ${advice}`);
}

/** `2h` is that long ago; everything else is an ISO-8601 date or time, in UTC unless it says otherwise. */
function readTime(value: string, name: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(value) ?? [];
  // The pattern admits the five letters of `spanMs` only.
  if (unit !== undefined) return nowMs - Number(count) * spanMs[unit as keyof typeof spanMs];
  const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(value);
  const zoned = /T/.test(value) && !/(?:Z|[+-]\d\d:\d\d)$/.test(value) ? `${value}Z` : value;
  const ms = iso ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(name, `${value.slice(0, 60)} is neither a time nor a span such as 2h`);
  return ms;
}

function invalid(where: string, detail: string): Error {
  return fail('input-invalid', { where, detail });
}
