// The step that every change takes: ask for the call of a change tool once, then say what became of it.
// The playbook never decides a change; it names the call, and people decide the proposal the node prepares from it.

import { type Next, problemText, resultOf, say, type View, type WantedCall } from '../view.ts';
import { OFFER_STATUS } from '../words.ts';
import { outcome } from './outcome.ts';

/** Asks for `wanted`, or tells its outcome when it has one. `why` is shown beside the waiting proposal. */
export function change(view: View, wanted: WantedCall, why: string): Next {
  const result = resultOf(view, wanted);
  if (result === undefined) {
    return {
      kind: 'calls',
      calls: [wanted],
      text: [why, 'This is the change. Nothing runs until it is approved.']
        .filter((part) => part !== '')
        .join(' '),
    };
  }
  if (result.status === 'changed' || result.status === 'proposed') return outcome(result.proposal);
  if (result.status === 'ok') return say('Nothing was changed.', [OFFER_STATUS]);
  const lead = result.error.code === 'change-unneeded' ? '' : 'Nothing ran. ';
  return say(`${lead}${problemText(result)}`, [OFFER_STATUS]);
}
