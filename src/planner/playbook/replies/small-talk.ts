// Everything that is no question about a service: who am I, help, thanks, no, and what was not understood.
// The playbook says plainly what it is and what it can do.

import { readOutput } from '../outputs.ts';
import { cite, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { OFFER_STATUS, OFFER_WHAT_TO_DO, STARTERS } from '../words.ts';
import { approve, waitingChanges } from './conversation.ts';

const ABILITIES = [
  '- status and cause: "How is checkout?", "Why is checkout failing in prod?", "What is wrong in prod?"',
  '- what happened: "Show me the logs from the failed task", "Show the deployments", "Which tasks stopped?", "What changed?"',
  '- the network: "Can checkout reach the database?"',
  '- changes, each only after an approval: "Add a rule to allow outbound PostgreSQL traffic …", "Scale checkout to N", "Restart checkout", "Roll back", "Stop task …", "Pause scaling", "Undo that change"',
  '- what to do: "What do I have to do?", "Which option is better?", "Give me the IAM statement for this"',
  '- "Compare checkout with billing", "List the clusters", "Who am I?"',
].join('\n');

export function help(view: View): Next {
  return say(
    [
      'I am the built-in playbook: no model is behind me, only questions I know. I understand, in your own words:',
      ABILITIES,
    ],
    view.context.subject === null ? STARTERS : [OFFER_STATUS, ...STARTERS],
  );
}

export function unknown(view: View): Next {
  return say(
    [
      `I am the built-in playbook and did not understand that. Nothing was read or changed.`,
      'What I know:',
      ABILITIES,
    ],
    view.context.subject === null ? STARTERS : [OFFER_STATUS, ...STARTERS],
    'input-invalid',
  );
}

/** A yes decides nothing: a change is approved over what its card shows, never by a message. */
export function yes(view: View): Next {
  const { waiting } = view.context;
  if (waiting !== null) return approve(view);
  return say(
    'There is nothing to say yes to here. Ask about a service, such as: "How is checkout?"',
    STARTERS,
  );
}

/** "Do it" where nothing was offered that could be done. */
export function act(view: View): Next {
  const { waiting, subject } = view.context;
  if (waiting !== null) return approve(view);
  return subject === null
    ? say(
        'There is no offer to act on yet. Ask about a service first, such as: "Why is checkout failing?"',
        STARTERS,
      )
    : say(
        `There is no offer to act on. Say the change itself, such as "Restart it" or "Scale it to N", or ask what ${subject.service} needs: "What do I have to do?"`,
        [OFFER_WHAT_TO_DO, OFFER_STATUS],
      );
}

export function no(view: View): Next {
  const { waiting } = view.context;
  if (waiting !== null && waitingChanges(view).length > 1) return approve(view);
  if (waiting !== null) {
    return say(
      `It stays until it expires; deny it on its card or with \`npx lockkeeper approvals deny ${waiting.id}\`.`,
      [OFFER_STATUS],
    );
  }
  return say('Good. Nothing was changed.', view.context.subject === null ? STARTERS : [OFFER_STATUS]);
}

export function thanks(view: View): Next {
  return say('You are welcome.', view.context.subject === null ? STARTERS : [OFFER_STATUS]);
}

/** "Who am I?", "Which account is this?" */
export function identity(view: View): Next {
  const asked = needs(view, [{ tool: 'sts_get_caller_identity', input: {} }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('identity', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  const { account, arn } = read.value;
  return say(
    `The node works as ${quoted(arn ?? 'an unknown identity', 400)} in account ${account ?? view.account}, region ${view.region}.${cite(read.evidence)}`,
    STARTERS,
  );
}
