// What may stand right before or after a secret without being a part of it, although it ends in a letter: terminal codes and escaped
// characters, plain or as JSON, URLs and shells write them.

const ESC = String.fromCharCode(0x1b);

/** The escape character and its spellings in strings; regular-expression source. */
export const colourStart = `(?:${ESC}|\\\\{1,16}(?:u001[bB]|x1[bB]|033|e))`;

const openColour = new RegExp(`${colourStart}\\[[0-9;]{0,16}$`);
const wholeEscape = new RegExp(
  `(?:${colourStart}\\[[0-9;]{0,16}m|\\\\(?:[nrtbf]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|%[0-9a-fA-F]{2})$`,
);
/** More than the longest of these. */
const ESCAPE_CHARS = 40;

/** Where a run of letters and digits at `at` begins after what it holds of an escape: the rest of a terminal code, of `\\n` or of `%3D`. */
export function afterEscape(text: string, at: number): number {
  // Reading outside of a text would slow down every later read of compiled code.
  if (at <= 0) return at;
  const before = text.charAt(at - 1);
  if (before === '\\') return at + lengthOf(/^(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrtbf])/, text, at);
  if (before === '%') return at + lengthOf(/^[0-9a-fA-F]{2}/, text, at);
  const open =
    (before === '[' || before === ';') && openColour.test(text.slice(Math.max(0, at - ESCAPE_CHARS), at));
  return open ? at + lengthOf(/^[0-9]{0,4}m/, text, at) : at;
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  return pattern.exec(text.slice(at, at + 6))?.[0].length ?? 0;
}

/** True when the text before `at` ends in a whole terminal code or escaped character. */
export function endsInEscape(text: string, at: number): boolean {
  return mayEndEscape(text, at) && wholeEscape.test(text.slice(Math.max(0, at - ESCAPE_CHARS), at));
}

/** An escape ends in the `m` of a terminal code, or begins with a backslash or a percent sign one of few characters before. */
function mayEndEscape(text: string, at: number): boolean {
  if (at < 6) return true;
  return (
    text.charCodeAt(at - 1) === SMALL_M ||
    text.charCodeAt(at - 2) === BACKSLASH ||
    text.charCodeAt(at - 3) === PERCENT ||
    text.charCodeAt(at - 4) === BACKSLASH ||
    text.charCodeAt(at - 6) === BACKSLASH
  );
}

const SMALL_M = 0x6d;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
