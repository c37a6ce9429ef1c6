// The step of a start that the failed one kept anybody from seeing: a task whose secrets cannot be read has not pulled its image yet, and
// one that reaches nothing has learned nothing about what it wanted. State can show that the pull cannot work either.

import type { StartFailure } from './start-failure.ts';
import { isVague } from './start-subjects.ts';

/** The pulls the failed starts say nothing about, as starts without words of their own; evidence is that of the start that hid them. */
export function stepsAhead(starts: readonly StartFailure[]): StartFailure[] {
  const told = starts.filter(({ phase, reply }) => phase === 'pull' && reply === 'answer');
  const seen = new Set(told.map(({ task }) => task.revision));
  const hidden = starts.filter((start) => hidesPull(start) && !seen.has(start.task.revision));
  const byRevision = new Map(hidden.map((start) => [start.task.revision, start] as const).reverse());
  return [...byRevision.values()].map(({ task, alike, evidence }) => ({
    phase: 'pull',
    reply: 'unclear',
    code: '',
    subject: undefined,
    services: [],
    host: undefined,
    text: '',
    whole: '',
    task,
    alike,
    evidence,
  }));
}

/** True for a step that was only ahead: nothing was said about it. */
export function isAhead({ whole }: Pick<StartFailure, 'whole'>): boolean {
  return whole === '';
}

/** Secrets and credentials are read before images: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html */
function hidesPull(start: StartFailure): boolean {
  if (start.phase === 'pull') return start.reply !== 'answer' && start.reply !== 'unclear';
  return start.phase === 'secret' && !isVague(start);
}
