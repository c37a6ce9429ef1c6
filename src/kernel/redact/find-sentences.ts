// Secrets that follow their name after a blank, without a separator: in a sentence (`with password hunter2X!`, `the password is: …`),
// in the settings of programs (`aws configure set aws_secret_access_key …`), in `.netrc`. Prose stands there far more often than a
// secret, so the value itself must look like one.

import type { Finder } from './find-formats.ts';
import { classifyName } from './names.ts';
import type { Span } from './span.ts';
import { isSecretValue } from './values.ts';

const NAME_CHARS = 64;
const stems =
  /(?:pass(?:word|wd|phrase|code|wort)|pwd|(?:_|-)(?:token|secret|key|pass|pw))["'`]?(?:[ \t]{1,4}(?:is|was|to|set to|changed to|now)[ \t]{0,4}[:=]?)?[ \t]{1,8}["'`]?([^\s"'`<>]{7,512})/gi;
const nameBefore = /[\w.-]{0,64}$/;
const netrcLogin = /^login[ \t]+\S{1,128}[ \t]+$/;
const netrcMachine = /\b(?:machine[ \t]+\S{1,253}|default)[ \t]+$/;
const trailing = /(?:[.,;:!?)\]}]|\\[nrt])+$/;

export function createSentenceFinder(): Finder {
  return (text) => {
    const spans: Span[] = [];
    for (const match of text.matchAll(stems)) {
      const value = (match[1] ?? '').replace(trailing, '');
      if (value === '') continue;
      const lead = text.slice(Math.max(0, match.index - NAME_CHARS), match.index);
      const stem = /^[\w.-]+/.exec(match[0])?.[0] ?? '';
      const before = nameBefore.exec(lead)?.[0] ?? '';
      const named = classifyName(before + stem);
      if (named.sensitivity === null || !isSecretValue(value, 'strong')) continue;
      const plain =
        named.sensitivity === 'strong' ? isChosen(value) || isNetrc(text, match.index) : isMade(value);
      if (!plain) continue;
      const start = match.index + match[0].length - (match[1] ?? '').length;
      if (endsQuoted(match[0]) && !/["'`]/.test(text.charAt(start - 1))) continue;
      spans.push({ start, end: start + value.length, kind: named.kind });
    }
    return spans;
  };
}

/** True for the end of a quoted text: what follows it is not what it names, unless that is quoted too. */
function endsQuoted(match: string): boolean {
  return /^[\w.-]+["'`]/.test(match);
}

/** True for `password` in `machine host login user password …`. */
function isNetrc(text: string, at: number): boolean {
  const lead = text.slice(Math.max(0, at - NETRC_CHARS), at);
  const login = lead.lastIndexOf('login');
  return (
    login >= 0 &&
    netrcLogin.test(lead.slice(login)) &&
    netrcMachine.test(lead.slice(Math.max(0, login - NETRC_CHARS), login))
  );
}

const NETRC_CHARS = 270;

/** What people choose for a password and do not write in prose: letters and digits, and with them both cases or a mark. */
function isChosen(value: string): boolean {
  if (value.length < 8 || !/\d/.test(value) || !/[A-Za-z]/.test(value) || isReference(value)) return false;
  return (/[a-z]/.test(value) && /[A-Z]/.test(value)) || /[!@#$%^&*~+=?]/.test(value);
}

/** What machines make for a key. */
function isMade(value: string): boolean {
  if (value.length < 16 || isReference(value)) return false;
  return /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value);
}

/** A path, an address, a name of several words, a time. */
function isReference(value: string): boolean {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|\/|\.{1,2}\/|arn:|\d{4}-\d\d-\d\d)/i.test(value)) return true;
  return value
    .split(/[-_/.:@]+/)
    .every((piece) => /^(?:[a-z]*|[A-Z]?[a-z]+\d{0,4}|v?\d{1,4}|[A-Z]+\d{0,4})$/.test(piece));
}
