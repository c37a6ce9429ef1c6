// What one reply of the playbook works with: the message as understood, the context, and this turn's results.
// A reply is a function of its view alone: it either asks for calls or says something. Called again with more results it
// goes one step further, so nothing has to be remembered between steps.

import type { ToolResult } from '../../contract/call.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts';
import type { PlannedCall, TranscriptItem } from '../port.ts';
import type { Context } from './context.ts';
import type { Intent } from './intents.ts';

export interface WantedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, Json>>;
}

export type Next =
  | { readonly kind: 'calls'; readonly calls: readonly WantedCall[]; readonly text: string }
  | {
      readonly kind: 'answer';
      readonly text: string;
      readonly suggestions: readonly string[];
      readonly problem?: ErrorCode | undefined;
    };

export type Reply = (view: View) => Next;

export interface View {
  readonly intent: Intent;
  /** The message the intent was read from: the person's own, or the offer a "yes" accepted. */
  readonly question: string;
  readonly context: Context;
  readonly nowMs: number;
  readonly account: string;
  readonly region: string;
  /** This turn's calls with their results, in order. */
  readonly done: readonly { readonly call: PlannedCall; readonly result: ToolResult }[];
}

/** Pairs the calls of a turn with the results that have arrived. */
export function callsDone(turn: readonly TranscriptItem[]): View['done'] {
  const calls = new Map(
    turn.flatMap((item) =>
      item.kind === 'planner' ? item.calls.map((call) => [call.id, call] as const) : [],
    ),
  );
  return turn.flatMap((item) => {
    if (item.kind !== 'result' || item.result === null) return [];
    const call = calls.get(item.call);
    return call === undefined ? [] : [{ call, result: item.result }];
  });
}

/** The result of exactly this call in this turn. */
export function resultOf(view: View, wanted: WantedCall): ToolResult | undefined {
  const key = canonicalJson(wanted.input);
  return view.done.find(({ call }) => call.tool === wanted.tool && canonicalJson(call.input) === key)?.result;
}

/** The results of all `wanted` calls, or the step that asks for those that are missing. */
export function needs(
  view: View,
  wanted: readonly WantedCall[],
  text = '',
): { readonly results: readonly ToolResult[] } | { readonly next: Next } {
  const results = wanted.map((call) => resultOf(view, call));
  const missing = wanted.filter((_, index) => results[index] === undefined);
  if (missing.length > 0) return { next: { kind: 'calls', calls: missing, text } };
  return { results: results.filter((result) => result !== undefined) };
}

/** With `problem` the answer counts as a failure of that kind for whoever only reads the exit code. */
export function say(
  text: string | readonly string[],
  suggestions: readonly string[] = [],
  problem?: ErrorCode,
): Next {
  const lines = typeof text === 'string' ? [text] : text.filter((line) => line !== '');
  return { kind: 'answer', text: lines.join('\n\n'), suggestions: suggestions.slice(0, 4), problem };
}

/** What a result that is no success says, with what to do next. */
export function problemText(result: ToolResult): string {
  if (result.status !== 'failed' && result.status !== 'refused')
    return 'The answer has a shape this version does not know.';
  const { code, message, next } = result.error;
  // What a tool says of its input is about a call the person never saw.
  if (code === 'input-invalid')
    return 'I could not put this question to AWS as it stands. Name the service and, where one is meant, the port or the security group, such as: "Can checkout reach port 5432?"';
  // As the README has it, and as the other answers name commands: what to do next is our own text.
  const typed = next.replaceAll('`lockkeeper ', '`npx lockkeeper ');
  return [message, typed].filter((part) => part !== '').join(' ');
}

/** Citation marks for up to two pieces of evidence, with a leading space; empty when there is none. */
export function cite(evidence: readonly string[], max = 2): string {
  const ids = [...new Set(evidence)].slice(0, max);
  return ids.length === 0 ? '' : ` [${ids.join(', ')}]`;
}

/** "4 tasks", "1 task"; a plural that is no "s" is given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** "5 minutes ago" for an instant given as ISO text or milliseconds; empty when there is none. */
export function ago(at: string | number | null | undefined, nowMs: number): string {
  if (at === null || at === undefined) return '';
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (Number.isNaN(ms)) return '';
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${counted(seconds, 'second')} ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${counted(minutes, 'minute')} ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${counted(hours, 'hour')} ago` : `${counted(Math.round(hours / 24), 'day')} ago`;
}

/** Text of others inside a code block: one line, bounded, and unable to end the block. */
export function verbatim(text: string, charsMax = 240): string {
  const line = text
    .replace(/[\s\p{C}]+/gu, ' ')
    .replace(/`/g, "'")
    .trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

/** Text of others inside a sentence: one line, bounded, without characters that Markdown would act on. */
export function quoted(text: string, charsMax = 300): string {
  // biome keeps control characters out of regular expressions; \p{C} is every control, format and unassigned character.
  const line = text
    .replace(/[\s\p{C}]+/gu, ' ')
    .replace(/[`<>[\]]/g, "'")
    .trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

/** What others wrote stays one sentence, the one that says whose words it holds. */
export function inOneSentence(text: string): string {
  return text.replace(/[.!?]+\s+/g, '; ');
}

/** As long as a command line of a proposal may be. */
const COMMAND_CHARS_MAX = 8_000;

/**
 * A command line to copy: a block of its own, in which no character is changed, because a changed quote would let a shell run what stands in
 * the line. What cannot be shown exactly is not shown.
 */
export function commandBlock(cli: string): string {
  return cli.length > COMMAND_CHARS_MAX || /[\p{C}]/u.test(cli)
    ? 'Its line is too long to show here; the card has it.'
    : ['```', cli, '```'].join('\n');
}
