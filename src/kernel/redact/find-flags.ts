// Passwords on command lines that no name gives away: `curl -u user:password`, `mysql -p<password>`, `redis-cli -a password`.
// Whether a flag holds one depends on the command before it: `-p` is a port for one and a password for another.

import { endsInEscape } from './escapes.ts';
import { byFirstChar, type Finder } from './find-formats.ts';
import type { Span } from './span.ts';
import { isSecretValue } from './values.ts';

/** How far before or after a flag its command may stand on the line. */
const COMMAND_CHARS = 512;
const QUOTE = '\\\\{0,8}["\'`]';
/** Between a flag and its value: blanks, `=`, or the end of one string of a list and the start of the next. */
const GAP = `(?:[ \\t]{1,4}|=|${QUOTE},\\s{0,4}(?=\\\\{0,8}["']))`;
/** A value in quotes may hold blanks; a bare one ends at the next. */
const VALUE =
  '(?:(?<=["\'`][^"\'`\\s]{0,80})[^"\'`\\\\\\n]{1,256}(?=\\\\{0,8}["\'`])|[^\\s"\'`<>\\\\|;]{1,256})';

const logins = new RegExp(
  `(?<![\\w-])(?:-u|--user|-U|--proxy-user)(${GAP})?(?:${QUOTE})?([\\w.@+-]{1,64}):(${VALUE})`,
  'g',
);

/** `echo password | docker login --password-stdin`. */
const piped = new RegExp(
  `(?:echo(?: -n)?|printf(?: ["']%s["'])?)[ \\t]{1,4}(?:${QUOTE})?([^\\s"'\`|]{1,256})(?:${QUOTE})?[ \\t]{0,4}\\|[^\\n|]{1,200}--password-stdin`,
  'g',
);

/** A command, and the flag of it that a password follows. */
interface Command {
  /** How its name begins: regular-expression source that begins with a plain character. */
  readonly marks: readonly string[];
  /** The whole name. */
  readonly name: RegExp;
  /** From the end of the name on; what the first group holds is the password. */
  readonly flag: RegExp;
  /** Words before a flag belong to another command that this one runs. */
  readonly ownFlagsFirst?: true;
  /** The password follows right on the flag, where a longer flag may stand as well. */
  readonly glued?: true;
}

const after = (flag: string): RegExp =>
  new RegExp(`(?<=[\\s"'\`])${flag}${GAP}(?!-)(?:${QUOTE})?(${VALUE})`, 'g');

const commands: readonly Command[] = [
  // MySQL takes a password only where it follows right on the flag; after a blank comes the name of a database.
  {
    marks: ['mysql', 'mariadb'],
    name: /mysql(?:dump|admin|import|show|check|sh)?|mariadb(?:-dump|-admin)?/y,
    flag: new RegExp(`(?<=[\\s"'\`])-p(?:${QUOTE})?(${VALUE})`, 'g'),
    glued: true,
  },
  {
    marks: ['sshpass'],
    name: /sshpass/y,
    flag: new RegExp(`(?<=[\\s"'\`])-p${GAP}?(?:${QUOTE})?(${VALUE})`, 'g'),
    ownFlagsFirst: true,
  },
  // Of container registries: docker, podman, helm, skopeo and the like.
  { marks: ['login'], name: /login/y, flag: after('-p') },
  { marks: ['redis-cli'], name: /redis-cli/y, flag: after('-a') },
  { marks: ['mongo'], name: /mongo(?:sh|dump|restore|export|import|stat|top)?/y, flag: after('-p') },
  { marks: ['ldap'], name: /ldap(?:search|modify|add|delete|whoami|passwd)/y, flag: after('-w') },
  {
    marks: ['openssl'],
    name: /openssl/y,
    flag: after('(?:-pass(?:in|out)?(?=[ \\t]{1,4}pass:)|-[kK](?=[ \\t]))'),
  },
];

