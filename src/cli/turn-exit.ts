// The exit code of a turn: what a script needs to know without reading the answer.

import type { ChatEvent } from '../contract/chat.ts';
import { errorTable } from '../contract/errors.ts';
import type { FinishedTurn } from './turn.ts';

/**
 * 0 when the turn answered or waits for an approval. Otherwise the exit code of what went wrong: the turn's own error, what
 * the answer says was not found or not clear, or the last call when every call of the last step failed.
 */
export function exitCodeOf({ events }: FinishedTurn): number {
  const ended = events.findLast((event) => event.type === 'turn.ended');
  if (ended?.status === 'failed') return exitOf(ended.error?.code ?? 'unexpected');
  if (ended?.status === 'stopped') return exitOf('cancelled');
  const answer = events.findLast((event) => event.type === 'answer');
  if (answer?.problem !== undefined) return exitOf(answer.problem);
  const failures = callsOfLastStep(events).map(({ result }) =>
    result.status === 'failed' || result.status === 'refused' ? result.error.code : null,
  );
  const last = failures.at(-1);
  return last === undefined || failures.includes(null) ? 0 : exitOf(last ?? 'unexpected');
}

type FinishedCall = Extract<ChatEvent, { type: 'call.finished' }>;

/** What an earlier step could not do and a later one could is no failure. */
function callsOfLastStep(events: readonly ChatEvent[]): FinishedCall[] {
  const step = events.findLast((event) => event.type === 'planner.step' && event.calls.length > 0);
  const ids = step?.type === 'planner.step' ? step.calls.map(({ id }) => id) : null;
  return events.filter(
    (event): event is FinishedCall => event.type === 'call.finished' && (ids?.includes(event.call) ?? true),
  );
}

function exitOf(code: string): number {
  // A code may come from a newer hub than this command line; then it is simply a failure.
  return Object.hasOwn(errorTable, code) ? errorTable[code as keyof typeof errorTable].exit : 1;
}
