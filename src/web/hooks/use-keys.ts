// The keyboard of the whole page. Keys are heard only outside of fields, and never with a modifier, but for the palette.

import { useEffect, useRef } from 'preact/hooks';
import { auditRoute } from '../model/route.ts';
import { go } from './use-route.ts';

export interface Keys {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
  /** Goes to the card that waits, or to the approvals. */
  readonly toProposal: () => void;
}

const chordMs = 1_200;

/** Listens while the shell is on the page. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY;
    const pressed = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (inField(event.target)) {
        if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
        return;
      }
      if (document.querySelector('dialog[open]') !== null) return;
      const key = event.key.toLowerCase();
      const chord = event.timeStamp - pressedG < chordMs;
      pressedG = key === 'g' && !chord ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const done = chord ? jump(key, latest.current) : single(key, latest.current);
      if (done) event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function jump(key: string, keys: Keys): boolean {
  switch (key) {
    case 'c':
      go({ page: 'conversations' });
      return true;
    case 'p':
      keys.toProposal();
      return true;
    case 'a':
      go(auditRoute());
      return true;
    case 'n':
      go({ page: 'nodes' });
      return true;
    default:
      return false;
  }
}

function single(key: string, keys: Keys): boolean {
  switch (key) {
    case '/':
      return focusFirst('#composer, #audit-search');
    case '?':
      keys.openHelp();
      return true;
    case 'a':
      return press('[data-action="arm"], [data-action="read"]');
    case 'd':
      return press('[data-action="deny"]');
    case '.':
      return press('details.calls > summary', true);
    case 'j':
      return step(1);
    case 'k':
      return step(-1);
    default:
      return false;
  }
}

/** Presses the last enabled button that matches: the newest card is the one that is meant. */
function press(selector: string, newest = true): boolean {
  const all = [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (one) => !one.matches(':disabled'),
  );
  const target = newest ? all.at(-1) : all[0];
  target?.scrollIntoView({ block: 'nearest' });
  target?.click();
  return target !== undefined;
}

function focusFirst(selector: string): boolean {
  const field = document.querySelector<HTMLElement>(selector);
  field?.focus();
  return field !== null;
}

// Rows of a list are opened, turns of a conversation are brought into view.
function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('a[data-step]')];
  const steps = rows.length > 0 ? rows : [...document.querySelectorAll<HTMLElement>('.turn')];
  if (steps.length === 0) return false;
  const focused = steps.findIndex(
    (one) => one === document.activeElement || one.getAttribute('aria-current') === 'true',
  );
  // Above the first turn that is drawn there may be earlier ones.
  if (focused === 0 && by === -1 && rows.length === 0 && press('[data-action="earlier"]')) return true;
  const next = steps[Math.min(steps.length - 1, Math.max(0, focused === -1 ? 0 : focused + by))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: rows.length > 0 ? 'nearest' : 'start' });
  if (rows.length > 0) next?.click();
  return true;
}

function inField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]')
  );
}