const commandMarks = byFirstChar(commands.flatMap(({ marks }) => marks));
const commandEnd = /[ \t]|\\{0,8}["'`],/y;
const commandBefore = /(?:^|[\s"'`(;|&=]|bin\/)$/;
const requester = /(?:^|[\s"'`(;|&/])(?:curl|wget|https?)[\s"'`\\]/;
/** Their `-u` names a user and a group. */
const userAndGroup = /(?:^|[\s"'`(;|&/])(?:docker|podman|nerdctl|chown|sudo|kubectl|compose|rsync)[\s"'`\\]/;
const portMapping = /^(?:[\d.]{7,15}:)?\d{1,5}(?:-\d{1,5})?:\d{1,5}/;
/** Other programs' flags that begin with a p. */
const longFlag =
  /^(?:ort|ath|rint0?|id|rune|erm|roto(?:col)?|refix|rofile|assword|lugin|attern|arallel)(?:[=:]|$)/;

export function createFlagFinder(): Finder {
  return (text) => {
    const spans: Span[] = [];
    for (const match of text.matchAll(logins)) {
      const value = match[3] ?? '';
      if (isLogin({ lead: lineBefore(text, match.index), gap: match[1], user: match[2] ?? '', value }))
        spans.push(spanOf(match, value));
    }
    if (text.includes('--password-stdin')) addPiped(text, spans);
    const done = new Map<Command, number>();
    commandMarks.lastIndex = 0;
    for (let hit = commandMarks.exec(text); hit !== null; hit = commandMarks.exec(text)) {
      const command = commandAt(text, hit.index, hit[0]);
      if (command === null) continue;
      // What one command looked at, the next of its kind does not look at again.
      const from = Math.max(command.end, done.get(command.command) ?? 0);
      done.set(command.command, addPasswords(text, from, { command: command.command, spans }));
    }
    return spans;
  };
}

function addPiped(text: string, spans: Span[]): void {
  for (const match of text.matchAll(piped)) {
    const value = match[1] ?? '';
    if (!isSecretValue(value, 'strong')) continue;
    const start = match.index + match[0].indexOf(value, match[0].search(/[ \t]/));
    spans.push({ start, end: start + value.length, kind: 'password' });
  }
}

/** The command whose name stands at `at` as a word of its own, and where the name ends. */
function commandAt(
  text: string,
  at: number,
  mark: string,
): { readonly command: Command; readonly end: number } | null {
  const command = commands.find(({ marks }) => marks.includes(mark));
  if (command === undefined) return null;
  if (!commandBefore.test(text.slice(Math.max(0, at - 4), at)) && !endsInEscape(text, at)) return null;
  command.name.lastIndex = at;
  if (!command.name.test(text)) return null;
  const end = command.name.lastIndex;
  commandEnd.lastIndex = end;
  return commandEnd.test(text) ? { command, end } : null;
}

/** Returns how far it looked. */
function addPasswords(
  text: string,
  from: number,
  { command, spans }: { readonly command: Command; readonly spans: Span[] },
): number {
  const line = lineAfter(text, from);
  const end = from + line.length;
  for (const match of line.matchAll(command.flag)) {
    if (command.ownFlagsFirst === true && /[a-z]{2}/i.test(line.slice(0, match.index))) return end;
    const value = (match[1] ?? '').replace(/^pass:/, '');
    if (command.glued === true && (portMapping.test(value) || longFlag.test(value))) continue;
    if (isSecretValue(value, 'strong')) spans.push(spanOf(match, value, from));
  }
  return end;
}

interface Login {
  readonly lead: string;
  readonly gap: string | undefined;
  readonly user: string;
  readonly value: string;
}

function isLogin({ lead, gap, user, value }: Login): boolean {
  if (!isSecretValue(value, 'strong')) return false;
  if (requester.test(lead)) return true;
  if (gap === undefined || userAndGroup.test(lead)) return false;
  return !/^\d+$/.test(user) && !/^(?:\d+|\/.*)$/.test(value);
}

function spanOf(match: RegExpExecArray, value: string, from = 0): Span {
  const end = from + match.index + match[0].length;
  return { start: end - value.length, end, kind: 'password' };
}

function lineBefore(text: string, at: number): string {
  const lead = text.slice(Math.max(0, at - COMMAND_CHARS), at);
  return lead.slice(lead.lastIndexOf('\n') + 1);
}

function lineAfter(text: string, at: number): string {
  const rest = text.slice(at, at + COMMAND_CHARS);
  const end = rest.search(/[\n|;]/);
  return end < 0 ? rest : rest.slice(0, end);
}
