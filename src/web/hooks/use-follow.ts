// Keeps the end of a thread in view while it grows, but only for a reader who is at its end: nothing moves under the others.
// A new turn is followed until its question stands at the top: its answer begins there and is not pushed out of sight by what
// comes below it. A change to decide on is shown from its beginning, since all of it has to be read.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const nearPx = 160;

export interface Growth {
  /** Changes with every event. */
  readonly version: number;
  /** Text may grow without an event. */
  readonly working: boolean;
  /** The element to stop at when it is new, such as a card that waits for a decision; null while there is none. */
  readonly stop: string | null;
  /** Whether the last turn goes on after a decision: then its end is the news, and its question an old one. */
  readonly resumed: boolean;
}

/** Follows the growth of `thread`. */
export function useFollow(thread: RefObject<HTMLElement | null>, growth: Growth): void {
  const { version, working, stop, resumed } = growth;
  const stopped = useRef(stop);
  const atEnd = useRef(true);
  /** Where the window was brought to last: who is still there has not moved away. */
  const brought = useRef(-1);
  const followed = useRef(false);
  followed.current = resumed;
  const height = useRef(0);
  useEffect(() => {
    const scrolled = (): void => {
      atEnd.current = isAtEnd() || Math.abs(scrollY - brought.current) < 2;
    };
    addEventListener('scroll', scrolled, { passive: true });
    return () => removeEventListener('scroll', scrolled);
  }, []);
  useEffect(() => {
    const element = thread.current;
    if (element === null || !working) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) brought.current = goOn(element, followed.current);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [thread, working]);
  // `version` is not read: the thread is measured again when it changes.
  useLayoutEffect(() => {
    const now = document.documentElement.scrollHeight;
    // A conversation opens at its last turn, with the question that the answer below it answers.
    if (height.current === 0)
      thread.current?.querySelector('.turn:nth-last-of-type(1)')?.scrollIntoView({ block: 'start' });
    const card = stop === null || stop === stopped.current ? null : document.getElementById(stop);
    if (card !== null) stopped.current = stop;
    if (now !== height.current && atEnd.current && height.current > 0) {
      if (card !== null) {
        card.scrollIntoView({ block: 'start' });
        atEnd.current = isAtEnd();
      } else if (thread.current !== null) brought.current = goOn(thread.current, resumed);
    }
    height.current = now;
  }, [thread, version, stop, resumed]);
}

// Goes to the end of the thread, but not past the question of its last turn, unless the reader is past it already.
function goOn(thread: HTMLElement, resumed: boolean): number {
  const end = document.documentElement.scrollHeight - innerHeight;
  const turn = thread.querySelector<HTMLElement>('.turn:nth-last-of-type(1)');
  if (turn === null) return scrollY;
  const margin = Number.parseFloat(getComputedStyle(turn).scrollMarginTop) || 0;
  const question = scrollY + turn.getBoundingClientRect().top - margin;
  const top = resumed || scrollY > question + 2 ? end : Math.min(end, question);
  scrollTo({ top });
  return Math.round(scrollY);
}

function isAtEnd(): boolean {
  return innerHeight + scrollY >= document.documentElement.scrollHeight - nearPx;
}
