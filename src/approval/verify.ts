// The node's verification list: what must hold before a decision counts. One line, one check, one refusal.
// Everything is compared with what the node itself stored and measured; nothing the hub sends is believed.

import { type ErrorCode, fail } from '../contract/errors.ts';
import {
  type Approval,
  approvalLevels,
  type ProposalDocument,
  type ProposalState,
  type SignedApproval,
} from '../contract/proposal.ts';
import { approvalSignedBy, readApproval } from './approval.ts';
import { proposalDigest } from './signed-bytes.ts';

/** A proposal as the node keeps it. */
export interface StoredProposal {
  /** The bytes as they were signed. */
  readonly bytes: Uint8Array;
  readonly document: ProposalDocument;
  readonly state: ProposalState;
  /** Ids of the people whose approvals were counted. */
  readonly counted: readonly string[];
}

export interface VerificationContext {
  /** The key of the hub this node joined (raw, base64url). */
  readonly hubKey: string;
  readonly nodeKey: string;
  readonly bootEpoch: string;
  readonly stored: StoredProposal;
  /** Milliseconds since the proposal was made, measured by a clock that never jumps. */
  readonly ageMs: number;
}

interface Subject extends VerificationContext {
  readonly signed: SignedApproval;
  readonly approval: Approval;
}

export interface ApprovalCheck {
  readonly name: string;
  readonly code: ErrorCode;
  /** Completes "The node refused the approval of …:". */
  readonly reason: string;
  /** A denial is taken from anybody at any level, since it can only stop things. */
  readonly appliesTo: 'every decision' | 'approvals';
  holds(subject: Subject): boolean;
}

export const approvalChecks: readonly ApprovalCheck[] = [
  {
    name: 'signature',
    code: 'approval-refused',
    reason: 'it is not signed by the hub this node joined',
    appliesTo: 'every decision',
    holds: ({ signed, hubKey }) => approvalSignedBy(signed, hubKey),
  },
  {
    name: 'proposal',
    code: 'approval-refused',
    reason: 'it is about another proposal',
    appliesTo: 'every decision',
    holds: ({ approval, stored }) => approval.proposal === stored.document.proposal,
  },
  {
    name: 'digest',
    code: 'proposal-altered',
    reason: 'its digest is not that of the stored bytes',
    appliesTo: 'every decision',
    holds: ({ approval, stored }) => approval.digest === proposalDigest(stored.bytes),
  },
  {
    name: 'node',
    code: 'approval-refused',
    reason: 'the proposal was made for another node',
    appliesTo: 'every decision',
    holds: ({ stored, nodeKey }) => stored.document.aud.nodeKey === nodeKey,
  },
  {
    name: 'boot epoch',
    code: 'proposal-voided',
    reason: 'the node restarted after the proposal was made',
    appliesTo: 'every decision',
    holds: ({ stored, bootEpoch }) => stored.document.aud.bootEpoch === bootEpoch,
  },
  {
    name: 'state',
    code: 'proposal-not-pending',
    reason: 'the proposal is not pending',
    appliesTo: 'every decision',
    holds: ({ stored }) => stored.state === 'pending',
  },
  {
    name: 'expiry',
    code: 'proposal-expired',
    reason: 'the proposal expired',
    appliesTo: 'every decision',
    holds: ({ stored, ageMs }) => ageMs >= 0 && ageMs < stored.document.exp - stored.document.iat,
  },
  {
    name: 'level claimed',
    code: 'approval-refused',
    reason: "the hub's signature is worth level click and no more",
    appliesTo: 'approvals',
    holds: ({ approval }) => approval.level === 'click',
  },
  {
    name: 'level required',
    code: 'approval-refused',
    reason: 'it is weaker than the proposal asks for',
    appliesTo: 'approvals',
    holds: ({ approval, stored }) => rank(approval.level) >= rank(stored.document.assuranceMin),
  },
  {
    name: 'excluded person',
    code: 'approval-refused',
    reason: 'this person may not approve this proposal',
    appliesTo: 'approvals',
    holds: ({ approval, stored }) => !stored.document.quorum.exclude.includes(approval.person.id),
  },
  {
    name: 'counted person',
    code: 'approval-refused',
    reason: 'this person approved it already',
    appliesTo: 'approvals',
    holds: ({ approval, stored }) => !stored.counted.includes(approval.person.id),
  },
];

/**
 * Returns the decision when every check holds. Throws `approval-refused`, `proposal-altered`, `proposal-voided`,
 * `proposal-not-pending` or `proposal-expired` for the first that does not.
 * `checks` is a parameter so that a test can leave one out and see the forgery pass.
 */
export function verifyApproval(
  signed: SignedApproval,
  context: VerificationContext,
  checks: readonly ApprovalCheck[] = approvalChecks,
): Approval {
  const id = context.stored.document.proposal;
  const approval = readApproval(signed);
  if (approval === null) throw fail('approval-refused', { id, reason: 'it cannot be read' });
  const subject: Subject = { ...context, signed, approval };
  for (const check of checks) {
    if (check.appliesTo === 'approvals' && approval.decision === 'deny') continue;
    if (!check.holds(subject)) {
      throw fail(check.code, { id, reason: check.reason, state: context.stored.state });
    }
  }
  return approval;
}

function rank(level: Approval['level']): number {
  return approvalLevels.indexOf(level);
}
