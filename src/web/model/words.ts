// How values become words: numbers, times, shortened ids, and text of others made safe to read.
// Everything here is pure and in the reader's own time zone unless it says otherwise.

import type { CauseClass, Finding } from '../../contract/finding.ts';

// The code points that reorder or hide text: controls, joiners, direction marks. Tab and newline stay: they are layout.
const deceptive: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

/** Text of others with control and direction characters shown as `‹U+202E›`, so that it reads as it is stored. */
export function visible(text: string): string {
  return text.replace(/[^ -~]/gu, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    const hides = deceptive.some(([from, to]) => code >= from && code <= to);
    return hides ? `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›` : mark;
  });
}

/** `4107319` → `4 107 319`, grouped with a narrow no-break space. */
export function grouped(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** `41 ms`, `2.1 s`, `2 min 58 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** `14 min 32 s` for a countdown, which must not be read as a time of day; never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
}

/** `03:04`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `03:04` of the same day as `newest`, else `14 Nov, 03:04`. */
export function momentTime(at: number, newest: number): string {
  const date = new Date(at);
  const same = date.toDateString() === new Date(newest).toDateString();
  return same ? clockTime(at) : `${date.getDate()} ${months[date.getMonth()] ?? ''}, ${clockTime(at)}`;
}

/** `03:04:16`. */
export function clockSeconds(at: number): string {
  return `${clockTime(at)}:${two(new Date(at).getSeconds())}`;
}

/** `03:04:16.204`, where order matters. */
export function clockMillis(at: number): string {
  return `${clockSeconds(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** `20 Nov 2026, 03:04:16 (02:04:16 UTC)` for a title or a record. */
export function fullTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'no time';
  return `${date.getDate()} ${months[date.getMonth()] ?? ''} ${date.getFullYear()}, ${clockSeconds(at)} (${date.toISOString().slice(11, 19)} UTC)`;
}

/** `Today`, `Yesterday` or `12 Mar 2026`. */
export function dayName(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return 'Today';
  if (date.toDateString() === new Date(now - 86_400_000).toDateString()) return 'Yesterday';
  return `${date.getDate()} ${months[date.getMonth()] ?? ''} ${date.getFullYear()}`;
}

/** Shortens in the middle: an id keeps its beginning and its end. */
export function shortened(text: string, length = 18): string {
  if (text.length <= length) return text;
  const tail = Math.min(4, Math.floor(length / 4));
  return `${text.slice(0, length - tail - 1)}…${text.slice(-tail)}`;
}

/** The parts of a name after which a line may end: `my-web-service:` and `42`. Joined they are the text. */
export function breakable(text: string): readonly string[] {
  return text.split(/(?<=[:/.,@=_])(?=[^\s:/.,@=_])/);
}

/** The resource part of an ARN, or the text itself. */
export function shortArn(text: string): string {
  if (!text.startsWith('arn:')) return text;
  return text.split(':').slice(5).join(':') || text;
}

/** Two letters for a person's round mark. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? `${parts[0]?.[0] ?? ''}${parts[1]?.[0] ?? ''}` : name.trim().slice(0, 2);
  return letters.toUpperCase() || '?';
}

/** `1 read`, `11 reads`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** The confidence word of a finding and how it is drawn. */
export function verdictWord(finding: Pick<Finding, 'class' | 'verdict'>): {
  word: string;
  tone: Tone;
  icon: VerdictIcon;
} {
  if (finding.class === 'healthy') return { word: 'Healthy', tone: 'ok', icon: 'ok' };
  if (finding.class === 'unknown') return { word: 'Unknown', tone: 'off', icon: 'unknown' };
  if (finding.verdict === 'proven') return { word: 'Cause proven', tone: 'bad', icon: 'bad' };
  if (finding.verdict === 'likely') return { word: 'Likely', tone: 'warn', icon: 'warn' };
  if (finding.verdict === 'possible') return { word: 'Possible', tone: 'warn', icon: 'warn' };
  return { word: 'Unknown', tone: 'off', icon: 'unknown' };
}

export type Tone = 'ok' | 'bad' | 'warn' | 'wait' | 'run' | 'off';
export type VerdictIcon = 'ok' | 'bad' | 'warn' | 'unknown';

/** `task-sg-egress-blocked` → `Task sg egress blocked`, for lists where the class is read as words. */
export function causeWords(cause: CauseClass | string): string {
  const known: Readonly<Record<string, string>> = {
    'task-sg-egress-blocked': 'Outbound rules of the tasks',
    'lb-sg-ingress-missing': 'Load balancer to task',
    'nacl-blocked': 'Network ACLs, both directions',
    'no-egress-route': 'Route out of the subnet',
    'vpc-dns-misconfig': 'DNS',
    'oom-killed': 'Memory',
    'image-not-found': 'Image',
    'dependency-unreachable': 'The dependency itself',
  };
  const words = cause.replaceAll('-', ' ');
  return known[cause] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
