// An audit record as a row: who, what, how risky, how it ended. The body is the exact text that was hashed;
// it is parsed for reading only and shown unchanged beside its hash.

import type { AuditBody, AuditRecord } from '../../contract/audit-event.ts';
import { callEnding } from '../../contract/call-ending.ts';
import type { Tone } from './words.ts';

export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly code: string;
  readonly who: string;
  /** The command line, when there is one; otherwise the event and what it was about. */
  readonly cli: string | null;
  readonly about: string;
  /** How it ended; null where nothing was asked that could end well or badly. */
  readonly outcome: Outcome | null;
  /** Whether the record is about reading or about changing AWS; null when about neither. */
  readonly risk: 'read' | 'change' | null;
  readonly conversation: string | null;
}

interface Outcome {
  readonly tone: Tone;
  readonly word: string;
}

/** Reads a record; a body that cannot be parsed is shown as such, never hidden. */
export function auditRow(record: AuditRecord): AuditRow {
  const body = bodyOf(record);
  if (body === null) {
    const nothing = { tone: 'bad', word: 'unreadable' } as const;
    return {
      seq: record.seq,
      at: 0,
      event: 'unreadable',
      code: '',
      who: '',
      cli: null,
      about: record.body.slice(0, 120),
      outcome: nothing,
      risk: null,
      conversation: null,
    };
  }
  return {
    seq: record.seq,
    at: body.at,
    event: body.event,
    code: body.code,
    who: body.actor.name ?? body.actor.id,
    cli: body.cli,
    about: aboutOf(body),
    outcome: outcomeOf(body),
    risk: riskOf(body),
    conversation: body.conversation,
  };
}

/** The person of a record as id and name, for those who are named; otherwise nothing. */
export function deciderOf(record: AuditRecord): [string, string][] {
  const actor = bodyOf(record)?.actor;
  return actor?.kind === 'person' && actor.name !== undefined ? [[actor.id, actor.name]] : [];
}

function bodyOf(record: AuditRecord): AuditBody | null {
  try {
    const body: unknown = JSON.parse(record.body);
    // The hub writes bodies with the contract's shape; the three fields below are what the row cannot do without.
    return typeof body === 'object' && body !== null && 'event' in body && 'actor' in body && 'at' in body
      ? (body as AuditBody)
      : null;
  } catch {
    return null;
  }
}

function aboutOf(body: AuditBody): string {
  const parts: string[] = [];
  for (const key of ['title', 'text', 'tool', 'status', 'reason', 'detail', 'code', 'proposal']) {
    const value = body.data[key];
    if (typeof value === 'string' && value !== '') parts.push(value);
    if (parts.length === 2) break;
  }
  return parts.join(' · ');
}

const readingVerb = /^(?:describe|list|get|filter|lookup)(?:-|$)/;

// From what the record itself says: its event, the risk of its tool, or the verb of its command line.
function riskOf(body: AuditBody): AuditRow['risk'] {
  const { risk, status } = body.data;
  if (/^(?:proposal|change|approval)\./.test(body.event)) return 'change';
  if (!/^(?:aws|call)\./.test(body.event)) return null;
  if (risk === 'change' || risk === 'destroy' || status === 'proposed' || endOfChange(body) !== null)
    return 'change';
  if (body.cli !== null) {
    const verb = body.cli.split(' ')[2] ?? '';
    return readingVerb.test(verb) ? 'read' : 'change';
  }
  return risk === 'read' || risk === 'reveal' || status === 'ok' ? 'read' : null;
}

/** What became of the proposal whose call this record ends; null when it ends no change. */
function endOfChange({ event, data }: AuditBody): string | null {
  return event === 'call.finished' && typeof data['state'] === 'string' ? data['state'] : null;
}

function outcomeOf(body: AuditBody): Outcome | null {
  const status = body.data['status'];
  const end = endOfChange(body);
  if (end === 'failed' || end === 'unknown') return { tone: 'bad', word: end };
  if (end !== null && end !== 'done') return { tone: 'off', word: end };
  if (body.event === 'aws.started') return { tone: 'run', word: 'sent' };
  if (body.event === 'call.started') return { tone: 'run', word: 'started' };
  if (status === 'denied') return { tone: 'off', word: 'denied' };
  const code = typeof body.data['code'] === 'string' ? body.data['code'] : '';
  if (status === 'failed') return { tone: 'bad', word: 'failed' };
  if (status === 'refused') return { tone: 'off', word: callEnding(status, code) };
  if (body.event.endsWith('.refused')) return { tone: 'off', word: 'refused' };
  if (body.event === 'proposal.created') return { tone: 'wait', word: 'asked' };
  if (body.event === 'proposal.approved') return { tone: 'ok', word: 'signed' };
  if (body.event === 'proposal.denied') return { tone: 'off', word: 'denied' };
  if (body.code.endsWith('E')) return { tone: 'bad', word: 'error' };
  if (body.code.endsWith('W')) return { tone: 'warn', word: 'warning' };
  const over = /^proposal\.(expired|voided|superseded)$/.exec(body.event)?.[1];
  if (over !== undefined) return { tone: 'off', word: over };
  return riskOf(body) === null ? null : { tone: 'ok', word: 'ok' };
}
