// The window's title.

import { useEffect } from 'preact/hooks';

/** Sets the title while the part is on the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Lockkeeper`;
  }, [title]);
}
