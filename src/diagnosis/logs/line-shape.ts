// What repeated log lines share: a run of letters and digits that holds a digit is a value (a number, an id, a time, a part of an address), and so is a long run of hexadecimal letters;
// everything else is wording. The same reading in two forms: as a text that people see, and as a number for counting millions of lines.
// A status of 5xx stays apart from other numbers, since it is what a person looks for.

/** What stands in a shape where lines differ. */
export const WILDCARD = '<*>';

/** No word has so many letters of which all are hexadecimal digits. */
const HEX_WORD = 7;
const VALUE = /(?<![A-Za-z0-9_])(?:[A-Za-z_]*\d[A-Za-z0-9_]*|[A-Fa-f]{7,}(?![A-Za-z0-9_]))/g;
const SERVER_ERROR = /(?<=^|[ =:"(])5\d\d(?![A-Za-z0-9_])/g;
/** Values that follow each other, such as the parts of a time or of an address. */
const VALUES = /<\*>(?:[-.:,/T+]<\*>)+/g;

/** Characters of a line that are looked at; the rest changes nothing. */
export const SHAPE_CHARS = 2_000;

/** The wording of a line, values as `<*>`; a shape is its own shape. */
export function shapeOf(text: string): string {
  return text
    .slice(0, SHAPE_CHARS)
    .replace(SERVER_ERROR, '5xx')
    .replace(VALUE, (value) => (value === '5xx' ? value : WILDCARD))
    .replace(VALUES, WILDCARD);
}

/** Two independent hashes of one line's wording, so that a chance match of both does not happen. */
export interface Signer {
  /**
   * Signs the line of UTF-8 `bytes` that begins at `start`: lines of one shape and one level get one signature. Returns where the line
   * ends: at its line feed, else at the end of `bytes`. Each byte is read once and nothing is allocated.
   */
  sign(bytes: Uint8Array, start: number): number;
  /** The signature made last. `key` has 30 bits, a small integer in V8. */
  readonly signature: { readonly key: number; readonly check: number };
}

export function createSigner(): Signer {
  const kinds = characterKinds;
  const signature = { key: 0, check: 0 };
  return {
    signature,
    sign(bytes, start) {
      // Numbers that V8 knows to be numbers, which those of the module are not once a bundler has made variables of them.
      const [other, digit, lineFeed, prime] = [OTHER | 0, DIGIT | 0, LINE_FEED | 0, FNV_PRIME | 0];
      const last = Math.min(bytes.length, start + SHAPE_CHARS);
      // Integers of 32 bits with a sign: as the larger numbers they are without `| 0`, V8 keeps both hashes as floating-point numbers.
      let key = 0x811c9dc5 | 0;
      let check = 0x9e3779b9 | 0;
      let at = start;
      while (at < last) {
        const begin = at;
        const keyBefore = key;
        const checkBefore = check;
        let seen = 0;
        let code = 0;
        for (; at < last; at += 1) {
          code = bytes[at] ?? 0;
          const kind = kinds[code] ?? 0;
          if (kind === other) break;
          seen |= kind;
          key = Math.imul(key ^ code, prime);
          check = ((check << 5) - check + code) | 0;
        }
        if ((seen & digit) !== 0 || (seen === HEX_LETTER && at - begin >= HEX_WORD)) {
          const mark = valueMark(bytes, begin, at);
          key = Math.imul(keyBefore ^ mark, prime);
          check = ((checkBefore << 5) - checkBefore + mark) | 0;
        }
        if (at >= last || code === lineFeed) break;
        key = Math.imul(key ^ code, prime);
        check = ((check << 5) - check + code) | 0;
        at += 1;
      }
      signature.key = (key ^ (key >>> 15)) & 0x3fffffff;
      signature.check = check;
      if (at < last || last === bytes.length) return at;
      const end = bytes.indexOf(lineFeed, at);
      return end < 0 ? bytes.length : end;
    },
  };
}

/** Values that can change how grave a line is are told apart: 5xx, "0 errors", and `"level":50` as pino and bunyan write it. */
function valueMark(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] ?? 0;
  const length = end - start;
  if (length === 3 && first === FIVE) return 2;
  if (length === 1 && first === ZERO) return 3;
  if (length === 2 && bytes[start - 1] === COLON && bytes[start - 3] === SMALL_L) return 4 + first;
  return 1;
}

const FNV_PRIME = 0x01000193;
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const HEX_LETTER = 4;
const LINE_FEED = 10;
const ZERO = 0x30;
const FIVE = 0x35;
const COLON = 0x3a;
const SMALL_L = 0x6c;

const characterKinds = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\d/.test(char)) return DIGIT;
  if (/[A-Fa-f]/.test(char)) return HEX_LETTER;
  return /[A-Za-z_]/.test(char) ? LETTER : OTHER;
});
