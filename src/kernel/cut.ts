// Text cut to a length without cutting through a word: half of a key, a token or a login is no longer known for what it is, and would be
// shown where the whole of it is taken out.

/** What a secret hardly holds and texts and JSON are divided by. */
const BREAKS = /[\s"'`,;&<>{}[\]()|](?=[^\s"'`,;&<>{}[\]()|]*$)/;

/** At most `charsMax` characters of `text`, ending in `…` where something was left out, at the end of a word behind its first quarter. */
export function cutAtWord(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const room = charsMax - 1;
  const kept = text.slice(0, room);
  // What follows a break right behind the cut was not cut through.
  if (BREAKS.test(text.charAt(room))) return `${kept}…`;
  const quarter = Math.floor(room / 4);
  const at = kept.slice(quarter).search(BREAKS);
  return `${at < 0 ? kept : kept.slice(0, quarter + at + 1)}…`;
}
