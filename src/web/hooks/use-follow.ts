// Keeps the end of a thread in view while it grows, but only for a reader who is at its end: nothing moves under the others.
// A change to decide on is shown from its beginning, since all of it has to be read.

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
}

/** Follows the growth of `thread`. */
export function useFollow(thread: RefObject<HTMLElement | null>, growth: Growth): void {
  const { version, working, stop } = growth;
  const stopped = useRef(stop);
  const atEnd = useRef(true);
  const height = useRef(0);
  useEffect(() => {
    const scrolled = (): void => {
      atEnd.current = isAtEnd();
    };
    addEventListener('scroll', scrolled, { passive: true });
    return () => removeEventListener('scroll', scrolled);
  }, []);
  useEffect(() => {
    const element = thread.current;
    if (element === null || !working) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) scrollTo({ top: document.documentElement.scrollHeight });
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
      if (card === null) scrollTo({ top: now });
      else card.scrollIntoView({ block: 'start' });
      atEnd.current = isAtEnd();
    }
    height.current = now;
  }, [thread, version, stop]);
}

function isAtEnd(): boolean {
  return innerHeight + scrollY >= document.documentElement.scrollHeight - nearPx;
}
