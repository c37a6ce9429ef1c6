// Starts that were ended before their end: what the log of a task shows until it was asked to stop, and whether another revision was told to
// listen where this one does.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { Facts } from './facts.ts';
import { logsOf } from './last-words.ts';
import { levelOf, plainLine } from './log-lines.ts';
import { differs } from './revisions.ts';
import type { TaskFacts } from './tasks.ts';

/** A line of an access log: whoever answers requests is ready. */
const REQUEST = /\b(?:GET|HEAD|POST|PUT)\b.{1,200}\b[1-5]\d\d\b|ELB-HealthChecker/;
/** Settings that say where a program listens. */
const PLACE_SETTING = /PORT|HOST|BIND|LISTEN|ADDR/i;

/** From its start until it was asked to stop. */
export function livedMs({ observed, startedAtMs, stoppedAtMs }: TaskFacts): number {
  const { stoppingAt } = observed.value;
  const end = stoppingAt === undefined ? stoppedAtMs : new Date(stoppingAt).getTime();
  return (end ?? Number.NaN) - (startedAtMs ?? Number.NaN);
}

/** The last line of a log in which nothing was answered and nothing went wrong before the task was asked to stop. */
export function startingLine(facts: Facts, task: TaskFacts, container?: string): EvidenceRef | undefined {
  const stop = (task.startedAtMs ?? 0) + livedMs(task);
  for (const log of logsOf(facts, task, container)) {
    const before = log.lines.filter(({ atMs, text }) => atMs < stop && text.trim() !== '');
    const last = before.at(-1);
    if (last === undefined || before.some(({ text }) => REQUEST.test(text))) continue;
    if (before.every(({ text }) => levelOf(plainLine(text)) !== 'error'))
      return { id: log.evidence, path: last.path };
  }
  return undefined;
}

/** True for a container that was told to listen elsewhere than `then`, or runs another command: it may be ready and unheard. */
export function placesDiffer(
  now: Ecs.ContainerDefinition | undefined,
  then: Ecs.ContainerDefinition | undefined,
): boolean {
  if (now === undefined || then === undefined) return true;
  const places = (one: typeof then) => [
    (one.portMappings ?? []).map(({ containerPort }) => containerPort),
    one.command ?? [],
    one.entryPoint ?? [],
    (one.environment ?? []).filter(({ name }) => PLACE_SETTING.test(name ?? '')),
  ];
  return differs(places(now), places(then));
}
