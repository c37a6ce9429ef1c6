// The step that every change takes: ask for the call of a change tool once, then say what became of it.
// The playbook never decides a change; it names the call, and people decide the proposal the node prepares from it.

import type { ProposalView } from '../../../contract/proposal.ts';
import { canonicalJson } from '../../../kernel/canonical-json.ts';
import { hintFor } from '../entities.ts';
import { type Next, problemText, quoted, resultOf, say, type View, type WantedCall } from '../view.ts';
import { OFFER_STATUS } from '../words.ts';
import { outcome } from './outcome.ts';
import { secondStep } from './second-step.ts';

/** Asks for `wanted`, or tells its outcome when it has one. `why` is shown beside the waiting proposal. */
export function change(view: View, wanted: WantedCall, why: string): Next {
  const result = resultOf(view, wanted);
  if (result === undefined) {
    const { waiting } = view.context;
    if (waiting !== null && isSameChange(waiting, wanted)) return stillWaiting(waiting);
    return {
      kind: 'calls',
      calls: [wanted],
      text: [takenAs(view, wanted), why, 'This is the change. Nothing runs until it is approved.']
        .filter((part) => part !== '')
        .join(' '),
    };
  }
  if (result.status === 'changed' || result.status === 'proposed') {
    const then = secondStep(view, wanted, result.proposal);
    if (then?.kind === 'read') return { kind: 'calls', calls: [then.call], text: '' };
    return then === undefined ? outcome(result.proposal) : change(view, then.call, then.why);
  }
  if (result.status === 'ok') return say('Nothing was changed.', [OFFER_STATUS]);
  const lead = result.error.code === 'change-unneeded' ? '' : 'Nothing ran. ';
  return say(`${lead}${problemText(result)}`, [OFFER_STATUS]);
}

/** How a change that waits is approved; a message does not do it. */
export function stillWaiting({ id }: ProposalView): Next {
  return say(
    `This waits for approval: use its card, or run \`npx lockkeeper approvals approve ${id}\`. A message does not approve.`,
    [OFFER_STATUS],
  );
}

/** The node fills defaults in, so only what is asked for now is compared. */
function isSameChange({ document }: ProposalView, { tool, input }: WantedCall): boolean {
  return (
    document.tool === tool &&
    Object.entries(input).every(
      ([key, value]) =>
        SAYS_NOTHING_NEW.has(key) || canonicalJson(document.args[key] ?? null) === canonicalJson(value),
    )
  );
}

/** Words beside a change that do not change what it does. */
const SAYS_NOTHING_NEW: ReadonlySet<string> = new Set(['description', 'heals', 'reason']);

/** A mistyped name is said before a change of the service it was taken for. */
function takenAs(view: View, { input }: WantedCall): string {
  const named = hintFor(view.intent.entities, 'service')?.text;
  const { service } = input;
  if (named === undefined || typeof service !== 'string' || !('service' in input)) return '';
  const letters = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters(service).includes(letters(named)) || /cluster|prod|stag/i.test(named)
    ? ''
    : `Taking ${quoted(named)} as ${service}.`;
}
