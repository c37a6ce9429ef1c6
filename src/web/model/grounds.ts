// Why a change was prepared: the finding that asks for it, or else the person's own words. Both are in its conversation.

import type { Finding } from '../../contract/finding.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import type { ConversationView } from './conversation.ts';
import { answersFinding } from './proposal-card.ts';

export interface Grounds {
  /** The newest finding that the change answers. */
  readonly finding: Finding | null;
  /** Who asked in the turn in which it was prepared, and in which words. */
  readonly asked: { readonly person: string; readonly text: string } | null;
}

export const noGrounds: Grounds = { finding: null, asked: null };

/** The grounds of `proposal` in its conversation, of which `findings` are all, oldest first. */
export function groundsOf(
  view: ConversationView,
  findings: readonly Finding[],
  proposal: ProposalView,
): Grounds {
  const turn = view.turns.find(({ id }) => id === proposal.turn);
  return {
    finding: findings.findLast((one) => answersFinding(proposal.document, one)) ?? null,
    asked: turn === undefined ? null : { person: turn.person.name, text: turn.text },
  };
}
