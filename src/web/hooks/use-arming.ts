// The first of the two steps of an approval. Arming lapses by itself: after five seconds, on Esc, on scroll, when the window
// loses the keyboard. Nothing is decided here.

import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Arming {
  readonly armed: boolean;
  /** The button that approves; it gets the keyboard when it appears. */
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly arm: () => void;
  readonly disarm: () => void;
  /** False in the moment after arming: the second press of a double click is not a decision. */
  readonly isSettled: () => boolean;
}

const armedMs = 5_000;
const settleMs = 350;

/** Arming for one button. */
export function useArming(): Arming {
  const [armed, setArmed] = useState(false);
  const armedAt = useRef(0);
  const button = useRef<HTMLButtonElement | null>(null);
  const arm = useCallback(() => {
    armedAt.current = performance.now();
    setArmed(true);
  }, []);
  const disarm = useCallback(() => setArmed(false), []);
  const isSettled = useCallback(() => performance.now() - armedAt.current >= settleMs, []);
  useEffect(() => {
    if (!armed) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') disarm();
    };
    // The scroll that brought the card into view may still be under way.
    const scrolled = (): void => {
      if (isSettled()) disarm();
    };
    // Nobody presses a button that lies below the window.
    button.current?.closest('footer')?.scrollIntoView({ block: 'nearest' });
    button.current?.focus({ preventScroll: true });
    const timer = setTimeout(disarm, armedMs);
    addEventListener('scroll', scrolled, { passive: true });
    addEventListener('blur', disarm);
    addEventListener('keydown', pressed);
    return () => {
      clearTimeout(timer);
      removeEventListener('scroll', scrolled);
      removeEventListener('blur', disarm);
      removeEventListener('keydown', pressed);
    };
  }, [armed, disarm, isSettled]);
  return { armed, button, arm, disarm, isSettled };
}
