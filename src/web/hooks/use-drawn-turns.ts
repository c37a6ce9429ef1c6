// Turns that have not changed are not drawn again: a conversation of a day has hundreds, and every event brings a new view.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { TurnView } from '../model/conversation.ts';

/**
 * What `draw` made of each turn, kept until the turn, or `rest`, changes. `rest` names everything else that `draw` reads and
 * that may change what is seen.
 */
export function useDrawnTurns(
  turns: readonly TurnView[],
  rest: string,
  draw: (turn: TurnView, index: number) => JSX.Element,
): JSX.Element[] {
  const kept = useRef(new Map<string, { readonly of: string; readonly drawn: JSX.Element }>());
  const now = new Map<string, { readonly of: string; readonly drawn: JSX.Element }>();
  const all = turns.map((turn, index) => {
    const last = index === turns.length - 1;
    const streamed = turn.phases.at(-1)?.streaming.length ?? 0;
    const of = `${turn.lastSeq} ${streamed} ${last} ${rest}`;
    const before = kept.current.get(turn.id);
    // The same element tells Preact that nothing below it has to be looked at.
    const drawn = before?.of === of ? before.drawn : draw(turn, index);
    now.set(turn.id, { of, drawn });
    return drawn;
  });
  kept.current = now;
  return all;
}
