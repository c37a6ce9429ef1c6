// Policy documents as short lines for a planner: who may do what on what, under which conditions. Documents are written by
// people and can be hostile: every part is put on one line and bounded.

import { z } from 'zod';
import { oneLine } from './text-lines.ts';

const STATEMENTS_MAX = 40;
const PART_CHARS = 300;

export const statementsField = z
  .array(z.string())
  .max(STATEMENTS_MAX)
  .describe('The statements of the policy, one line each.');

/** The statements of a document as text, URL-encoded as IAM sends it or plain; a document that is not JSON is shown as it is. */
export function statementLines(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  const document = parsed(text);
  if (document === undefined) return [`not readable: ${oneLine(text, PART_CHARS)}`];
  const list: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const lines = list.flatMap((one) => (isObject(one) ? [lineOf(one)] : []));
  if (lines.length <= STATEMENTS_MAX) return lines;
  return [...lines.slice(0, STATEMENTS_MAX - 1), `… ${lines.length - STATEMENTS_MAX + 1} more statements`];
}

function lineOf(statement: Record<string, unknown>): string {
  const part = (word: string, value: unknown) => (value === undefined ? '' : ` ${word}${wordsOf(value)}`);
  return [
    wordsOf(statement.Effect),
    part('', statement.Action),
    part('everything but ', statement.NotAction),
    part('on ', statement.Resource),
    part('on everything but ', statement.NotResource),
    part('to ', statement.Principal),
    part('to everybody but ', statement.NotPrincipal),
    part('if ', statement.Condition),
  ].join('');
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return oneLine(value.map(String).join(', '), PART_CHARS);
  if (!isObject(value)) return oneLine(String(value), PART_CHARS);
  return oneLine(JSON.stringify(value), PART_CHARS);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.trimStart().startsWith('%') ? decodeURIComponent(text) : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
