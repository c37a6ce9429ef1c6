// A value of the hub that is asked for again and again. An old answer stays while a new one is on its way or fails.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api.ts';

export interface Polled<T> {
  readonly value: T | null;
  readonly error: ApiError | null;
  refresh(): void;
}

/** Calls `ask` now, every `everyMs` while the page is in view, and on `refresh`. `ask` must keep its identity between draws. */
export function usePolled<T>(ask: () => Promise<T>, everyMs: number): Polled<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [wanted, setWanted] = useState(0);
  const latest = useRef(0);

  // `wanted` is not read inside; changing it asks at once.
  useEffect(() => {
    const look = (): void => {
      const mine = ++latest.current;
      ask().then(
        (answer) => {
          if (mine !== latest.current) return;
          // The same answer again is no news: nothing is drawn for it.
          setValue((known) => (JSON.stringify(known) === JSON.stringify(answer) ? known : answer));
          setError(null);
        },
        (reason: unknown) => {
          if (mine === latest.current) setError(asApiError(reason));
        },
      );
    };
    look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look();
    }, everyMs);
    return () => {
      latest.current += 1;
      clearInterval(timer);
    };
  }, [ask, everyMs, wanted]);

  return { value, error, refresh: useCallback(() => setWanted((n) => n + 1), []) };
}
