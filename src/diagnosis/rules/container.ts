// Containers that ran and ended: memory, a clean exit, a crash. ECS states exit code and reason, so these are state, not text
// of the application; a reason outranks the code, and 137 alone is not memory.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

const OUT_OF_MEMORY = /OutOfMemory|out of memory|OOM[- ]?killed/i;

interface Ended {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly alike: number;
}

export const containerRules: readonly Rule[] = [
  { class: 'oom-killed', needs: ['tasks', 'task-definition'], judge: outOfMemory },
  { class: 'app-clean-exit', needs: ['tasks', 'task-definition'], judge: cleanExit },
  { class: 'native-crash', needs: ['tasks'], judge: nativeCrash },
  { class: 'entrypoint-invalid', needs: ['tasks'], judge: cannotBeRun },
  { class: 'platform-mismatch', needs: ['tasks', 'logs'], judge: wrongPlatform },
  { class: 'app-config-error', needs: ['tasks', 'logs'], judge: otherExit },
];

function outOfMemory(facts: Facts): Judgement {
  const hit = firstEnded(facts, (container) => OUT_OF_MEMORY.test(container.reason));
  if (hit === undefined) {
    const killed = firstEnded(facts, (container) => container.exitCode === 137);
    if (killed !== undefined)
      return refuted(`Exit code 137 of ${killed.container.name} comes without an out-of-memory reason.`);
    return facts.failed.some((task) => task.containers.some((one) => one.exitCode !== undefined))
      ? refuted('No container reports an out-of-memory reason.')
      : silent;
  }
  const { container, task, alike } = hit;
  const limit = container.definition?.value.memory ?? Number(task.observed.value.memory ?? 0);
  return found({
    verdict: 'proven',
    title: `Container ${container.name} is killed for memory.`,
    explanation: `ECS stopped it with the reason "${container.reason.slice(0, 120)}"${limit > 0 ? `; its limit is ${limit} MiB` : ''}. It happened in ${counted(alike, 'task')} of ${task.revision}.`,
    evidence: [
      below(container.observed, '.reason'),
      ...(container.definition === undefined ? [] : [below(container.definition, '.memory')]),
    ],
    culprits: [task.revision],
  });
}

function cleanExit(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      container.exitCode === 0 &&
      container.essential !== false &&
      !OUT_OF_MEMORY.test(container.reason) &&
      task.kind === 'exit' &&
      task.culprit === container,
  );
  if (hit === undefined) return silent;
  const { container, task, alike } = hit;
  return found({
    verdict: container.essential === undefined ? 'likely' : 'proven',
    title: `Container ${container.name} ends by itself with exit code 0.`,
    explanation: `Its main process finished without an error, and because the container is essential ECS stops the task and starts another. It happened in ${counted(alike, 'task')} of ${task.revision}: a batch job run as a service, or a program that moves to the background.`,
    evidence: [below(container.observed, '.exitCode'), below(task.observed, '.stopCode')],
    culprits: [task.revision],
  });
}

function nativeCrash(facts: Facts): Judgement {
  const hit = firstEnded(facts, (container) => container.exitCode === 139 || container.exitCode === 134);
  if (hit === undefined) return silent;
  const { container, task, alike } = hit;
  return found({
    verdict: 'proven',
    title: `Container ${container.name} crashes with ${container.exitCode === 139 ? 'a segmentation fault' : 'an abort'}.`,
    explanation: `Exit code ${container.exitCode} is a signal, not an exit of the program. It happened in ${counted(alike, 'task')} of ${task.revision}.`,
    evidence: [below(container.observed, '.exitCode')],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** The shell's own codes: 127 for a command it did not find, 126 for one it may not run. */
function cannotBeRun(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      task.kind === 'exit' &&
      task.culprit === container &&
      (container.exitCode === 126 || container.exitCode === 127),
  );
  if (hit === undefined) return silent;
  const { container, task, alike } = hit;
  return found({
    verdict: 'likely',
    title: `The command of container ${container.name} ${container.exitCode === 127 ? 'is not found' : 'may not be executed'}.`,
    explanation: `Exit code ${container.exitCode} says so${container.reason === '' ? '' : ` ("${container.reason.slice(0, 160)}")`}. It happened in ${counted(alike, 'task')} of ${task.revision}: entryPoint, command, or a volume that hides the file.`,
    evidence: [
      below(container.observed, '.exitCode'),
      ...(container.definition === undefined ? [] : [below(container.definition, '.command')]),
    ],
    culprits: [task.revision],
    cannotVerify: [{ what: 'what the image contains', missingAction: 'ecr:BatchGetImage' }],
    fixes: rollbackFix(facts),
  });
}

/** The kernel cannot run the program at all; only the log says so, the exit code is an ordinary one. */
function wrongPlatform(facts: Facts): Judgement {
  for (const log of facts.bundle.logs) {
    const task = facts.failed.find(({ arn, kind }) => arn === log.taskArn && kind === 'exit');
    const line = log.lines.findLast(({ text }) => /exec format error/i.test(text));
    if (task === undefined || line === undefined) continue;
    return found({
      verdict: 'likely',
      title: `The image of ${facts.service.name} is built for another processor.`,
      explanation: `The container ends with "exec format error": its program is not for the platform the task runs on.`,
      evidence: [{ id: log.evidence, path: line.path }],
      culprits: [task.revision],
      cannotVerify: [{ what: 'for which platforms the image was built', missingAction: 'ecr:BatchGetImage' }],
      fixes: rollbackFix(facts),
    });
  }
  return silent;
}

/** A non-zero exit that nothing else explains: the application's own doing, as far as one can see. */
function otherExit(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      task.kind === 'exit' &&
      task.culprit === container &&
      container.exitCode !== undefined &&
      ![0, 134, 137, 139, 143].includes(container.exitCode),
  );
  if (hit === undefined) return silent;
  const { container, task, alike } = hit;
  const log = facts.bundle.logs.find((one) => one.taskArn === task.arn);
  const last = log?.lines.at(-1);
  return found({
    verdict: facts.dependencies.some((one) => one.why === 'attempt') ? 'possible' : 'likely',
    title: `Container ${container.name} exits with code ${container.exitCode}.`,
    explanation: `The application ended with an error in ${counted(alike, 'task')} of ${task.revision}. Its last log lines say why, as far as it does.`,
    evidence: [
      below(container.observed, '.exitCode'),
      ...(log === undefined || last === undefined ? [] : [{ id: log.evidence, path: last.path }]),
    ],
    culprits: [task.revision],
    cannotVerify:
      log === undefined ? [{ what: 'the log of the container', missingAction: 'logs:GetLogEvents' }] : [],
    symptom: true,
  });
}

/** The newest task with such a container, and in how many tasks it is so. */
function firstEnded(
  facts: Facts,
  test: (container: ContainerFacts, task: TaskFacts) => boolean,
): Ended | undefined {
  const hits = facts.failed.flatMap((task) => {
    const container = task.containers.find((one) => test(one, task));
    return container === undefined ? [] : [{ task, container }];
  });
  const newest = hits[0];
  return newest === undefined ? undefined : { ...newest, alike: hits.length };
}
