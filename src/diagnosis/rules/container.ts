// Containers that ran and ended by themselves. ECS states exit code and reason, so these are state, not
// text of the application; a reason outranks the code, and only the container that ended first counts.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { isLogRouter } from '../facts/first-failed.ts';
import { lastSaying, lastWords, logsOf, uncaughtIn } from '../facts/last-words.ts';
import { says } from '../facts/saying.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { firstEnded } from './ended.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const containerRules: readonly Rule[] = [
  { class: 'app-clean-exit', needs: ['tasks', 'task-definition', 'logs'], judge: cleanExit },
  { class: 'native-crash', needs: ['tasks', 'logs'], judge: nativeCrash },
];

const OUT_OF_MEMORY = /OutOfMemory|out of memory|OOM[- ]?killed/i;

function cleanExit(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      container.exitCode === 0 &&
      container.essential !== false &&
      !OUT_OF_MEMORY.test(`${container.reason} ${task.stoppedReason}`) &&
      task.kind === 'exit' &&
      // What ends a router is judged with the logs it is there for.
      !isLogRouter(container) &&
      task.culprit === container,
  );
  if (hit === undefined) {
    const other = facts.failed.find(({ kind, culprit }) => kind === 'exit' && (culprit?.exitCode ?? 0) !== 0);
    return other?.culprit === undefined
      ? silent
      : refuted(
          `Container ${other.culprit.name} ended with exit code ${other.culprit.exitCode}, not with 0.`,
        );
  }
  const { container, task, alike } = hit;
  const logs = logsOf(facts, task, container.name);
  const last = lastWords(logs);
  const lived = lifeSeconds(task);
  return found({
    verdict: container.essential === undefined ? 'likely' : 'proven',
    title: `Container ${container.name} ends by itself with exit code 0.`,
    explanation: `Its main process finished without an error${lived === undefined ? '' : ` after ${lived} s`}, and because the container is essential ECS stops the task and starts another. It happened in ${counted(alike, 'task')} of ${task.revision}: a batch job run as a service, or a program that moves to the background.${last === undefined ? '' : ` Its log ends with "${last.text}".`}`,
    evidence: [
      below(container.observed, '.exitCode'),
      below(task.observed, '.stopCode'),
      ...(last === undefined ? [] : [last.at]),
    ],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** Exit codes of a process that a fault of its own ended: 128 and the signal, or the status Windows gives. */
const FAULTS: ReadonlyMap<number, string> = new Map([
  [132, 'an illegal instruction'],
  [133, 'a breakpoint trap'],
  [134, 'an abort'],
  [135, 'a bus error'],
  [136, 'an arithmetic fault'],
  [139, 'a segmentation fault'],
  [159, 'a forbidden system call'],
  [3_221_225_477, 'an access violation'],
  [-1_073_741_819, 'an access violation'],
  [3_221_226_505, 'a corrupted stack'],
  [-1_073_740_791, 'a corrupted stack'],
  [3_221_225_725, 'a stack overflow'],
]);

const ABORT = 134;

function nativeCrash(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      FAULTS.has(container.exitCode ?? 0) && (task.culprit === container || container.essential === true),
  );
  if (hit === undefined) return crashInLog(facts);
  const { container, task, alike } = hit;
  const logs = logsOf(facts, task, container.name);
  // A runtime aborts itself when its heap is full: the abort is the way it ends, memory is why.
  const memory = lastSaying(logs, 'oom');
  if (memory !== undefined || OUT_OF_MEMORY.test(container.reason))
    return refuted(`Container ${container.name} aborted because memory ran out.`);
  if (container.exitCode === ABORT && uncaughtIn(logs) !== undefined)
    return refuted(`Container ${container.name} ended itself after an exception that nobody caught.`);
  const said = lastSaying(logs, 'crash') ?? lastWords(logs);
  return found({
    verdict: 'proven',
    title: `Container ${container.name} crashes with ${FAULTS.get(container.exitCode ?? 0)}.`,
    explanation: `Exit code ${container.exitCode} is a signal, not an exit of the program. It happened in ${counted(alike, 'task')} of ${task.revision}.${said === undefined ? '' : ` Its log ends with "${said.text}".`}`,
    evidence: [below(container.observed, '.exitCode'), ...(said === undefined ? [] : [said.at])],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** A wrapper (a shell, npm, an init) turns the signal into an exit code of its own; then only the log still says it. */
function crashInLog(facts: Facts): Judgement {
  for (const task of facts.failed) {
    const { culprit } = task;
    if (task.kind !== 'exit' || culprit?.exitCode === undefined || culprit.exitCode === 0) continue;
    const said = lastSaying(logsOf(facts, task, culprit.name), 'crash');
    if (said === undefined || says(said.text, 'oom', 'execFormat')) continue;
    return found({
      verdict: 'likely',
      title: `A program in container ${culprit.name} crashes.`,
      explanation: `The container ended with exit code ${culprit.exitCode}, and its log says "${said.text}".`,
      evidence: [said.at, below(culprit.observed, '.exitCode')],
      culprits: [task.revision],
      fixes: rollbackFix(facts),
    });
  }
  return silent;
}

function lifeSeconds({ startedAtMs, observed }: TaskFacts): number | undefined {
  const end = observed.value.executionStoppedAt ?? observed.value.stoppingAt ?? observed.value.stoppedAt;
  if (startedAtMs === undefined || end === undefined) return undefined;
  return Math.max(0, Math.round((end.getTime() - startedAtMs) / 1_000));
}
