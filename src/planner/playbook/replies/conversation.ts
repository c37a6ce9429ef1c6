// Questions about the conversation itself: the change that waits, who decided, what ran, and how one approves. Told from the documents and
// decisions on record; nothing is read, and nothing here decides.

import type { ProposalView } from '../../../contract/proposal.ts';
import { isoTime } from '../../../kernel/clock.ts';
import { commandBlock, inOneSentence, type Next, quoted, say, type View } from '../view.ts';
import {
  causes,
  citeFinding,
  OFFER_STATUS,
  OFFER_UNDO,
  OFFER_WHAT_TO_DO,
  OFFER_WHY,
  offerOf,
} from '../words.ts';
import { stillWaiting } from './change.ts';

const ROWS_SHOWN = 8;
const CALLS_SHOWN = 12;

/** "What would this change?", "is it safe?": the document of the change, as the node wrote it. */
export function preview(view: View): Next {
  const proposal = view.context.waiting ?? view.context.proposals.at(-1);
  if (proposal === undefined) return withoutProposal(view);
  const { display, call } = proposal.document;
  if (ASKS_WHO.test(view.question))
    return say(
      [
        `**Who this change touches: ${told(display.blastRadius.summary)}** It is ${quoted(display.title)} (${stateOf(proposal).toLowerCase()}).`,
        ...display.opens.slice(0, 3).map((line) => `What this change opens: ${told(line)}`),
      ],
      ['What would this change?', OFFER_STATUS],
    );
  const rows = display.diff.rows
    .slice(0, ROWS_SHOWN)
    .map(
      ({ sign, cells }) =>
        `- ${sign === ' ' ? 'not changed' : sign === '+' ? 'added' : 'removed'}: ${told(cells.filter((cell) => cell !== '').join(' · '))}`,
    );
  const left = display.diff.rows.length - rows.length;
  const inverse =
    'none' in display.inverse
      ? `This change has no undo: ${told(display.inverse.none)}`
      : `The undo of this change:\n${commandBlock(display.inverse.call.cli)}`;
  return say(
    [
      `**${stateOf(proposal)}: ${quoted(display.title)}.** The change is one request:\n${commandBlock(call.cli)}`,
      [
        `What changes (${told(display.diff.caption)}):`,
        ...rows,
        ...(left > 0 ? [`- and more rows of this change`] : []),
      ].join('\n'),
      `Who this change touches: ${told(display.blastRadius.summary)}`,
      ...display.opens.slice(0, 3).map((line) => `What this change opens: ${told(line)}`),
      ...display.warnings.slice(0, 3).map((line) => `Warning of this change: ${told(line)}`),
      inverse,
      proposal.state === 'pending' ? 'Whether it is worth it is for the person to say who approves it.' : '',
    ],
    [OFFER_STATUS],
  );
}

const ASKS_WHO = /\b(?:who|what) else\b|\bblast ?radius\b/i;

/** What a document says stays in the sentence that says that it is about the change. */
function told(text: string): string {
  return inOneSentence(quoted(text, 500));
}

/** Nothing is prepared: the fix that could be, with what it would open besides. */
function withoutProposal({ context }: View): Next {
  const cause = causes(context.diagnosis?.value.findings ?? [])[0];
  const fix = cause?.fixes[0];
  if (cause === undefined || fix === undefined)
    return say('No change is prepared in this conversation, so there is nothing to judge.', [OFFER_STATUS]);
  const opens = fix.counterfactual?.alsoOpens ?? [];
  return say(
    [
      `No change is prepared yet. The fix that could be: ${quoted(fix.why, 500)}${citeFinding(cause)}`,
      opens.length > 0 ? `It would also open: ${quoted(opens.join('; '), 500)}.${citeFinding(cause)}` : '',
      'Once it is prepared, its card shows what changes, who else is touched and how it is undone.',
    ],
    [offerOf(fix), OFFER_WHY],
  );
}

const STATES: Readonly<Partial<Record<ProposalView['state'], string>>> = {
  pending: 'Waiting for approval',
  approved: 'Approved',
  claimed: 'Running now',
  done: 'Done',
  failed: 'Failed',
  unknown: 'Outcome unknown',
  denied: 'Denied',
  expired: 'Expired',
  stale: 'Not applied',
};

function stateOf({ state }: ProposalView): string {
  return STATES[state] ?? 'Void';
}

