// Texts that were looked at and hold no secret. The same names, ARNs and states come back in every answer of AWS, in its evidence
// and in what is made of both; looking at each of them once is most of the cost of redaction saved.

/** Longer texts are rarely seen twice. */
const CHARS_MAX = 256;
/** Two generations of this many are kept, so that what is still in use outlives what is not. */
const TEXTS_MAX = 4_096;

export interface CleanTexts {
  has(text: string): boolean;
  add(text: string): void;
}

export function createCleanTexts(): CleanTexts {
  let young = new Set<string>();
  let old = new Set<string>();
  function add(text: string): void {
    if (text.length > CHARS_MAX) return;
    if (young.size >= TEXTS_MAX) {
      old = young;
      young = new Set();
    }
    // A piece of a long text keeps the whole of it in memory; a copy does not.
    young.add(Buffer.from(text, 'utf16le').toString('utf16le'));
  }
  return {
    has(text) {
      if (young.has(text)) return true;
      if (!old.has(text)) return false;
      add(text);
      return true;
    },
    add,
  };
}
