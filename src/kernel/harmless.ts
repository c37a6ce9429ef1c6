// Text of others, made safe to print: whatever a terminal or a page would act on, or a person could not see, becomes
// visible as an escape. Newlines and tabs stay; colour codes go, since they carry nothing. The result passes unchanged.

/** C0/C1 controls, format characters (bidirectional, zero-width, tags), lone surrogates, line separators, invisible letters and variation marks. */
const suspicious =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034f|\u115f|\u1160|\u17b4|\u17b5|[\u180b-\u180f]|\u3164|\uffa0|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]/gu;

/** Select Graphic Rendition (colour and weight), ECMA-48 8.3.117, in its 7-bit and 8-bit form. */
const ESC = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const colourCodes = new RegExp(`(?:${ESC}\\[|${CSI})[0-9;:]{0,64}m`, 'g');

/** `text` without colour codes and with every control, bidirectional, zero-width and tag character written as `\u{…}`. */
export function harmless(text: string): string {
  if (text.search(suspicious) < 0) return text;
  return text.replace(colourCodes, '').replace(suspicious, visible);
}

/**
 * JSON text of `value` that parses to what `JSON.stringify` would give, with every character a terminal would act on or a
 * person could not see as `\\uXXXX`. `indent`: spaces for each level; without it the text is one line.
 */
export function harmlessJson(value: unknown, indent?: number): string {
  // Outside of strings there are only the line ends of the indentation; inside them JSON escapes its own.
  return (JSON.stringify(value, null, indent) ?? 'null').replace(suspicious, (char) =>
    char === '\n' ? char : escapeUnits(char),
  );
}

function escapeUnits(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function visible(char: string): string {
  if (char === '\n' || char === '\t') return char;
  if (char === ESC) return '␛';
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
