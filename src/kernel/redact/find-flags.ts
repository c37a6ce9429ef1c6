// Passwords on command lines that no name gives away: `curl -u user:password`, `mysql -p<password>`, `sshpass -p password`.
// Whether a flag holds one depends on the command before it: `-p` is a port for one and a password for another.

import type { Finder } from './find-formats.ts';
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
const commands =
  /(?<=^|[\s"'`(;|&]|bin\/)(?:(mysql(?:dump|admin|import|show|check|sh)?|mariadb(?:-dump|-admin)?)|sshpass)(?=[ \t]|\\{0,8}["'`],)/gm;
/** MySQL takes a password only where it follows right on the flag; after a blank comes the name of a database. */
const glued = new RegExp(`(?<=[\\s"'\`])-p(?:${QUOTE})?(${VALUE})`, 'g');
const spaced = new RegExp(`(?<=[\\s"'\`])-p${GAP}?(?:${QUOTE})?(${VALUE})`, 'y');
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
    for (const { 0: command, 1: mysql, index } of text.matchAll(commands)) {
      const from = index + command.length;
      const line = lineAfter(text, from);
      const found = mysql === undefined ? firstFlag(line) : [...line.matchAll(glued)];
      for (const match of found) {
        const value = match[1] ?? '';
        if (mysql !== undefined && (portMapping.test(value) || longFlag.test(value))) continue;
        if (isSecretValue(value, 'strong')) spans.push(spanOf(match, value, from));
      }
    }
    return spans;
  };
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

/** `sshpass` reads its own flags up to the command it runs; a later `-p` is that command's. */
function firstFlag(line: string): RegExpExecArray[] {
  const at = line.search(/(?<=[\s"'`])-p/);
  if (at < 0 || /[a-z]{2}/i.test(line.slice(0, at))) return [];
  spaced.lastIndex = at;
  const match = spaced.exec(line);
  return match === null ? [] : [match];
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
