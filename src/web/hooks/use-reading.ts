// Whether everything a card stands for has been in view, so that nobody approves what was never on their screen.
// Every `[data-part]` inside of it is a part. Nothing is decided here.

import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Read, readNow, type Span, wayOn } from '../model/reading.ts';

export interface Reading {
  /** False while a part is left that was never in view. */
  readonly done: boolean;
  /** Brings the first of those parts into view. */
  readonly readOn: () => void;
}

/** Follows the reading of `card` while `watching`. */
export function useReading(card: RefObject<HTMLElement | null>, watching: boolean): Reading {
  const known = useRef(new WeakMap<Element, Read>());
  const [done, setDone] = useState(false);
  const left = useCallback(
    () => partsOf(card.current).filter((part) => known.current.get(part) !== 'all'),
    [card],
  );
  useEffect(() => {
    const element = card.current;
    if (!watching || element === null) return undefined;
    const look = (): void => {
      const view = viewOf(element);
      if (view === null) return;
      for (const part of left())
        known.current.set(part, readNow(known.current.get(part) ?? null, part.getBoundingClientRect(), view));
      setDone(left().length === 0);
    };
    let frame = 0;
    const soon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    soon();
    // Whatever moves: the window, a pane of it, the card's own size, a part that scrolls.
    const sizes = new ResizeObserver(soon);
    sizes.observe(element);
    addEventListener('scroll', soon, { passive: true, capture: true });
    addEventListener('resize', soon);
    document.addEventListener('visibilitychange', soon);
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      removeEventListener('scroll', soon, { capture: true });
      removeEventListener('resize', soon);
      document.removeEventListener('visibilitychange', soon);
    };
  }, [card, watching, left]);
  const readOn = useCallback(() => {
    const part = left()[0];
    const view = card.current === null ? null : viewOf(card.current);
    if (part === undefined || view === null) return;
    const by = wayOn(known.current.get(part) ?? null, part.getBoundingClientRect(), view);
    scrollBy({ top: by, behavior: 'auto' });
  }, [card, left]);
  return { done, readOn };
}

function partsOf(card: HTMLElement | null): HTMLElement[] {
  return card === null ? [] : [...card.querySelectorAll<HTMLElement>('[data-part]')];
}

// What can be seen of the window: not what lies below the heads that stay, the composer or the tabs; nothing behind a dialog.
function viewOf(card: HTMLElement): Span | null {
  if (document.visibilityState !== 'visible' || document.querySelector('dialog[open]') !== null) return null;
  const edge = (selector: string, side: 'top' | 'bottom'): number | null => {
    const one = document.querySelector(selector)?.getBoundingClientRect();
    return one === undefined || one.height === 0 ? null : one[side];
  };
  const head = card.querySelector(':scope > header')?.getBoundingClientRect();
  const top = Math.max(
    0,
    edge('.main > .head', 'bottom') ?? 0,
    edge('.main > .banner[role="alert"]', 'bottom') ?? 0,
  );
  return {
    // The card's own head lies over its parts when it has stopped below the page's.
    top: head !== undefined && head.top <= top + 1 && head.bottom > top ? head.bottom : top,
    bottom: Math.min(
      innerHeight,
      edge('.composer', 'top') ?? innerHeight,
      edge('.tabs', 'top') ?? innerHeight,
    ),
  };
}
