// Tool results as a model reads them: labelled with where they came from, bounded, and unable to pass for anything but data.

import type { ToolResult } from '../../contract/call.ts';
import { limits } from '../../kernel/limits.ts';
import type { PlannedCall } from '../port.ts';

export interface CallResult {
  readonly call: PlannedCall;
  /** Null when the call was stopped before it answered. */
  readonly result: ToolResult | null;
}

/** One result inside its fence. With `leftOut` only the label is kept. */
export function fenced({ call, result }: CallResult, leftOut: boolean): string {
  const evidence = result?.status === 'ok' ? ` evidence="${result.evidence.map(label).join(' ')}"` : '';
  const head = `<result tool="${label(call.tool)}" call="${label(call.id)}" status="${result?.status ?? 'stopped'}"${evidence}>`;
  const body = leftOut ? '(left out to save room; call the tool again if it is needed)' : resultText(result);
  return `${head}\n${data(body)}\n</result>`;
}

/** A remark of ours between the messages. */
export function noted(text: string): string {
  return `<note>${data(text)}</note>`;
}

/** How many characters a result takes up. */
export function sizeOf(result: ToolResult | null): number {
  return Math.min(resultText(result).length, limits.call.textChars);
}

/** True for a result that the model should correct or explain. */
export function isError(result: ToolResult | null): boolean {
  return result === null || result.status === 'failed' || result.status === 'refused';
}

function resultText(result: ToolResult | null): string {
  if (result === null) return 'The call was stopped before it answered.';
  switch (result.status) {
    case 'ok':
      return result.text;
    case 'refused':
    case 'failed':
      return `${result.error.code}: ${result.error.message} ${result.error.next}`;
    case 'proposed':
      return 'The change is prepared as a proposal and waits for people. Nothing has run.';
    case 'changed': {
      const { state, outcome, document, decisions } = result.proposal;
      const reason = decisions.findLast(({ decision }) => decision === 'deny')?.reason ?? '';
      return [
        `Proposal "${document.display.title}": ${state}.`,
        outcome?.detail ?? '',
        reason === '' ? '' : `Reason given: ${reason}`,
      ]
        .filter((part) => part !== '')
        .join(' ');
    }
  }
}

/** Text of others: bounded, without invisible characters, and unable to open or close a fence. */
function data(text: string): string {
  return text
    .slice(0, limits.call.textChars)
    .replace(/[^\P{C}\n\t]/gu, '')
    .replace(/<(?=\s*\/?\s*(?:result|note)\b)/gi, '‹');
}

function label(text: string): string {
  return text.replace(/[^\w-]/g, '').slice(0, 64);
}
