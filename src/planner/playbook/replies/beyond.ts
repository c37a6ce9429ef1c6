// Orders and questions about what is out of reach from here: one sentence says so, and nothing is read or prepared.

import { spelled } from '../asides.ts';
import { beyondReach } from '../beyond.ts';
import { namesInText } from '../names.ts';
import { corrected } from '../offered.ts';
import { type Next, quoted, say, type View } from '../view.ts';
import { OFFER_STATUS, STARTERS } from '../words.ts';

/** "Restart the database." A service that is called so is offered by its name in quotation marks. */
export function beyond(view: View): Next {
  const says = beyondReach(spelled(view.intent.text.toLowerCase())) ?? NOT_POSSIBLE;
  const [name] = namesInText(
    view.question,
    view.context.known.map(({ service }) => service),
  );
  const general = view.context.subject === null ? STARTERS : [OFFER_STATUS];
  return name === undefined
    ? say(`${says} Nothing was prepared.`, general)
    : say(
        `${says} Nothing was prepared. If the service ${quoted(name, 100)} is meant, put its name in quotation marks.`,
        [`${corrected(view, name, `'${name}'`)}.`, ...general],
      );
}

const NOT_POSSIBLE =
  'That is not possible from here: only services of ECS, their tasks and the rules around them can be changed.';
