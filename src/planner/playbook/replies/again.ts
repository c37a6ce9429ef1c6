// "Prepare it again": the last change that came to nothing, with the same input. The node works it out anew against the state of now.

import { type Next, quoted, type View } from '../view.ts';
import { change } from './change.ts';
import { outcomeWord } from './outcome.ts';
import { fix } from './rule.ts';

/** Prepares the newest change of the conversation once more, unless it ran; without one, what the diagnosis asks for. */
export function again(view: View): Next {
  const earlier = view.context.proposals.filter(({ call }) => !view.done.some((one) => one.call.id === call));
  const last = earlier.at(-1);
  if (last === undefined || last.state === 'done' || last.state === 'unknown') return fix(view);
  const { display, tool, args } = last.document;
  const why = outcomeWord(last, view.nowMs);
  return change(
    view,
    { tool, input: args },
    `Prepared again: **${quoted(display.title)}**${why === undefined ? '' : `, which did not run because ${why}`}.`,
  );
}
