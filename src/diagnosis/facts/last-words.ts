// What containers said before they ended: the last line of a log that complains, and the settings it names. The application's own word, so
// it is shown and weighed; whether a setting it misses is really missing is looked up in the task definition.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { ContainerLog } from '../evidence.ts';
import type { SignalName } from '../explain/signals/all-signals.ts';
import { recordsOf } from '../logs/records.ts';
import { tidy } from '../network/peer.ts';
import { withoutCredentials } from './attempts.ts';
import type { Facts } from './facts.ts';
import { plainLine, unescaped } from './log-lines.ts';
import { says } from './saying.ts';
import type { TaskFacts } from './tasks.ts';

export interface Words {
  /** One line, bounded, without credentials. */
  readonly text: string;
  readonly at: EvidenceRef;
  readonly atMs: number;
  readonly container: string;
}

/** How many of the last lines are looked at; what an application logs long before its end is another story. */
const LINES_READ = 60;
const SHOWN_CHARS = 240;

/** What wrappers and the end itself add to a log: that something ended, not what. */
const ECHO =
  /^\s*(?:npm (?:ERR!|error)|error Command failed|info Visit https?:|make(?:\[\d+\])?: \*\*\*|at \S|\})|\bELIFECYCLE\b|\bexit(?:ed|ing)?\b.{0,30}\b(?:code|status)\b|\b(?:shutting down|shut down|graceful(?:ly)? (?:stop|shutdown|exit)|SIGTERM|signal (?:15|TERM)|giving up|goodbye|bye)\b/i;

/** The logs of one task, those of one container when it is named. */
export function logsOf(facts: Pick<Facts, 'bundle'>, task: TaskFacts, container?: string): ContainerLog[] {
  return facts.bundle.logs.filter(
    (log) => log.taskArn === task.arn && (container === undefined || log.container === container),
  );
}

/** The newest line near the end that says one of these things. */
export function lastSaying(
  logs: readonly ContainerLog[],
  ...names: readonly SignalName[]
): Words | undefined {
  for (const log of logs) {
    const line = log.lines.slice(-LINES_READ).findLast(({ text }) => says(plainLine(text, 1_000), ...names));
    if (line !== undefined) return wordsOf(log, line);
  }
  return undefined;
}

/** The newest record near the end that reports an error, by the line that says what happened; else the last line there is. */
export function lastWords(logs: readonly ContainerLog[]): Words | undefined {
  for (const log of logs) {
    const lines = log.lines.slice(-LINES_READ);
    const errors = recordsOf(lines).filter(({ level }) => level === 'error');
    const record = errors.findLast(({ title }) => !ECHO.test(title)) ?? errors.at(-1);
    const line =
      record === undefined
        ? (lines.findLast(({ text }) => !ECHO.test(text)) ?? lines.at(-1))
        : { ...record, text: record.title };
    if (line !== undefined) return wordsOf(log, line);
  }
  return undefined;
}

/** Runtimes that end themselves with an abort after an exception nobody caught: .NET, Rust, Swift. */
const UNCAUGHT =
  /^\s*Unhandled exception\b|\bthread '[^']{0,80}' (?:\(\d+\) )?panicked at\b|^Swift\/\S{1,80}: Fatal error:/im;

/** The line of an exception that nobody caught, near the end; an abort after it is the runtime's way to end, no crash of its own. */
export function uncaughtIn(logs: readonly ContainerLog[]): Words | undefined {
  for (const log of logs) {
    const line = log.lines.slice(-LINES_READ).findLast(({ text }) => UNCAUGHT.test(plainLine(text, 1_000)));
    if (line !== undefined) return wordsOf(log, line);
  }
  return undefined;
}

const NAME = `([A-Za-z][A-Za-z0-9_.-]{1,80})`;
/** Wordings of frameworks for a setting that is not there; group 1 is its name. */
const MISSING: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:environment variable|env(?:ironment)? var(?:iable)?|variable|setting|option|parameter|property|key|config(?:uration)? (?:value|key)) ["'$\x60{]{0,2}${NAME}["'\x60}]{0,2}:? (?:is |was |must |has |not |isn't |cannot )?(?:not |be )?(?:set|defined|provided|required|missing|found|empty|undefined|specified|been set)`,
    'i',
  ),
  new RegExp(
    String.raw`["'$\x60{]{0,2}\b${NAME}["'\x60}]{0,2}:? (?:environment variable |env(?:ironment)? var |must be set|is required|is missing|is not set|is not defined|is undefined|is not configured|not set|missing|required)`,
    'i',
  ),
  new RegExp(
    `(?:missing|required|unset|undefined|expected|need|needs|set|provide)(?: required| mandatory)?(?: the)? (?:environment variables?|env(?:ironment)? vars?|env|variables?|settings?|config(?:uration)?|options?|keys?|parameters?)(?: named)?:? ["'$\x60{[]{0,2}${NAME}`,
    'i',
  ),
  new RegExp(`KeyError: ["']${NAME}["']`),
  new RegExp(`key not found: ["']${NAME}["']`, 'i'),
  new RegExp(`Could not resolve placeholder ['"]${NAME}['"]`),
  new RegExp(String.raw`\b${NAME}: (?:unbound variable|parameter not set|parameter null or not set)`),
];
/** Settings are written in capitals; anything else may be any word. */
const SETTING = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[A-Z]{4,}$|^[a-z][\w-]*(?:\.[\w-]+)+$/;
const NOT_SETTINGS = /^(?:ERROR|FATAL|WARN|WARNING|PANIC|CRITICAL|INFO|DEBUG|NULL|TRUE|FALSE|HTTP|HTTPS)$/;

/** The setting a line says is missing, when it names one. */
export function missingSetting(line: string): string | undefined {
  const text = unescaped(line);
  for (const pattern of MISSING) {
    const name = pattern.exec(text)?.[1]?.replace(/[.-]+$/, '');
    if (name !== undefined && SETTING.test(name) && !NOT_SETTINGS.test(name)) return name;
  }
  return undefined;
}

function wordsOf(log: ContainerLog, line: ContainerLog['lines'][number]): Words {
  return {
    text: tidy(withoutCredentials(plainLine(line.text, 1_000)), SHOWN_CHARS),
    at: { id: log.evidence, path: line.path },
    atMs: line.atMs,
    container: log.container,
  };
}
