// A pasted error message: what its words point to, and what would confirm each. Nothing is read from the account.

import { type Candidate, explainText } from '../../../diagnosis/explain/explanation.ts';
import { type Next, quoted, say, type View } from '../view.ts';

const SHOWN_MAX = 4;
const SERVICE_OF_EVENT = /\(service ([A-Za-z0-9_-]{1,255})[),]/;

export function explain(view: View): Next {
  const { candidates, decidable } = explainText(view.question);
  const shown = candidates.slice(0, SHOWN_MAX);
  const service = SERVICE_OF_EVENT.exec(view.question)?.[1];
  return say(
    [
      decidable
        ? 'This message is clear, but words prove nothing: the state has to confirm it.'
        : 'Several causes word themselves like this; the message alone cannot decide between them.',
      shown.map(line).join('\n'),
      'This was read from the text alone; nothing in the account was looked at. Name the service, and I test these against its state.',
    ],
    service === undefined
      ? ['List the clusters.', 'What is wrong in all clusters?']
      : [`Why is the service '${service}' failing?`, 'List the clusters.'],
  );
}

function line({ class: cause, confidence, why, confirmWith }: Candidate): string {
  const look = confirmWith[0] === undefined ? '' : ` Look at ${quoted(confirmWith[0])}.`;
  return `- **${cause}** (${confidence.toFixed(2)}): ${quoted(why, 400)}${look}`;
}
