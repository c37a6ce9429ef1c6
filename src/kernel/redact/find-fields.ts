// Values that are secret because of the name they are given to: key=value, key: value, JSON in any depth of escaping,
// YAML, forms and queries, XML elements, flags, headers, and {"name": …, "value": …} pairs.

import { afterEscape, colourStart } from './escapes.ts';
import type { Finder } from './find-formats.ts';
import { classifyName, type NamedSecret, nameStems } from './names.ts';
import { type FoundValue, readValue, type ValueRules } from './read-value.ts';
import type { Span } from './span.ts';
import { cookieLength } from './value-ends.ts';
import { isSecretValue, placeholdersIn, quotedNothing, shortValue } from './values.ts';

const COLOUR = `(?:${colourStart}\\[[0-9;]{0,16}m){0,3}`;
const QUOTE = '(?:\\\\{0,32}["\'`]?|%(?:5[cC]%)?2[27])';
/** How far apart the two halves of a name-and-value pair may stand. */
const PAIR_CHARS = 240;
/** How much of a value is looked at to tell whether it is a secret. */
const DECIDING_CHARS = 256;
/** How much of a percent-encoded one. */
const ENCODED_CHARS = 64;
/** New names read per text before only their stems are looked at; keeps a hostile line linear. */
const NAMES_PER_TEXT = 2_000;

/** Each run of name characters is looked at once, from its start; the lookbehind keeps every other position out. */
const candidates = new RegExp(
  `(?<![\\w.-])(?:(--?[A-Za-z][\\w.-]*)(?:[ \\t]+(?=[^\\s-])|\\\\{0,8}["'],\\s{0,4}(?=\\\\{0,8}["'][^-]))|([\\w.-]+)${COLOUR}${QUOTE}\\]?${COLOUR}[ \\t]{0,4}(=>|:=|==?|:|>|%3[DdAa]|\\\\{1,8}u003[dD]))`,
  'g',
);

export type Classify = (name: string) => NamedSecret;

export function createFieldFinder(): Finder {
  return (text) => {
    if (!nameStems.test(text)) return [];
    const classify = boundedClassify();
    const judge: Judge = { isSecret: rememberedAnswer(), firstWordOf: rememberedWord() };
    const spans: Span[] = [];
    const run = { start: 0, end: 0, encoded: false };
    const holes = placeholdersIn(text).reverse();
    let pair: { named: NamedSecret; at: number } | null = null;
    candidates.lastIndex = 0;
    for (let hit = candidates.exec(text); hit !== null; hit = candidates.exec(text)) {
      while (holes.length > 0 && (holes.at(-1)?.end ?? 0) <= hit.index) holes.pop();
      const hole = holes.at(-1);
      if (hole !== undefined && hole.start < hit.index) {
        candidates.lastIndex = hole.end;
        continue;
      }
      const after = candidates.lastIndex;
      const name = nameOf(text, hit);
      const named = pairValue(name, hit.index, pair) ?? classify(name);
      if (named.sensitivity === null) {
        if (pairNames.has(name)) pair = readPair(text, after, { classify, run });
        continue;
      }
      if (isNothing(text, after, named)) continue;
      const span = spanOf(text, hit, { named, run, judge });
      if (span === null) continue;
      spans.push(span);
      candidates.lastIndex = Math.max(after, span.end);
    }
    return spans;
  };
}

const pairNames = new Set(['name', 'Name', 'key', 'Key', 'parameter', 'ParameterKey']);
const valueNames = new Set(['value', 'Value', 'val', 'ParameterValue']);

function pairValue(
  name: string,
  at: number,
  pair: { named: NamedSecret; at: number } | null,
): NamedSecret | null {
  return pair !== null && valueNames.has(name) && at - pair.at < PAIR_CHARS ? pair.named : null;
}

function readPair(
  text: string,
  at: number,
  { classify, run }: { classify: Classify; run: ValueRules['run'] },
): { named: NamedSecret; at: number } | null {
  const value = readValue(text, at, { until: 'delimiter', encoded: false, list: false, element: false, run });
  if (value === null || value.end - value.start > 128) return null;
  const named = classify(text.slice(value.start, value.end));
  return named.sensitivity === null ? null : { named, at };
}

/** The name without what stands right before it and is no part of it: a terminal code, an escaped line break. */
function nameOf(text: string, hit: RegExpExecArray): string {
  const name = hit[1] ?? hit[2] ?? '';
  return name.slice(afterEscape(text, hit.index) - hit.index);
}

/** True for a value that is not secret at a glance. Most values are, and some texts have very many. */
function isNothing(text: string, at: number, { sensitivity }: NamedSecret): boolean {
  const pattern = sensitivity === 'weak' ? shortValue : quotedNothing;
  pattern.lastIndex = at;
  return pattern.test(text);
}

