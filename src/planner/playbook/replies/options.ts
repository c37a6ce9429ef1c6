// "Which option is better?", "compare the two": the changes that wait, or the fixes that could be prepared, side by side. What speaks for one
// is read from the diagnosis and the documents; whether it is worth it stays with the person.

import type { Finding, ProposedCall } from '../../../contract/finding.ts';
import type { ProposalView } from '../../../contract/proposal.ts';
import { doesFix } from '../../../contract/unrepaired.ts';
import { cite, inOneSentence, type Next, quoted, say, type View } from '../view.ts';
import { causes, citeFinding, OFFER_FIX, OFFER_STATUS, OFFER_WHAT_TO_DO, offerOf } from '../words.ts';
import { compare } from './compare.ts';
import { waitingChanges } from './conversation.ts';
import { diagnosisMeant } from './diagnosis.ts';

const SHOWN_MAX = 4;

/** The ways there are now, and which of them the diagnosis speaks for. */
export function options(view: View): Next {
  const waiting = waitingChanges(view);
  const cause = causes(view.context.diagnosis?.value.findings ?? [])[0];
  if (waiting.length >= 2) return ofProposals(view, waiting.slice(-SHOWN_MAX), cause);
  const comparesThings = view.intent.entities.names.length > 0 || view.intent.entities.revision !== null;
  if (comparesThings || (ASKS_TO_COMPARE.test(view.question) && (cause?.fixes.length ?? 0) < 2))
    return compare(view);
  const [only] = waiting;
  if (only !== undefined) return ofOne(only, view, cause);
  const read = diagnosisMeant(view);
  if ('next' in read) return read.next;
  return ofFixes(read.value.service.name, causes(read.value.findings)[0], read.evidence);
}

const ASKS_TO_COMPARE = /\b(?:compare|differ\w*|diff)\b/i;

function ofProposals(view: View, waiting: readonly ProposalView[], cause: Finding | undefined): Next {
  const cards = waiting.map((proposal, at) => {
    const { display } = proposal.document;
    return [
      `${at + 1}. The change **${quoted(display.title)}**`,
      `   - Who this change touches: ${told(display.blastRadius.summary)}`,
      ...display.opens.slice(0, 1).map((line) => `   - What this change opens: ${told(line)}`),
      `   - ${'none' in display.inverse ? 'This change has no undo.' : 'The undo of this change is prepared.'}`,
      ...display.warnings.slice(0, 1).map((line) => `   - Warning of this change: ${told(line)}`),
    ].join('\n');
  });
  return say(
    [
      judgement(view, waiting, cause),
      cards.join('\n'),
      'Each is decided on its own card; a message decides none.',
    ],
    ['What would this change?', OFFER_STATUS],
  );
}

/** Which of the changes is what the diagnosis asks for. */
function judgement(view: View, waiting: readonly ProposalView[], cause: Finding | undefined): string {
  if (cause === undefined)
    return 'Nothing broken was found that speaks for one of these changes: both do what was asked for.';
  const cited = citeFinding(cause, view.context.diagnosis?.evidence);
  const found = `${cause.verdict === 'proven' ? 'the proven cause' : `the ${cause.verdict} cause`} (${quoted(cause.title).replace(/\.$/, '')})`;
  const ranked = cause.fixes.flatMap((fix) => waiting.filter((one) => doesFix(one.document, fix)));
  const [best] = ranked;
  if (best === undefined) return `None of these changes answers ${found}.${cited}`;
  const title = quoted(best.document.display.title);
  return ranked.length === 1
    ? `**Better: ${title}.** Of these changes only this one answers ${found}.${cited}`
    : `**Better: ${title}.** More than one of these changes answers ${found}; the diagnosis puts this one first.${cited}`;
}

function ofOne(only: ProposalView, view: View, cause: Finding | undefined): Next {
  const answers = cause?.fixes.some((fix) => doesFix(only.document, fix)) === true;
  const other = cause?.fixes.find((fix) => !doesFix(only.document, fix));
  const cited = cause === undefined ? '' : citeFinding(cause, view.context.diagnosis?.evidence);
  return say(
    [
      `One change is prepared: **${quoted(only.document.display.title)}**.`,
      cause === undefined
        ? ''
        : `It ${answers ? 'answers' : 'does not answer'} the cause that was found: ${quoted(cause.title)}${cited}`,
      other === undefined ? '' : `Another way: ${quoted(other.why, 500)}${cited}`,
    ],
    ['What would this change?', ...(other === undefined ? [] : [orderOf(other)]), OFFER_STATUS],
  );
}

function ofFixes(service: string, cause: Finding | undefined, evidence: readonly string[]): Next {
  if (cause === undefined)
    return say(`Nothing broken was found in ${service}, so there is nothing to choose.${cite(evidence, 1)}`, [
      OFFER_STATUS,
    ]);
  const cited = citeFinding(cause, evidence);
  const fixes = cause.fixes.slice(0, SHOWN_MAX);
  const [first] = fixes;
  if (first === undefined)
    return say(`No change was found that is shown to repair this: ${quoted(cause.title)}${cited}`, [
      OFFER_WHAT_TO_DO,
      OFFER_STATUS,
    ]);
  if (fixes.length === 1)
    return say(`One way was found: ${quoted(first.why, 500)}${cited}`, [orderOf(first), OFFER_STATUS]);
  return say(
    [
      `**There are ${fixes.length === 2 ? 'two' : 'several'} ways; the diagnosis puts the first one first.**${cited}`,
      fixes.map((fix, at) => `${at + 1}. ${quoted(fix.why, 500)}${cited}`).join('\n'),
      'Shall I prepare the first? Nothing runs until it is approved.',
    ],
    fixes.map((fix, at) => (at === 0 ? OFFER_FIX : orderOf(fix))),
  );
}

/** The order that prepares a fix, in words that parse back to it. */
function orderOf(fix: ProposedCall): string {
  const {
    service,
    task_definition: definition,
    desired_count: count,
    force_new_deployment: anew,
  } = fix.input;
  if (typeof service !== 'string') return offerOf(fix);
  const revision = typeof definition === 'string' ? /:(\d+)$/.exec(definition)?.[1] : undefined;
  if (revision !== undefined) return `Roll back '${service}' to revision ${revision}.`;
  if (typeof count === 'number') return `Scale '${service}' to ${count}.`;
  return anew === true ? `Restart '${service}'.` : offerOf(fix);
}

/** What a document says stays in the sentence that says that it is about the change. */
function told(text: string): string {
  return inOneSentence(quoted(text, 300));
}
