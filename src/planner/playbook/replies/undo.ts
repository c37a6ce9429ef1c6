// Taking a change back that ran: the inverse is worked out from its document and is a change of its own.

import type { ProposalView } from '../../../contract/proposal.ts';
import { changeKinds } from '../change-kinds.ts';
import { commandBlock, type Next, quoted, say, type View } from '../view.ts';
import { OFFER_STATUS, OFFER_UNDO } from '../words.ts';
import { change } from './change.ts';
import { undoCall } from './undo-call.ts';

/** "Undo that change." The inverse is worked out from the document of the last change that ran, or the last of the kind that is named. */
export function undo(view: View): Next {
  const ran = view.context.proposals.filter(
    (one) => one.state === 'done' && !view.done.some(({ call }) => call.id === one.call),
  );
  const [object] = changeKinds.filter(({ asked }) => asked.test(view.intent.text));
  const done = ran.findLast((one) => object === undefined || object.is(one));
  const last = ran.at(-1);
  const { waiting } = view.context;
  if (done === undefined && waiting !== null && (object === undefined || object.is(waiting)))
    return say(
      `Nothing of it has run: the change **${quoted(waiting.document.display.title)}** waits. Deny it on its card or with \`npx lockkeeper approvals deny ${waiting.id}\`.`,
      [OFFER_STATUS],
    );
  if (done === undefined && last !== undefined)
    return say(
      `No ${object?.called ?? 'change'} of this conversation has run, so there is none to undo. The last change that ran: ${quoted(last.document.display.title)}.`,
      [OFFER_UNDO, OFFER_STATUS],
    );
  if (done === undefined)
    return say(
      `No ${object?.called ?? 'change'} of this conversation has run, so there is nothing to undo. What was changed elsewhere I can look up: "What changed?"`,
      ['What changed?', OFFER_STATUS],
    );
  const { display } = done.document;
  if ('none' in display.inverse)
    return say(`There is no undo: ${quoted(display.inverse.none)}`, [OFFER_STATUS]);
  const inverse = undoCall(done);
  if (inverse === null)
    return say(
      [`The undo of this change has to be run by hand:\n${commandBlock(display.inverse.call.cli)}`],
      [OFFER_STATUS],
    );
  return change(view, inverse, [`This undoes "${quoted(display.title)}".`, ...repairLines(done)].join(' '));
}

/** A change that names what it heals was a repair: without it the trouble is there again. */
function repairLines({ document }: ProposalView): string[] {
  const { success } = document.display;
  if (document.args.heals === undefined || success.kind !== 'service-steady') return [];
  return [
    `It was made to repair ${quoted(success.service)}: if it did, taking it back brings the incident back.`,
  ];
}