function spanOf(
  text: string,
  hit: RegExpExecArray,
  { named, run, judge }: { named: NamedSecret; run: ValueRules['run']; judge: Judge },
): Span | null {
  const separator = hit[3] ?? ' ';
  const element = separator === '>';
  const before = hit.index > 0 ? text.charAt(hit.index - 1) : '';
  if (element && before !== '<') return null;
  if (before === '/' && separator === ':' && isLogin(text, hit.index)) return null;
  const strong = named.sensitivity === 'strong';
  const until = untilOf(named, strong && startsLine(text, hit, separator) ? separator : null);
  const value = readValue(text, hit.index + hit[0].length, {
    until,
    encoded: separator.startsWith('%'),
    list: strong,
    element,
    run,
  });
  if (value === null) return null;
  const encoded = separator.startsWith('%');
  const part = decidingPart(text, value, value.quoted || until === 'delimiter');
  const content = encoded ? judge.firstWordOf(part.slice(0, ENCODED_CHARS)) : part;
  if (!judge.isSecret(content, named.sensitivity)) return null;
  if ((before === ':' || encoded) && isInArn(text, afterEscape(text, hit.index))) return null;
  if (isProse(text, { at: hit.index + hit[0].length, value, content, named })) return null;
  const length =
    named.kind === 'cookie'
      ? cookieLength(nameOf(text, hit), text.slice(value.start, value.end))
      : value.end - value.start;
  return { start: value.start, end: value.start + length, kind: named.kind };
}

/** The first word of a percent-encoded value. */
function decodedWord(part: string): string {
  let plain = '';
  let done = 0;
  for (let at = part.indexOf('%'); at >= 0; at = part.indexOf('%', at + 1)) {
    const char = encodedAscii.get(part.slice(at + 1, at + 3));
    if (char === undefined) continue;
    plain += part.slice(done, at) + char;
    done = at + 3;
    at += 2;
  }
  return firstWord.exec(plain + part.slice(done))?.[1] ?? '';
}

const firstWord = /^[\s"'+]*(\S*)/;

/** What the two digits of an escape stand for, in both spellings of each. A hostile text has very many, and a look-up is quick. */
const encodedAscii: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 0x60 }, (_, at) => at + 0x20).flatMap((code) =>
    spellings(code.toString(16)).map((digits): [string, string] => [digits, String.fromCharCode(code)]),
  ),
);

function spellings(digits: string): string[] {
  return [...new Set([digits, digits.toUpperCase()])];
}

/** `authorization: server message: …`: what a registry says of an authorization is a word, without a scheme before it. */
function isProse(
  text: string,
  { at, value, content, named }: { at: number; value: FoundValue; content: string; named: NamedSecret },
): boolean {
  if (named.kind !== 'credential' || value.quoted || !/^[A-Za-z]{1,19}[.,;:!]*$/.test(content)) return false;
  return /^\s*$/.test(text.slice(at, value.start));
}

/** What decides is the value, or the first word of one that was taken to the end of its line. */
function decidingPart(text: string, { start, end }: FoundValue, whole: boolean): string {
  const part = text.slice(start, Math.min(end, start + DECIDING_CHARS));
  const blank = whole ? -1 : part.search(/\s/);
  return blank < 0 ? part : part.slice(0, blank);
}

/** `startsWith` is the separator of a setting that begins its line, null for any other. */
function untilOf(named: NamedSecret, startsWith: string | null): ValueRules['until'] {
  if (named.kind === 'cookie') return 'break';
  if (startsWith === null) return 'delimiter';
  return startsWith === '=' ? 'assignment' : 'line';
}

/** True for the user in `scheme://user:password@host`, where the address is read for itself. */
function isLogin(text: string, at: number): boolean {
  return text.startsWith('://', at - 3);
}

/** True for `NAME=value` and `name: value` that begin their line: an environment dump, an ini file, YAML. */
function startsLine(text: string, hit: RegExpExecArray, separator: string): boolean {
  if (separator !== '=' && separator !== ':') return false;
  if (hit.index > 0 && !/[\n\r\t ]/.test(text.charAt(hit.index - 1))) return false;
  const lead = text.slice(Math.max(0, hit.index - 24), hit.index);
  return /(?:^|[\n\r])[ \t]*(?:export |ENV |- )?$/.test(lead) && (lead.length < 24 || /[\n\r]/.test(lead));
}

function isInArn(text: string, at: number): boolean {
  const lead = text.slice(Math.max(0, at - 200), at);
  return /arn(?::[^\s"]*|%3a(?:[\w.*/-]|%3a|%2f)*)$/i.test(lead);
}

/** A line that repeats itself asks of the same value again and again; that is compared faster than it is read or judged. */
interface Judge {
  readonly isSecret: typeof isSecretValue;
  readonly firstWordOf: typeof decodedWord;
}

function rememberedWord(): typeof decodedWord {
  let last = { part: '', word: '' };
  return (part) => {
    if (part !== last.part) last = { part, word: decodedWord(part) };
    return last.word;
  };
}

function rememberedAnswer(): typeof isSecretValue {
  let last = { value: '', sensitivity: none.sensitivity, answer: false };
  return (value, sensitivity) => {
    if (value !== last.value || sensitivity !== last.sensitivity)
      last = { value, sensitivity, answer: isSecretValue(value, sensitivity) };
    return last.answer;
  };
}

/** Reads each distinct name once per text. */
function boundedClassify(): Classify {
  const known = new Map<string, NamedSecret>();
  const look = (name: string): NamedSecret => {
    if (!nameStems.test(name)) return none;
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= NAMES_PER_TEXT) return unread;
    const read = classifyName(name);
    known.set(name, read);
    return read;
  };
  // A name often comes again at once, and is compared faster than it is looked up.
  let last = { name: '', named: none };
  return (name) => {
    if (name !== last.name) last = { name, named: look(name) };
    return last.named;
  };
}

const none: NamedSecret = { sensitivity: null, kind: '' };
const unread: NamedSecret = { sensitivity: 'strong', kind: 'named' };
