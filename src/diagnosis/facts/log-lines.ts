// Reading log lines of any application: how grave a line is, and the text without terminal codes.
// Only the shape of lines is looked at; what they say decides nothing here.

import { stripVTControlCharacters } from 'node:util';

export type LogLevel = 'error' | 'warn' | 'info';

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const ERROR_WORDS =
  /\b(error|err|fatal|panic|exception|traceback|critical|crit|emerg|alert|severe|fail(?:ed|ure|ing)?|refused|unreachable|denied|cannot|could not|unable to|killed|oom|segfault|segmentation fault|E[A-Z]{4,}|timed out|timeout|unhealthy)\b/i;
/** Types of errors by their usual names: `KeyError`, `SocketException`. */
const ERROR_TYPE = /\b[A-Z][A-Za-z0-9]{1,80}(?:Error|Exception)\b/;
const WARN_WORDS = /\b(warn(?:ing)?|deprecat\w*|retry(?:ing)?|trying again|slow|degraded)\b/i;
/** Words that name an error only to say there is none. */
const CALM =
  /\b(0 errors?|no errors?|errors?[=:] ?0|failed[=:] ?0|without errors?|error[- ]?handler (?:registered|installed)|error pages?)\b/i;
const LEVEL_FIELD =
  /(?:"?(?:level|severity|lvl|log\.level)"?\s*[:=]\s*"?)(trace|debug|info|notice|warn|warning|error|fatal|panic|critical|[1-6]0)\b/i;
const LEVEL_MARK =
  /(?:^|[\s[|(<])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|PANIC)(?=[\s\]|):>,]|$)/;

/** In small letters a level is one only in brackets or before a colon at the start: `[warn]`, `warn: `. */
const SMALL_MARK =
  /\[(trace|debug|info|notice|warn|warning|error|crit|critical|fatal)\]|^(debug|info|notice|warn|warning|error|fatal): /;

/** One line of text without terminal codes and control characters, at most `max` characters. */
export function plainLine(text: string, max = 2_000): string {
  const clean = stripVTControlCharacters(text).replace(/\t/g, '  ').replace(CONTROL, '').trimEnd();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}

/** A text as it was before records quoted it: `\"` is a quote again and `\n` a space, however many records lie around it. */
export function unescaped(text: string): string {
  return text
    .replace(/\\+u00(22|27)/g, (_, code) => (code === '22' ? '"' : "'"))
    .replace(/\\+(["'/`])/g, '$1')
    .replace(/\\+[nrt]/g, ' ');
}

/** True for a line that says of itself that it is less than an error. */
export function saysItIsLight(text: string): boolean {
  return statedLevel(text) !== undefined && levelOf(text) !== 'error';
}

/** The level a line states about itself, else what its words suggest. */
export function levelOf(text: string): LogLevel {
  const stated = statedLevel(text);
  if (stated !== undefined) {
    const level = stated.toLowerCase();
    if (/^(error|fatal|panic|crit|critical|severe|[56]0)$/.test(level)) return 'error';
    if (/^(warn|warning|40)$/.test(level)) return 'warn';
    // Many applications print failures at "info"; a plain error word still counts.
    return /\b(E[A-Z]{5,}|exception|fatal)\b/.test(text) ? 'error' : 'info';
  }
  if (CALM.test(text)) return 'info';
  if (/\b(?:HTTP\/[\d.]+"? |GET |POST |PUT |HEAD |DELETE )[^\n]*?\b5\d\d\b/.test(text)) return 'warn';
  if (ERROR_WORDS.test(text) || ERROR_TYPE.test(text)) return 'error';
  return WARN_WORDS.test(text) ? 'warn' : 'info';
}

function statedLevel(text: string): string | undefined {
  const small = SMALL_MARK.exec(text);
  return LEVEL_FIELD.exec(text)?.[1] ?? LEVEL_MARK.exec(text)?.[1] ?? small?.[1] ?? small?.[2];
}
