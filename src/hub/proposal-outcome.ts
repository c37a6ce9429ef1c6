// What a proposal came to, as the hub stores and tells it: which reports follow on which state, and what each one changes.

import type { AuditEntry, AuditEventName } from '../contract/audit-event.ts';
import type { ChatEventDraft } from '../contract/chat.ts';
import {
  type ProposalOutcome,
  type ProposalState,
  type ProposalView,
  settledStates,
} from '../contract/proposal.ts';
import { changedResult } from '../dispatch/proposals.ts';
import type { DispatchRedactor } from '../dispatch/request.ts';
import type { Write } from '../store/port.ts';
import type { EndOfCall } from './conversations/ledger.ts';
import { originOf } from './decision-step.ts';
import type { WatchOpening } from './watches.ts';

const DETAIL_CHARS_MAX = 2_000;

/** From which states a report is believed. The last two lines let a node correct what the hub only inferred. */
const before: Readonly<Partial<Record<ProposalState, readonly ProposalState[]>>> = {
  approved: ['pending'],
  denied: ['pending', 'approved'],
  expired: ['pending', 'approved'],
  superseded: ['pending', 'approved'],
  stale: ['pending', 'approved'],
  voided: ['pending', 'approved'],
  claimed: ['pending', 'approved', 'voided', 'expired'],
  done: ['pending', 'approved', 'claimed', 'unknown', 'voided', 'expired'],
  failed: ['pending', 'approved', 'claimed', 'unknown', 'voided', 'expired'],
  unknown: ['pending', 'approved', 'claimed', 'voided', 'expired'],
};

const auditNames: Readonly<Partial<Record<ProposalState, AuditEventName>>> = {
  denied: 'proposal.denied',
  expired: 'proposal.expired',
  superseded: 'proposal.superseded',
  stale: 'proposal.stale',
  voided: 'proposal.voided',
  claimed: 'change.claimed',
  done: 'change.done',
  failed: 'change.failed',
  unknown: 'change.unknown',
};

/** Whether an outcome follows on where a proposal stands, or only repeats it. */
export function isNews(proposal: ProposalView, outcome: ProposalOutcome): boolean {
  if (proposal.state === outcome.state && proposal.outcome?.detail === outcome.detail) return false;
  return before[outcome.state]?.includes(proposal.state) === true;
}

/** What an outcome changes: state, conversation, audit log, the call's result and the watch that begins. */
export function entryOf(on: {
  readonly nowMs: number;
  readonly proposal: ProposalView;
  readonly outcome: ProposalOutcome;
  readonly opening: WatchOpening | null;
  readonly isOpen: boolean;
}): EndOfCall {
  const { proposal, outcome, opening, isOpen } = on;
  const { turn, call, document } = proposal;
  // A voided proposal is no result: the same call is prepared again.
  const ends = settledStates.has(outcome.state) && outcome.state !== 'voided' && isOpen;
  const view: ProposalView = { ...proposal, state: outcome.state, outcome };
  const ms = Math.max(0, on.nowMs - proposal.createdAt);
  const writes: Write[] = [
    { kind: 'proposal.move', id: proposal.id, from: [proposal.state], to: outcome.state, outcome },
  ];
  const events: ChatEventDraft[] = [{ turn, type: 'proposal.moved', outcome }];
  if (opening !== null) {
    writes.push(opening.write);
    events.push(opening.event);
  }
  if (ends)
    events.push({ turn, type: 'call.finished', call, tool: document.tool, ms, result: changedResult(view) });
  return {
    writes,
    events,
    audit: [
      ...movedAudit(proposal, outcome),
      ...(ends ? [endAudit(view)] : []),
      ...(opening === null ? [] : [opening.audit]),
    ],
    because: `The change is ${outcome.state}.`,
  };
}

function movedAudit(proposal: ProposalView, outcome: ProposalOutcome): AuditEntry[] {
  const event = auditNames[outcome.state];
  if (event === undefined) return [];
  const { detail, awsRequestId, error, approvals } = outcome;
  return [
    {
      ...originOf(proposal),
      event,
      actor: { kind: 'node', id: proposal.node },
      cli: proposal.document.call.cli,
      data: { proposal: proposal.id, detail, awsRequestId, error, approvals },
    },
  ];
}

/** The audit record of a change call that has ended: `changed` only where the change was made, otherwise what became of the proposal. */
export function endAudit(proposal: ProposalView): AuditEntry {
  const { state } = proposal;
  const status = state === 'done' ? 'changed' : state;
  return {
    ...originOf(proposal),
    event: 'call.finished',
    actor: { kind: 'hub', id: 'hub' },
    data: { tool: proposal.document.tool, status, proposal: proposal.id, state },
  };
}

/** A node's report with its text bounded and redacted. */
export function bounded(redact: DispatchRedactor, outcome: ProposalOutcome): ProposalOutcome {
  const clean = (text: string, chars: number): string => redact.text(text.slice(0, chars)).text;
  const error =
    outcome.error === null
      ? null
      : { code: clean(outcome.error.code, 100), message: clean(outcome.error.message, DETAIL_CHARS_MAX) };
  return {
    ...outcome,
    detail: clean(outcome.detail, DETAIL_CHARS_MAX),
    error,
    awsRequestId: outcome.awsRequestId?.slice(0, 200) ?? null,
  };
}

/** What a proposal became when its node is back and no longer has it. */
export function goneOutcome(proposal: ProposalView, now: number): ProposalOutcome {
  if (now >= proposal.document.exp) return expiredOutcome(proposal, now);
  const detail = 'The node restarted, which voids it. Nothing ran. The change is prepared again.';
  return {
    proposal: proposal.id,
    state: 'voided',
    at: now,
    detail,
    awsRequestId: null,
    error: null,
    approvals: 0,
  };
}

/** Nobody decided in time. */
export function expiredOutcome(proposal: ProposalView, now: number): ProposalOutcome {
  const minutes = Math.round((proposal.document.exp - proposal.document.iat) / 60_000);
  const detail = `Nobody decided in ${minutes} minutes. Nothing ran.`;
  return {
    proposal: proposal.id,
    state: 'expired',
    at: now,
    detail,
    awsRequestId: null,
    error: null,
    approvals: proposal.decisions.length,
  };
}
