// A conversation of a day has hundreds of turns, and a page that holds all of them is slow to type in. The newest are drawn; earlier ones
// are brought on demand, without moving what is being read. On paper all of them stand.

import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ConversationView, TurnView } from '../model/conversation.ts';
import { usePrinting } from './use-printing.ts';

const shownMax = 40;

export interface ShownTurns {
  /** Index of the first turn that is drawn. */
  readonly from: number;
  readonly turns: readonly TurnView[];
  readonly showEarlier: () => void;
}

/** Which turns of `view` are drawn; the turn of the card `proposal` always is, and that of one that waits. */
export function useShownTurns(view: ConversationView, proposal: string | null): ShownTurns {
  const printing = usePrinting();
  const [start, setStart] = useState(() => Math.max(0, view.turns.length - shownMax));
  // What was drawn once stays: nothing goes from under the reader when a card is decided or left.
  const least = useRef(start);
  least.current = Math.min(least.current, start, firstNeeded(view, proposal));
  const from = printing ? 0 : least.current;
  /** How far the end of the page was below the reader before earlier turns came in above. */
  const below = useRef<number | null>(null);
  const showEarlier = useCallback(() => {
    below.current = document.documentElement.scrollHeight - scrollY;
    setStart(Math.max(0, from - shownMax));
  }, [from]);
  // `from` is read by being watched.
  useLayoutEffect(() => {
    if (below.current !== null)
      scrollTo({ top: document.documentElement.scrollHeight - below.current, behavior: 'instant' });
    below.current = null;
  }, [from]);
  const turns = useMemo(() => view.turns.slice(from), [view, from]);
  return { from, turns, showEarlier };
}

function firstNeeded(view: ConversationView, proposal: string | null): number {
  const needed = [...view.proposals.values()]
    .filter((card) => card.state === 'pending' || card.view.id === proposal)
    .map((card) => view.turns.findIndex(({ id }) => id === card.view.turn))
    .filter((at) => at >= 0);
  return Math.min(view.turns.length, ...needed);
}