/** "Who approved that?" */
export function decided(view: View): Next {
  const { proposals } = view.context;
  const open = waitingChanges(view).findLast(({ decisions }) => decisions.length === 0);
  const proposal = proposals.findLast(({ decisions }) => decisions.length > 0) ?? proposals.at(-1);
  if (proposal === undefined)
    return say('No change was prepared in this conversation, so nobody approved or denied anything.', [
      OFFER_STATUS,
    ]);
  const title = quoted(proposal.document.display.title);
  // One of the same title may have been decided before: the one that waits is told first, and apart from it.
  const undecided =
    open === undefined || open === proposal
      ? ''
      : `Nobody has approved or denied **${quoted(open.document.display.title)}**, which waits for approval now (\`${open.id}\`). An earlier change was decided.`;
  const lines = proposal.decisions.map(
    ({ decision, person, at, reason }) =>
      `- ${decision === 'approve' ? 'approved' : 'denied'} by ${quoted(person, 100)} at ${isoTime(at)}${reason ? `, saying "${quoted(reason)}"` : ''}`,
  );
  return say(
    [
      undecided,
      lines.length === 0
        ? `Nobody has approved or denied **${title}**. ${stateOf(proposal)}.`
        : [
            `${undecided === '' ? '' : 'Earlier: '}**${title}** (${stateOf(proposal).toLowerCase()}) was decided:`,
            ...lines,
          ].join('\n'),
      `The audit log has every decision: \`npx lockkeeper audit search ${proposal.id}\``,
    ],
    [OFFER_STATUS],
  );
}

/** "How long will it take?": what is known of it, which is how long is looked. */
export function eta(view: View): Next {
  const proposal = view.context.waiting ?? view.context.proposals.at(-1);
  if (proposal === undefined)
    return say('How long it takes is not known: no change is prepared that could repair it.', [
      OFFER_WHAT_TO_DO,
      OFFER_STATUS,
    ]);
  const { display } = proposal.document;
  const { success } = display;
  return say(
    [
      `How long the change **${quoted(display.title)}** takes is not known beforehand; it depends on how fast tasks start and pass their checks. ${stateOf(proposal)}.`,
      success.kind === 'none'
        ? `There is nothing to watch after this change: ${told(success.because)}`
        : `Once the change has run, I look until ${success.running} tasks of ${quoted(success.service)} run and pass their checks, for as long as the card says, and tell it here.`,
    ],
    [OFFER_STATUS],
  );
}

/** "What did you run?" */
export function ran({ context }: View): Next {
  const { calls, proposals } = context;
  if (calls.length === 0 && proposals.length === 0)
    return say('Nothing: no tool was called in this conversation, and nothing changed.');
  const done = proposals.filter(({ state }) => state === 'done' || state === 'unknown');
  const lines = calls.map(
    ({ tool, about, ended }) =>
      `- \`${tool}\`${about === '' ? '' : ` (${quoted(about, 120)})`}${ENDED[ended]}`,
  );
  const distinct = [...new Set(lines)];
  const shown = distinct.slice(-CALLS_SHOWN);
  return say(
    [
      done.length === 0
        ? '**Nothing was changed.** I only read.'
        : [
            '**Changes that ran, each approved by a person:**',
            ...done.map(
              ({ state, document }) =>
                `The change "${quoted(document.display.title)}"${state === 'unknown' ? ' (outcome unknown)' : ''}:\n${commandBlock(document.call.cli)}`,
            ),
          ].join('\n'),
      shown.length === 0
        ? ''
        : [distinct.length > shown.length ? 'The last tools I called:' : 'Tools I called:', ...shown].join(
            '\n',
          ),
      'Every AWS request behind them is in the audit log: `npx lockkeeper audit tail`. That nothing was taken out of it or altered is checked by `npx lockkeeper audit verify`.',
    ],
    [OFFER_STATUS, ...(done.length === 0 ? [] : [OFFER_UNDO])],
  );
}

const ENDED: Readonly<Record<View['context']['calls'][number]['ended'], string>> = {
  ok: '',
  'not found': ', which found nothing of that name',
  'not clear': ', for which the name was not clear',
  'not needed': ', for which there was nothing to do',
  refused: ', which was refused',
  failed: ', which failed',
};

/** "Approve it": a message never does; what does is said. */
export function approve(view: View): Next {
  const waiting = waitingChanges(view);
  const [only] = waiting;
  if (only !== undefined && waiting.length === 1) return stillWaiting(only);
  if (waiting.length === 0)
    return say(
      'No change waits for approval, and a message never approves one. A change that waits has a card with its buttons; in a terminal it is `npx lockkeeper approvals list`, then `npx lockkeeper approvals approve ID` or `deny ID`.',
      [OFFER_STATUS],
    );
  return say(
    [
      `A message does not approve or deny. These changes wait; decide on their cards, or in a terminal:`,
      waiting
        .map(
          ({ id, document }) =>
            `- ${quoted(document.display.title)}: \`npx lockkeeper approvals approve ${id}\` or \`npx lockkeeper approvals deny ${id}\``,
        )
        .join('\n'),
    ],
    ['What would this change?', OFFER_STATUS],
  );
}

/** The changes of this conversation that can still be decided. */
export function waitingChanges({ context: { proposals }, nowMs }: View): readonly ProposalView[] {
  return proposals.filter(({ state, document }) => state === 'pending' && document.exp > nowMs);
}
