// One decision, worked out: what is stored, what the conversation and the audit log are told, and the bytes the hub signs.

import type { AuditEntry } from '../contract/audit-event.ts';
import type { ChatEventDraft } from '../contract/chat.ts';
import type { Approval, ProposalOutcome, ProposalView } from '../contract/proposal.ts';
import type { Caller } from '../dispatch/request.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import type { Write } from '../store/port.ts';

export interface DecisionInput {
  readonly proposal: string;
  readonly digest: string;
  readonly decision: 'approve' | 'deny';
  readonly reason: string | null;
  /** The channel it came through: web, cli, slack. */
  readonly via: string;
}

type StoredDecision = ProposalView['decisions'][number];

export interface DecisionStep {
  readonly writes: readonly Write[];
  readonly events: readonly ChatEventDraft[];
  readonly audit: AuditEntry;
  readonly decision: StoredDecision;
  readonly outcome: ProposalOutcome | null;
}

/** Everything one decision changes. `reason` is redacted already; `hubKey` names the signing key in the audit record. */
export function decisionStep(
  person: Caller,
  on: {
    readonly input: DecisionInput;
    readonly proposal: ProposalView;
    readonly reason: string | null;
    readonly at: number;
    readonly hubKey: string;
  },
): DecisionStep {
  const { input, proposal, reason, at } = on;
  const decision: StoredDecision = {
    decision: input.decision,
    person: person.id,
    at,
    reason,
    via: input.via,
  };
  const earlier = proposal.decisions.filter((one) => one.decision === 'approve').length;
  const approvals = earlier + (input.decision === 'approve' ? 1 : 0);
  const needed = proposal.document.quorum.approvals;
  const outcome = outcomeOf(person, { decision, proposal, approvals, needed });
  const { turn } = proposal;
  return {
    decision,
    outcome,
    writes: [
      { kind: 'proposal.decide', id: proposal.id, decision },
      ...(outcome === null
        ? []
        : [
            {
              kind: 'proposal.move',
              id: proposal.id,
              from: ['pending'],
              to: outcome.state,
              outcome,
            } as const,
          ]),
    ],
    events: [
      {
        turn,
        type: 'proposal.decided',
        proposal: proposal.id,
        decision: input.decision,
        person: { id: person.id, name: person.name },
        reason,
      },
      ...(outcome === null ? [] : [{ turn, type: 'proposal.moved', outcome } as const]),
    ],
    audit: {
      ...originOf(proposal),
      event: input.decision === 'approve' ? 'proposal.approved' : 'proposal.denied',
      actor: { kind: 'person', id: person.id, name: person.name },
      cli: proposal.document.call.cli,
      data: {
        proposal: proposal.id,
        digest: proposal.digest,
        level: 'click',
        via: input.via,
        reason,
        approvals,
        needed,
        approval: approvalOf(proposal, decision, person.name).id,
        hubKey: on.hubKey,
      },
    },
  };
}

function outcomeOf(
  person: Caller,
  on: {
    readonly decision: StoredDecision;
    readonly proposal: ProposalView;
    readonly approvals: number;
    readonly needed: number;
  },
): ProposalOutcome | null {
  const { decision, proposal, approvals, needed } = on;
  const base = { proposal: proposal.id, at: decision.at, awsRequestId: null, error: null, approvals };
  if (decision.decision === 'deny') {
    const why = decision.reason === null ? '' : ` Reason: ${decision.reason}`;
    return { ...base, state: 'denied', detail: `${person.name} denied it. Nothing ran.${why}` };
  }
  if (approvals < needed) return null;
  return { ...base, state: 'approved', detail: `${person.name} approved it.` };
}

/** The approval of a stored decision: always the same bytes, so that sending it again is sending the same thing. */
export function approvalOf(proposal: ProposalView, decision: StoredDecision, name: string): Approval {
  return {
    v: 1,
    typ: 'approval',
    id: `appr_${sha256Hex(`${proposal.id}\n${decision.person}\n${decision.at}`).slice(0, 26)}`,
    decision: decision.decision,
    level: 'click',
    proposal: proposal.id,
    digest: proposal.digest,
    person: { id: decision.person, name },
    reason: decision.reason,
    at: decision.at,
  };
}

/** Where a proposal belongs, for audit records about it. */
export function originOf(
  proposal: ProposalView,
): Pick<AuditEntry, 'conversation' | 'turn' | 'call' | 'node'> {
  return {
    conversation: proposal.conversation,
    turn: proposal.turn,
    call: proposal.call,
    node: proposal.node,
  };
}
