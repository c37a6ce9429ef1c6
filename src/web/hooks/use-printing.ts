// On paper nothing can be unfolded, so everything is unfolded before it gets there, and folded again after.

import { useEffect, useState } from 'preact/hooks';

/** True from before the page is laid out for paper until after it was. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => onPrint(setPrinting), []);
  return printing;
}

/** Unfolds every fold of the page for paper; the shell does it once for all. */
export function useUnfoldedPrint(): void {
  useEffect(() => {
    let unfolded: HTMLDetailsElement[] = [];
    return onPrint((printing) => {
      for (const fold of unfolded) fold.open = false;
      unfolded = printing ? [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')] : [];
      for (const fold of unfolded) fold.open = true;
    });
  }, []);
}

// `beforeprint` comes with the dialog of the browser, the media query also where a page is made into a file.
function onPrint(tell: (printing: boolean) => void): () => void {
  const paper = matchMedia('print');
  const before = (): void => tell(true);
  const after = (): void => tell(false);
  const changed = (): void => tell(paper.matches);
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  paper.addEventListener('change', changed);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
    paper.removeEventListener('change', changed);
  };
}
