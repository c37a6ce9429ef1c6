// An audit record as a row: who, what, how risky, how it ended. The body is the exact text that was hashed;
// it is parsed for reading only and shown unchanged beside its hash.

import type { AuditBody, AuditRecord } from '../../contract/audit-event.ts';
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
  readonly outcome: { readonly tone: Tone; readonly word: string };
  readonly risk: 'read' | 'change';
  readonly conversation: string | null;
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
      risk: 'read',
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
    risk: /^(?:proposal|change|approval)\./.test(body.event) ? 'change' : 'read',
    conversation: body.conversation,
  };
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

function outcomeOf(body: AuditBody): { tone: Tone; word: string } {
  const status = body.data['status'];
  if (body.event === 'aws.started' || body.event === 'call.started') return { tone: 'run', word: 'sent' };
  if (status === 'denied') return { tone: 'off', word: 'denied' };
  if (status === 'failed') return { tone: 'bad', word: 'failed' };
  if (status === 'refused' || body.event.endsWith('.refused')) return { tone: 'off', word: 'refused' };
  if (body.event === 'proposal.created') return { tone: 'wait', word: 'asked' };
  if (body.event === 'proposal.approved') return { tone: 'ok', word: 'signed' };
  if (body.event === 'proposal.denied') return { tone: 'off', word: 'denied' };
  if (body.code.endsWith('E')) return { tone: 'bad', word: 'error' };
  if (body.code.endsWith('W')) return { tone: 'warn', word: 'warning' };
  return { tone: 'ok', word: 'ok' };
}
