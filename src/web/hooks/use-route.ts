// The route of the address bar, and going elsewhere.

import { useEffect, useState } from 'preact/hooks';
import { hrefOf, parseRoute, type Route } from '../model/route.ts';

/** The present route; draws again when it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parseRoute(hash);
}

/** Goes to a route. `replace` leaves no trace in the history, which a used sign-in code must not. */
export function go(route: Route, replace = false): void {
  const href = hrefOf(route);
  if (replace) location.replace(href);
  else location.hash = href;
}
