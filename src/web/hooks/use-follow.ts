// Keeps the end of a thread in view while it grows, but only for a reader who is at its end: nothing moves under the others.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const nearPx = 160;

/** Follows the growth of `thread`. `version` changes with every event; `working` says that text may grow without one. */
export function useFollow(thread: RefObject<HTMLElement | null>, version: number, working: boolean): void {
  const atEnd = useRef(true);
  const height = useRef(0);
  useEffect(() => {
    const scrolled = (): void => {
      atEnd.current = innerHeight + scrollY >= document.documentElement.scrollHeight - nearPx;
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
    if (now !== height.current && atEnd.current && height.current > 0) scrollTo({ top: now });
    height.current = now;
  }, [thread, version]);
}
