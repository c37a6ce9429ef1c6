// Three-valued answers: what could not be seen is neither yes nor no.

export type Truth = 'yes' | 'no' | 'unknown';

export function truth(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** One "no" decides; without it one doubt is a doubt. All of nothing is yes. */
export function allOf(parts: readonly Truth[]): Truth {
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

/** One "yes" decides; without it one doubt is a doubt. Any of nothing is no. */
export function anyOf(parts: readonly Truth[]): Truth {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('unknown') ? 'unknown' : 'no';
}

export function not(part: Truth): Truth {
  return part === 'unknown' ? 'unknown' : part === 'yes' ? 'no' : 'yes';
}
