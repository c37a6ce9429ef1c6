// Light, dark, or as the system says. Kept in this browser.

import { useEffect, useState } from 'preact/hooks';

export type Theme = 'auto' | 'light' | 'dark';

const key = 'lockkeeper.theme';

/** The theme and a way to change it; the document's root carries it for the stylesheet. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(stored);
  useEffect(() => show(theme), [theme]);
  const choose = (chosen: Theme): void => {
    // Kept in the same moment: an effect runs after the next paint, and a page that is reloaded before that forgets the choice.
    keep(chosen);
    setTheme(chosen);
  };
  return [theme, choose];
}

function show(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'auto') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // A browser that keeps nothing still shows the theme until the page is closed.
  }
}

function stored(): Theme {
  try {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
}
