// The life of a proposal: which state may follow which. Both sides ask here before they move one.
//
//   pending ─► approved ─► claimed ─► done · failed · unknown
//      └────────┴─► denied · expired · superseded · stale · voided · failed
//
// `claimed` is the point of no return: what follows it says what became of the AWS request.

import { type ProposalState, proposalStates, settledStates } from '../contract/proposal.ts';
import { invariant } from '../kernel/assert.ts';

const next: Readonly<Record<ProposalState, readonly ProposalState[]>> = {
  pending: ['approved', 'denied', 'expired', 'superseded', 'voided'],
  approved: ['claimed', 'stale', 'expired', 'failed', 'voided'],
  claimed: ['done', 'failed', 'unknown'],
  done: [],
  failed: [],
  unknown: [],
  denied: [],
  expired: [],
  superseded: [],
  stale: [],
  voided: [],
};

/** Whether a proposal in `from` may become `to`. */
export function mayMove(from: ProposalState, to: ProposalState): boolean {
  return next[from].includes(to);
}

/** Breaks an invariant unless the move is legal: an illegal move is a bug of ours, never a matter of input. */
export function assertMove(from: ProposalState, to: ProposalState): void {
  invariant(mayMove(from, to), `a proposal does not go from ${from} to ${to}`);
}

/** Every state from which `to` can be reached in one step. */
export function statesBefore(to: ProposalState): readonly ProposalState[] {
  return proposalStates.filter((from) => mayMove(from, to));
}

export function isSettled(state: ProposalState): boolean {
  return settledStates.has(state);
}
