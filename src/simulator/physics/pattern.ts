// IAM patterns: `*` is any text, `?` any one character, everything else is meant literally.

/** Whether `pattern` covers all of `text`, in time that grows with the product of their lengths at worst. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  // Where the last `*` stands, and how much of the text it has taken so far.
  let star = -1;
  let taken = 0;
  while (place < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      taken = place;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[place])) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++taken;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
