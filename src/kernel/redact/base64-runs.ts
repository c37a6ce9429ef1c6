// Where a text has many characters of base64 in a row. Most of a log has not, so that only every n-th character is looked at: a run of n
// cannot lie between two of them.

export interface Run {
  readonly start: number;
  readonly end: number;
}

const inRun = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_=-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** The runs of at least `least` characters of base64, plain or for URLs, with padding; in order and as long as they are. */
export function base64Runs(text: string, least: number): Run[] {
  const runs: Run[] = [];
  let at = least - 1;
  while (at < text.length) {
    let end = at;
    if (isInRun(text, at)) {
      let start = at;
      while (start > 0 && isInRun(text, start - 1)) start--;
      while (end < text.length && isInRun(text, end)) end++;
      if (end - start >= least) runs.push({ start, end });
    }
    // The character at `end` is in no run; one that begins behind it reaches at least this far.
    at = end + least;
  }
  return runs;
}

function isInRun(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < inRun.length && inRun[code] === 1;
}
