// Decisions arriving from the hub: each is verified against the node's own stored bytes, counted durably, and when enough
// people agree the change is carried out, all of it one proposal at a time. A refusal is journaled and told.

import { isSettled } from '../approval/states.ts';
import { verifyApproval } from '../approval/verify.ts';
import { fail } from '../contract/errors.ts';
import type { Approval, SignedApproval } from '../contract/proposal.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { applyChange, type ChangeRoom } from './apply.ts';
import { clip } from './bounded-json.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { NodeParts } from './parts.ts';

/** Handles one submitted decision to its end. Never rejects. */
export async function submitDecision(
  room: ChangeRoom,
  proposal: string,
  signed: SignedApproval,
): Promise<void> {
  const { parts, ledger } = room;
  if (ledger.get(proposal) === null) return reportUnknown(parts, proposal);
  try {
    await ledger.exclusive(proposal, () => decide(room, proposal, signed));
  } catch (error) {
    const message = messageOf(error);
    parts.log.error({ proposal, because: message }, 'a decision could not be carried through');
    const code = error instanceof LockkeeperError ? error.code : 'tool-failed';
    ledger.tell(proposal, {
      detail: `It could not be carried through: ${message} Nothing ran.`,
      error: { code, message },
    });
  }
}

/** Ends a proposal whose time is over. Never rejects. */
export async function expireProposal(room: ChangeRoom, proposal: string): Promise<void> {
  const { parts, ledger } = room;
  try {
    await ledger.exclusive(proposal, () => expire(ledger, proposal));
  } catch (error) {
    parts.log.error({ proposal, because: messageOf(error) }, 'the expiry of a proposal was not journaled');
  }
}

async function decide(room: ChangeRoom, id: string, signed: SignedApproval): Promise<void> {
  const { parts, ledger } = room;
  const entry = ledger.get(id);
  if (entry === null) return reportUnknown(parts, id);
  let approval: Approval;
  try {
    approval = verify(parts, entry, signed);
  } catch (error) {
    return refuse(room, { id, signed, error });
  }
  if (approval.decision === 'deny') {
    const because = approval.reason === null ? '' : `: ${approval.reason}`;
    return ledger.move(id, 'denied', { detail: `${approval.person.name} denied it${because}. Nothing ran.` });
  }
  await parts.failpoint('before-counted');
  const count = await ledger.count(id, approval.person.id, signed);
  await parts.failpoint('after-counted');
  const needed = entry.document.quorum.approvals;
  if (count < needed) return ledger.tell(id, { detail: `${count} of ${needed} approvals.` });
  await ledger.move(id, 'approved', {
    detail: `Approved by ${count === 1 ? approval.person.name : `${count} people`}.`,
  });
  await applyChange(room, id);
}

function verify(parts: NodeParts, entry: LedgerEntry, signed: SignedApproval): Approval {
  // A proposal of an earlier process has no measured age; the check of the boot epoch or of the state refuses it.
  const ageMs = entry.madeAt === null ? 0 : parts.clock.monotonic() - entry.madeAt;
  const { key, bootEpoch } = parts;
  return verifyApproval(signed, {
    hubKey: parts.hubKey(),
    nodeKey: key.publicKey,
    bootEpoch,
    stored: entry,
    ageMs,
  });
}

async function refuse(
  room: ChangeRoom,
  refused: { readonly id: string; readonly signed: SignedApproval; readonly error: unknown },
): Promise<void> {
  const { parts, ledger } = room;
  const { id, signed } = refused;
  const failure =
    refused.error instanceof LockkeeperError
      ? refused.error
      : fail('approval-refused', { id, reason: messageOf(refused.error) });
  const error = { code: failure.code, message: failure.message };
  await parts.journal.append({ event: 'approval.refused', proposal: id, approval: signed, error });
  if (failure.code === 'proposal-expired') return expire(ledger, id);
  // What became of a settled proposal stays what is said of it: a late decision is refused, and changes no outcome.
  const ended = isSettled(ledger.get(id)?.state ?? 'voided') ? ledger.outcomeOf(id) : null;
  ledger.tell(id, {
    detail: ended?.detail ?? `${failure.message} ${failure.next}`.trim(),
    awsRequestId: ended?.awsRequestId ?? null,
    error,
  });
}

async function expire(ledger: Ledger, id: string): Promise<void> {
  const state = ledger.get(id)?.state;
  if (state !== 'pending' && state !== 'approved') return;
  await ledger.move(id, 'expired', { detail: 'Nobody decided in time. Nothing ran.' });
}

/** The hub asks about something this node does not know (any more): for the hub it is void. */
function reportUnknown(parts: NodeParts, proposal: string): void {
  const error = fail('proposal-unknown', { id: clip(proposal, 64) });
  parts.line.report({
    type: 'proposal.moved',
    outcome: {
      proposal: clip(proposal, 64),
      state: 'voided',
      at: Math.trunc(parts.clock.now()),
      detail: 'The node does not know this proposal. Nothing ran.',
      awsRequestId: null,
      error: { code: error.code, message: error.message },
      approvals: 0,
    },
  });
}
