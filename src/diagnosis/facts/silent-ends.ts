// Programs that ended as soon as they began and of which no line of log was seen: then the image itself may say why.

import type { Facts } from './facts.ts';
import { logsOf } from './last-words.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';

/** What runtimes and shells give for a program of another processor, all of which mean other things too. */
const CODES: ReadonlySet<number | undefined> = new Set([1, 126, 255]);
/** A program of another processor does not get further than its first instruction; the rest is what stopping takes. */
const LIVED_MS = 60_000;

/** The newest such end, if there is one. */
export function silentEnd(
  facts: Pick<Facts, 'bundle' | 'failed'>,
): { readonly task: TaskFacts; readonly container: ContainerFacts } | undefined {
  const [task] = facts.failed;
  const container = task?.culprit;
  if (task === undefined || container === undefined || task.kind !== 'exit') return undefined;
  if (!CODES.has(container.exitCode) || container.reason !== '') return undefined;
  const { startedAtMs, stoppedAtMs } = task;
  if (startedAtMs === undefined || stoppedAtMs === undefined || stoppedAtMs - startedAtMs > LIVED_MS)
    return undefined;
  const lines = logsOf(facts, task, container.name).flatMap((log) => log.lines);
  return lines.length === 0 ? { task, container } : undefined;
}
