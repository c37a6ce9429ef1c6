// "What was it?": asked when all is over. The cause of before is told from this conversation, with what was done about it and how it is now.

import { cite, type Next, quoted, say, type View } from '../view.ts';
import { causes, citeFinding, OFFER_STATUS } from '../words.ts';
import { diagnosis } from './diagnosis.ts';

/** The cause of an earlier diagnosis; while it is still there, or none is known, a diagnosis of now answers. */
export function past(view: View): Next {
  const { cause, diagnosis: now, proposals, subject } = view.context;
  const isOver = now === null ? ran(view).length > 0 : causes(now.value.findings).length === 0;
  if (cause === null || subject === null || !isOver || view.intent.entities.names.length > 0)
    return diagnosis(view);
  const { finding, evidence } = cause;
  const cited = citeFinding(finding, evidence);
  const changes = ran(view).map((title) => `The change "${title}" ran.`);
  const state = now?.value.service;
  return say(
    [
      `**What was wrong${finding.verdict === 'proven' ? '' : ` (${finding.verdict})`}: ${quoted(finding.title)}**${cited}`,
      `${quoted(finding.explanation, 800)}${cited}`,
      changes.length === 0 && proposals.length > 0
        ? 'No change of this conversation ran.'
        : changes.join(' '),
      state === undefined
        ? ''
        : `As last seen, ${state.running} of ${state.desired} tasks of ${state.name} run.${cite(now?.evidence ?? [], 1)}`,
    ],
    [OFFER_STATUS, 'What changed?'],
  );
}

function ran({ context: { proposals } }: View): string[] {
  return proposals
    .filter(({ state }) => state === 'done')
    .map(({ document }) => quoted(document.display.title));
}
