// "Did you mean …": the existing names closest to one that does not exist. Pure; the lists come from AWS and are bounded by the caller.

/** Suggestions beyond this many do not help anybody choose. */
const SUGGESTIONS_MAX = 3;
const NAME_CHARS_MAX = 255;

/** Up to three of `names`, the closest first, leaving out what has little in common with `wanted`. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const target = wanted.slice(0, NAME_CHARS_MAX).toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceTo(target, name.slice(0, NAME_CHARS_MAX).toLowerCase()) }))
    .filter(
      ({ name, distance }) => distance <= Math.max(2, Math.ceil(Math.max(target.length, name.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, SUGGESTIONS_MAX)
    .map(({ name }) => name);
}

/** The `{nearest}` part of an error message: empty, or a sentence with a leading space. */
export function nearestSentence(wanted: string, names: readonly string[]): string {
  const close = nearest(wanted, names);
  if (close.length > 0) return ` The nearest ${close.length === 1 ? 'is' : 'are'} ${close.join(', ')}.`;
  return names.length === 0 ? ' There are none at all.' : '';
}

/** Levenshtein distance; a name that contains the other, such as "prod" in "production-cluster", counts as one edit. */
function distanceTo(wanted: string, name: string): number {
  if (wanted === name) return 0;
  if (wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name))) return 1;
  let previous = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let i = 1; i <= wanted.length; i++) {
    const current = [i];
    for (let j = 1; j <= name.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (wanted[i - 1] === name[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[name.length] ?? 0;
}
