// Decisions of people over proposals: who may, over which bytes, once; then the hub's signature and the way to the node.
//
// What always holds: the decision and its audit record are one commit before anything leaves the hub; a refused decision is on
// record too; a decision that was stored and not delivered is delivered when its node is back. The node checks everything again.

import { signApproval } from '../approval/approval.ts';
import { openProposal } from '../approval/document.ts';
import type { ChatEventDraft } from '../contract/chat.ts';
import { fail } from '../contract/errors.ts';
import { type ProposalView, settledStates } from '../contract/proposal.ts';
import { changedResult } from '../dispatch/proposals.ts';
import type { Caller, DispatchRedactor } from '../dispatch/request.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { StoreConflict } from '../store/port.ts';
import type { Conversations } from './conversations/conversations.ts';
import type { TurnPorts } from './conversations/turn.ts';
import { approvalOf, type DecisionInput, decisionStep, originOf } from './decision-step.ts';
import { mayApprove } from './people.ts';
import { endAudit } from './proposal-outcome.ts';

export interface ApprovalPorts extends TurnPorts {
  readonly conversations: Pick<Conversations, 'goOn'>;
  readonly hubKey: SigningKey;
  readonly redact: DispatchRedactor;
}

/**
 * Records a person's decision and hands it to the node. Returns the proposal as it stands then. Saying the same again while the
 * first is on its way changes nothing. Throws `proposal-unknown`, `not-allowed`, `proposal-not-pending`, `proposal-expired`,
 * `proposal-altered` or `approval-refused`; each is in the audit log.
 */
export async function decide(
  ports: ApprovalPorts,
  person: Caller,
  input: DecisionInput,
): Promise<ProposalView> {
  const found = await ports.store.proposal(input.proposal);
  if (found === null)
    return refuse(ports, person, {
      input,
      error: fail('proposal-unknown', { id: input.proposal.slice(0, 64) }),
    });
  if (!isResend(found, person, input)) {
    try {
      const { resumed } = await record(ports, person, { input, found });
      if (resumed) ports.conversations.goOn(found.conversation);
    } catch (error) {
      if (error instanceof StoreConflict)
        return refuse(ports, person, { input, proposal: found, error: await notPending(ports, found) });
      if (error instanceof LockkeeperError && error.code !== 'audit-unwritable')
        return refuse(ports, person, { input, proposal: found, error });
      throw error;
    }
  }
  const stored = (await ports.store.proposal(input.proposal)) ?? found;
  await deliver(ports, stored, person.id);
  return stored;
}

/** Sends decisions that are on record to the node of a proposal; of everybody, or of one person. Never throws for a missing node. */
export async function deliver(ports: ApprovalPorts, proposal: ProposalView, person?: string): Promise<void> {
  for (const decision of proposal.decisions) {
    if (person !== undefined && decision.person !== person) continue;
    const who = (await ports.store.person(decision.person)) ?? { id: decision.person, name: decision.person };
    try {
      const signed = signApproval(approvalOf(proposal, decision, who.name), ports.hubKey);
      await ports.directory.submitApproval(proposal.node, proposal.id, signed);
    } catch (error) {
      ports.log.warn({ proposal: proposal.id, error: messageOf(error) }, 'a decision waits for its node');
    }
  }
}

/** Who decides what was decided already: the same person, the same way, over the same bytes, while it is on its way. */
function isResend(proposal: ProposalView, person: Caller, input: DecisionInput): boolean {
  const open = proposal.state === 'pending' || proposal.state === 'approved';
  return (
    open &&
    mayApprove(person.roles) &&
    input.digest === proposal.digest &&
    proposal.decisions.some((one) => one.person === person.id && one.decision === input.decision)
  );
}

