// What became of a change, in the words of its outcome. It always says whether anything ran, and what comes next.

import type { ProposalView } from '../../../contract/proposal.ts';
import { inOneSentence, type Next, quoted, say, type View } from '../view.ts';
import { OFFER_AGAIN, OFFER_STATUS, OFFER_UNDO } from '../words.ts';

/** The answer that ends a turn whose change was decided. */
export function outcome(proposal: ProposalView): Next {
  const { title, success, inverse } = proposal.document.display;
  const detail = quoted(proposal.outcome?.detail ?? '', 500);
  const name = quoted(title);
  switch (proposal.state) {
    case 'done':
      return say(
        [
          `**Done: ${name}.** It ran once, exactly as it was approved.`,
          success.kind === 'service-steady'
            ? `I watch ${success.service} now until ${success.running} of its tasks run and pass their checks, and say so here.`
            : `There is nothing to watch: ${quoted(success.because)}`,
          'none' in inverse
            ? `There is no undo: ${quoted(inverse.none)}`
            : 'An undo can be prepared as a change of its own, should you want it.',
        ],
        [OFFER_STATUS, ...('none' in inverse ? [] : [OFFER_UNDO])],
      );
    case 'denied':
      return say(
        [
          `**Denied: ${name}.** Nothing ran.`,
          denialReason(proposal),
          'The account is as it was. I can look further, or prepare another change.',
        ],
        [OFFER_STATUS],
      );
    case 'expired':
      return say(
        [`**Expired: ${name}.** Nobody decided in time. Nothing ran.`, detail],
        [OFFER_AGAIN, OFFER_STATUS],
      );
    case 'stale':
      return say(
        [`**Not applied: ${name}.** The account changed after this was prepared, so nothing ran.`, detail],
        [OFFER_AGAIN, OFFER_STATUS],
      );
    case 'voided':
    case 'superseded':
      return say([`**Void: ${name}.** Nothing ran.`, detail], [OFFER_AGAIN, OFFER_STATUS]);
    case 'failed':
      return say(
        [`**Failed: ${name}.** AWS refused the call, so nothing changed.`, detail, awsError(proposal)],
        [OFFER_AGAIN, OFFER_STATUS],
      );
    case 'unknown':
      return say(
        [
          `**Outcome unknown: ${name}.** The call may or may not have reached AWS; it is not repeated by itself.`,
          detail,
          'Look at the state before anything else is changed.',
        ],
        [OFFER_STATUS],
      );
    default:
      return say(`**Waiting: ${name}.** Nothing runs until it is approved.`, [OFFER_STATUS]);
  }
}

/** That the last change for `service` has not run, when somebody asks whether it worked; empty when it ran, or when there is none. */
export function notRunLine({ context, intent, nowMs }: View, service: string): string {
  const isMeant = ({ document: { display, args } }: ProposalView) =>
    intent.entities.names.length === 0 ||
    args.service === service ||
    (display.success.kind === 'service-steady' && display.success.service === service);
  const proposal = context.proposals.findLast(isMeant);
  if (proposal === undefined) return '';
  const { document } = proposal;
  const why = outcomeWord(proposal, nowMs);
  return why === undefined
    ? ''
    : `**The change has not run: ${quoted(document.display.title)}.** It did nothing: ${why}.`;
}

/** Why a change has not run, to stand behind "because"; undefined for one that ran, or may have. */
export function outcomeWord({ state, document }: ProposalView, nowMs: number): string | undefined {
  return state === 'pending' && document.exp <= nowMs ? 'nobody decided in time' : NOT_RUN[state];
}

const NOT_RUN: Readonly<Partial<Record<ProposalView['state'], string>>> = {
  pending: 'it still waits for approval',
  denied: 'it was denied',
  expired: 'nobody decided in time',
  stale: 'the account had changed after it was prepared',
  voided: 'it was voided',
  superseded: 'another change took its place',
};

/** Who denied a change, and what they said; empty when nobody did. */
export function denialReason(proposal: ProposalView): string {
  const denial = proposal.decisions.findLast(({ decision }) => decision === 'deny');
  if (denial === undefined) return '';
  return denial.reason === null || denial.reason === ''
    ? `Denied by ${quoted(denial.person)} without a reason.`
    : `Denied by ${quoted(denial.person)}: "${inOneSentence(quoted(denial.reason))}"`;
}

function awsError(proposal: ProposalView): string {
  const error = proposal.outcome?.error;
  return error === null || error === undefined
    ? ''
    : `AWS said ${quoted(error.code, 80)}: "${quoted(error.message)}"`;
}
