// Which values of a telling name are not secrets after all: templates, placeholders, names of secrets, ARNs, prose.

import type { Sensitivity } from './names.ts';

/** Written by this redactor; what already has this form is never touched again. */
const placeholders = /\[(?:secret:[a-z0-9-]{1,40}:[0-9a-f]{8}|dropped:env)\]/g;

/** Where placeholders stand in `text`. */
export function placeholdersIn(text: string): { readonly start: number; readonly end: number }[] {
  if (!text.includes('[secret:') && !text.includes('[dropped:')) return [];
  return [...text.matchAll(placeholders)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const ESC = String.fromCharCode(0x1b);
const emptyWord =
  `null nil none undefined true false yes no redacted hidden masked removed empty unset set missing required optional
   invalid incorrect wrong expired must should cannot not is was are has have too failed failure denied accepted ok
   changed updated rotated found unknown string number object bearer basic digest negotiate token apikey password secret
   and or for in of the a an to from with at on by as if`
    .split(/\s+/)
    .sort()
    .join('|');
/** A quoted value of a text that says nothing, where a value may begin. */
export const quotedNothing = new RegExp(
  `[ \\t]{0,8}(["'])[ \\t]{0,8}(?:${emptyWord})?[.,;:!]{0,8}[ \\t]{0,8}\\1`,
  'iy',
);
/** A bare value that ends before it could have been made by a machine, where a value may begin; not the scheme of a header. */
export const shortValue = new RegExp(
  `[ \\t]{0,8}(?![ \\t]|bearer|basic|token|apikey|ssws|negotiate|digest)[^\\s"'\`<>\\\\%,;&|)\\]}({[${ESC}]{0,7}` +
    `(?=[\\s<>]|[,;&|)\\]}](?:[\\s,;&|)\\]}"'.]|[\\w.-]{1,40}\\s{0,2}[=:]))`,
  'iy',
);
const onlyEmptyWord = new RegExp(`^(?:${emptyWord})[.,;:!]*$`, 'i');
/** More than the longest of these with the marks behind it. */
const EMPTY_CHARS = 24;
/** Forms that stand for a value which is elsewhere, or that was taken out by somebody before us. */
const standIn =
  /^(?:\$\{[^}]*\}?.*|\$\([^)]*\)?|\$[A-Za-z_]\w*|\{\{.*|%[sdvqr]|%\w+%|<[^<>]*>?|\[[A-Za-z _-]*\]?|\(\w+\)|[*xX.\u2022#-]{3,}\S{0,4}|arn:aws[\w-]*:.*|:.*|\/\/.*)$/s;

/** True when `value`, given to a name of this sensitivity, is to be hidden. */
export function isSecretValue(value: string, sensitivity: Sensitivity): boolean {
  if (sensitivity === 'weak' && value.length < MADE_CHARS) return false;
  const text = (value.includes('[') ? value.replace(placeholders, '') : value).trim();
  if (text === '' || sensitivity === null) return false;
  if (text.length <= EMPTY_CHARS && onlyEmptyWord.test(text)) return false;
  if (standIn.test(text)) return false;
  return sensitivity === 'strong' || looksMade(text);
}

/** What a machine makes is not shorter. */
const MADE_CHARS = 8;

/** Words, short numbers and what joins them, to the end. */
const plainPieces = /^(?:(?:[a-z]+|[A-Z][a-z]+|v?\d{1,4}|[A-Z]+)?(?:[-_/.:@]+(?![-_/.:@])|$))*$/;

/** True for what a machine makes: long enough, mixed, and neither a path nor a hyphenated name nor a web address. */
function looksMade(text: string): boolean {
  if (text.length < MADE_CHARS || /\s/.test(text)) return false;
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text) || /^\d{1,15}(?:\.\d+)?(?:ms|s)?$/.test(text)) return false;
  if (/^\d{4}-\d\d-\d\d[T ]/.test(text) || /^sha(?:256|384|512)[:-]/.test(text)) return false;
  const start = text.slice(0, 256);
  if (plainPieces.test(start)) return text.length >= 24 && !/[-_/.:@]/.test(start);
  return (
    /\d/.test(text) || /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(text) || /[^\w.\-/:]/.test(text) || text.length >= 20
  );
}
