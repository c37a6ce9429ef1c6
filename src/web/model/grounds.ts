// Why a change was prepared: the finding that asks for it, or else the person's own words. Both are in its conversation, and so is what the
// change leaves as it is.

import type { Finding, ProposedCall } from '../../contract/finding.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import { leftUnrepaired } from '../../contract/unrepaired.ts';
import type { ConversationView } from './conversation.ts';
import { fixBehind } from './proposal-card.ts';
import { resultParts } from './results.ts';

export interface Grounds {
  /** The newest finding that the change answers. */
  readonly finding: Finding | null;
  /** Which of its fixes the change is. */
  readonly fix: ProposedCall | null;
  /** What is proven of the service and stays so after the change, with what shows it. */
  readonly left: { readonly text: string; readonly finding: Finding } | null;
  /** Who asked in the turn in which it was prepared, and in which words. */
  readonly asked: { readonly person: string; readonly text: string } | null;
}

export const noGrounds: Grounds = { finding: null, fix: null, left: null, asked: null };

/** The grounds of `proposal` in its conversation, of which `findings` are all, oldest first. */
export function groundsOf(
  view: ConversationView,
  findings: readonly Finding[],
  proposal: ProposalView,
): Grounds {
  const turn = view.turns.find(({ id }) => id === proposal.turn);
  const finding = findings.findLast((one) => fixBehind(proposal.document, one) !== null) ?? null;
  return {
    finding,
    fix: finding === null ? null : fixBehind(proposal.document, finding),
    left: leftBy(view, proposal),
    asked: turn === undefined ? null : { person: turn.person.name, text: turn.text },
  };
}

/** What the newest diagnosis of the service before the change proved and the change does not repair. */
function leftBy(view: ConversationView, { call, document }: ProposalView): Grounds['left'] {
  const { service, cluster } = document.args;
  const calls = [...view.calls.values()];
  const own = calls.findIndex((one) => one.call.id === call);
  const parts = (own < 0 ? calls : calls.slice(0, own))
    .map(({ result }) => (result?.status === 'ok' ? resultParts(result.output) : null))
    .findLast(
      (one) =>
        one !== null &&
        one.findings.length > 0 &&
        one.service?.service === service &&
        one.service?.cluster === cluster,
    );
  const finding = parts?.findings[0];
  if (finding === undefined) return null;
  const text = leftUnrepaired(
    { tool: document.tool, args: document.args, desired: parts?.service?.desired ?? null },
    finding,
  );
  return text === null ? null : { text, finding };
}
