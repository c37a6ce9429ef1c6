// The small grammar inside policies: lists that may be single texts, patterns with `*` and `?`, and variables.

import type { RequestContext } from './policy-conditions.ts';

/** A text or a list of texts, as a list. Numbers and truth values count as their text. */
export function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list
    .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    .map(String);
}

/** Whether `pattern` covers all of `text`: `*` is any run of characters, `?` is one. Takes linear time for any pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let here = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const sign = pattern[here];
    if (sign === '*') {
      star = here++;
      resumeAt = at;
    } else if (sign === '?' || sign === text[at]) {
      here++;
      at++;
    } else if (star >= 0) {
      here = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[here] === '*') here++;
  return here === pattern.length;
}

/** Puts the request's values in place of `${aws:…}`; a variable without a value matches nothing. */
export function fillVariables(pattern: string, context: RequestContext): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    return valuesFor(context, name)[0] ?? whole;
  });
}

/** The request's values for a condition key; keys are the same in upper and lower case. */
export function valuesFor(context: RequestContext, key: string): readonly string[] {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return found === undefined ? [] : typeof found === 'string' ? [found] : found;
}