async function record(
  ports: ApprovalPorts,
  person: Caller,
  on: { readonly input: DecisionInput; readonly found: ProposalView },
): Promise<{ readonly resumed: boolean }> {
  const { input, found } = on;
  return ports.ledger.endCall(found.conversation, found.turn, async (events) => {
    // Read again inside the queue of this conversation: of two decisions at once, the second sees the first.
    const proposal = (await ports.store.proposal(found.id)) ?? found;
    const problem = refusalOf(ports, person, { input, proposal });
    if (problem !== null) throw problem;
    const step = decisionStep(person, {
      input,
      proposal,
      reason: reasonOf(ports, input),
      at: ports.clock.now(),
      hubKey: ports.hubKey.thumbprint,
    });
    const isOpen = !events.some((event) => event.type === 'call.finished' && event.call === proposal.call);
    const ended: ChatEventDraft[] =
      step.outcome?.state === 'denied' && isOpen
        ? [
            {
              turn: proposal.turn,
              type: 'call.finished',
              call: proposal.call,
              tool: proposal.document.tool,
              ms: Math.max(0, ports.clock.now() - proposal.createdAt),
              result: changedResult({
                ...proposal,
                state: 'denied',
                outcome: step.outcome,
                decisions: [...proposal.decisions, step.decision],
              }),
            },
          ]
        : [];
    return {
      writes: step.writes,
      events: [...step.events, ...ended],
      audit: [step.audit, ...(ended.length === 0 ? [] : [endAudit({ ...proposal, state: 'denied' })])],
      because: `${person.name} decided.`,
    };
  });
}

function refusalOf(
  ports: ApprovalPorts,
  person: Caller,
  on: { readonly input: DecisionInput; readonly proposal: ProposalView },
): LockkeeperError | null {
  const { input, proposal } = on;
  const { document } = proposal;
  const { id } = proposal;
  if (!mayApprove(person.roles)) return fail('not-allowed', { who: person.name, what: 'decide proposals' });
  if (proposal.state === 'expired') return fail('proposal-expired', { id });
  if (proposal.state === 'voided') return fail('proposal-voided', { id });
  if (proposal.state !== 'pending') return fail('proposal-not-pending', { id, state: proposal.state });
  if (ports.clock.now() >= document.exp) return fail('proposal-expired', { id });
  if (input.digest !== proposal.digest || !isWhatTheNodeSigned(proposal))
    return fail('proposal-altered', { id });
  if (input.decision === 'deny') return null;
  if (document.quorum.exclude.includes(person.id))
    return fail('not-allowed', { who: person.name, what: `approve ${id}, having asked for it` });
  if (document.assuranceMin !== 'click')
    return fail('approval-refused', { id, reason: `it needs an approval at level ${document.assuranceMin}` });
  if (proposal.decisions.some((one) => one.person === person.id))
    return fail('proposal-not-pending', { id, state: 'decided by this person' });
  return null;
}

/** The stored bytes still carry the node's signature and still have the stored digest: the hub's own database is not believed. */
function isWhatTheNodeSigned(proposal: ProposalView): boolean {
  try {
    return openProposal(proposal.signed, proposal.document.aud.nodeKey).digest === proposal.digest;
  } catch {
    return false;
  }
}

async function refuse(
  ports: ApprovalPorts,
  person: Caller,
  refusal: {
    readonly input: DecisionInput;
    readonly error: LockkeeperError;
    readonly proposal?: ProposalView;
  },
): Promise<never> {
  const { input, error, proposal } = refusal;
  await ports.store.commit(
    [],
    [
      {
        ...(proposal === undefined ? {} : originOf(proposal)),
        event: 'approval.refused',
        actor: { kind: 'person', id: person.id, name: person.name },
        data: {
          proposal: input.proposal.slice(0, 64),
          decision: input.decision,
          digest: input.digest,
          via: input.via,
          code: error.code,
          reason: error.message,
        },
      },
    ],
  );
  throw error;
}

async function notPending(ports: ApprovalPorts, found: ProposalView): Promise<LockkeeperError> {
  const now = (await ports.store.proposal(found.id)) ?? found;
  return fail('proposal-not-pending', {
    id: found.id,
    state: settledStates.has(now.state) ? now.state : 'decided already',
  });
}

function reasonOf(ports: ApprovalPorts, input: DecisionInput): string | null {
  const reason = input.reason?.trim() ?? '';
  return reason === '' ? null : ports.redact.text(reason).text;
}
