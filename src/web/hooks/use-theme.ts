// Light, dark, or as the system says. Kept in this browser.

import { useEffect, useState } from 'preact/hooks';

export type Theme = 'auto' | 'light' | 'dark';

const key = 'lockkeeper.theme';

/** The theme and a way to change it; the document's root carries it for the stylesheet. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(stored);
  useEffect(() => {
    const root = document.documentElement;
    if (theme === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    try {
      localStorage.setItem(key, theme);
    } catch {
      // A browser that keeps nothing still shows the theme until the page is closed.
    }
  }, [theme]);
  return [theme, setTheme];
}

function stored(): Theme {
  try {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
}
