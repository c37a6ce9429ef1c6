// Patterns of policies: `*` for any run of characters, `?` for one. A pattern with a policy variable is matched as a doubt, since what
// AWS puts in its place depends on the caller.

import { allOf, type Truth, truth } from './truth.ts';

/** ARNs have six parts; the last may hold colons of its own. */
const ARN_PARTS = 6;

/** Whether the whole of `text` matches; `${*}`, `${?}` and `${$}` are the characters themselves. */
export function matches(pattern: string, text: string): Truth {
  const plain = pattern.replace(/\$\{[*?$]\}/g, '');
  if (plain.includes('${')) return 'unknown';
  return truth(globMatches(pattern, text));
}

/** As `ArnLike` compares: part by part, so that `*` never reaches across a colon of the first five. */
export function arnMatches(pattern: string, arn: string): Truth {
  if (pattern === '*') return 'yes';
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  // What AWS makes of fewer parts is not documented: when even plain text would not match, it is no.
  if (wanted.length !== ARN_PARTS || given.length !== ARN_PARTS)
    return matches(pattern, arn) === 'no' ? 'no' : 'unknown';
  return allOf(wanted.map((part, index) => matches(part, given[index] ?? '')));
}

export function isLiteral(pattern: string): boolean {
  return !/[*?]|\$\{/.test(pattern);
}

/** Two pointers and one point to return to: linear in most texts, and never worse than their product. */
function globMatches(pattern: string, text: string): boolean {
  const wanted = tokens(pattern);
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    const token = wanted[at];
    if (token === '*') {
      star = at;
      resume = index;
      at += 1;
    } else if (token !== undefined && (token === '?' || token === `=${text[index]}`)) {
      at += 1;
      index += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

/** `*` and `?` as themselves, every other character behind an equals sign. */
function tokens(pattern: string): string[] {
  const all: string[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const escaped = /^\$\{([*?$])\}/.exec(pattern.slice(index, index + 4))?.[1];
    if (escaped !== undefined) {
      all.push(`=${escaped}`);
      index += 3;
      continue;
    }
    const character = pattern[index] ?? '';
    if (character === '*' && all.at(-1) === '*') continue;
    all.push(character === '*' || character === '?' ? character : `=${character}`);
  }
  return all;
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < ARN_PARTS
    ? parts
    : [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}
