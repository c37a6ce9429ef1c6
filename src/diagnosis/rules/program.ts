// Programs that could not be run: not in the image, not executable, under a volume, or built for another processor. The runtime's word and the
// exit code say that it is so; the task definition and the revision that works say why.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { lastSaying, logsOf, type Words } from '../facts/last-words.ts';
import { differs, workingRevision } from '../facts/revisions.ts';
import { aboutProgram, says } from '../facts/saying.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { firstEnded } from './ended.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const programRules: readonly Rule[] = [
  { class: 'entrypoint-invalid', needs: ['tasks', 'task-definition', 'logs'], judge: cannotBeRun },
];

interface Unrunnable {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  /** What the container runtime or the program that was to start it said. */
  readonly words: string;
  readonly at: readonly EvidenceRef[];
  /** True when the runtime itself said it: the program never ran. */
  readonly runtime: boolean;
  readonly alike: number;
}

/** The program to run is not there, may not be executed, or lies under a volume. */
function cannotBeRun(facts: Facts): Judgement {
  const hit = refusedByRuntime(facts) ?? shellCode(facts);
  if (hit === undefined) {
    const ran = facts.failed.find(
      ({ kind, culprit }) => kind === 'exit' && ![undefined, 126, 127, 128].includes(culprit?.exitCode),
    );
    return ran?.culprit === undefined
      ? silent
      : refuted(
          `The program of container ${ran.culprit.name} ran: it ended with exit code ${ran.culprit.exitCode}.`,
        );
  }
  const { task, container, words, at, runtime, alike } = hit;
  const program = programIn(words) ?? firstWord(container);
  const place = program === undefined ? undefined : namedBy(container, program);
  const earlier = workingRevision(facts, task, container);
  const changed = (['entryPoint', 'command'] as const).filter(
    (field) =>
      earlier?.container !== undefined &&
      differs(earlier.container[field], container.definition?.value[field]),
  );
  const hidden = coveringMount(container, program);
  const denied = says(words, 'notExecutable') || container.exitCode === 126;
  return found({
    verdict: runtime && (place !== undefined || changed.length > 0) ? 'proven' : 'likely',
    title: `The command of container ${container.name} ${denied ? 'may not be executed' : 'is not found'}${program === undefined ? '' : `: ${program}`}.`,
    explanation: `${words === '' ? `Exit code ${container.exitCode} says so.` : `${runtime ? 'The container runtime' : 'Its log'} says: "${words}"`} It is so in ${counted(alike, 'task')} of ${task.revision}.${whyText({ program, place, hidden, changed, earlier: earlier?.revision })}`,
    evidence: [
      ...at,
      ...(container.definition === undefined
        ? []
        : [below(container.definition, `.${place ?? changed[0] ?? 'command'}`)]),
      ...(hidden === undefined || container.definition === undefined
        ? []
        : [below(container.definition, `.mountPoints[${hidden.index}]`)]),
    ],
    culprits: [task.revision],
    cannotVerify:
      place === undefined && changed.length === 0
        ? [{ what: 'what the image contains', missingAction: 'ecr:BatchGetImage' }]
        : [],
    fixes: rollbackFix(facts),
  });
}

function whyText(why: {
  program: string | undefined;
  place: string | undefined;
  hidden: { path: string } | undefined;
  changed: readonly string[];
  earlier: string | undefined;
}): string {
  const named =
    why.place === undefined ? '' : ` The task definition names ${why.program} in its ${why.place}.`;
  const covered =
    why.hidden === undefined
      ? ''
      : ` A volume is mounted at ${why.hidden.path} and hides what the image has there.`;
  const was =
    why.changed.length === 0 ? '' : ` ${why.earlier}, which runs, has another ${why.changed.join(' and ')}.`;
  return `${named}${covered}${was}`;
}

/** The runtime could not start the program: the container never ran, and a reason says why. */
function refusedByRuntime(facts: Facts): Unrunnable | undefined {
  const hits = facts.failed.flatMap((task) => {
    for (const container of task.containers) {
      const own = container.reason !== '';
      const text = own ? container.reason : container === task.culprit ? task.stoppedReason : '';
      // A container that has run and exited otherwise did find its program.
      if (![undefined, 126, 127, 128].includes(container.exitCode) || !aboutProgram(text)) continue;
      const at = own ? below(container.observed, '.reason') : below(task.observed, '.stoppedReason');
      return [{ task, container, words: tidy(text, 300), at: [at], runtime: true }];
    }
    const [only] = task.containers;
    if (task.kind !== 'start' || only === undefined || !aboutProgram(task.stoppedReason)) return [];
    const container = task.containers.find((one) => one.essential === true && !one.injected) ?? only;
    const at = [below(task.observed, '.stoppedReason')];
    return [{ task, container, words: tidy(task.stoppedReason, 300), at, runtime: true }];
  });
  const [newest] = hits;
  return newest === undefined ? undefined : { ...newest, alike: hits.length };
}

/** The shell's own codes: 127 for a command it did not find, 126 for one it may not run; or what was to start the program says it is missing. */
function shellCode(facts: Facts): Unrunnable | undefined {
  const hit = firstEnded(
    facts,
    (container, task) =>
      task.kind === 'exit' &&
      task.culprit === container &&
      (container.exitCode === 126 || container.exitCode === 127),
  );
  if (hit !== undefined) {
    const said = lastSaying(logsOf(facts, hit.task, hit.container.name), 'programMissing', 'notExecutable');
    return unrunnable(hit, said);
  }
  const missing = firstEnded(facts, (container, task) => {
    if (task.kind !== 'exit' || task.culprit !== container || ![1, 2, 255].includes(container.exitCode ?? 0))
      return false;
    return notStarted(facts, task, container) !== undefined;
  });
  return missing === undefined
    ? undefined
    : unrunnable(missing, notStarted(facts, missing.task, missing.container));
}

/** A launcher (shell, node, python, java) that says its program is not there, and nothing else came before the end. */
function notStarted(facts: Facts, task: TaskFacts, container: ContainerFacts): Words | undefined {
  const logs = logsOf(facts, task, container.name);
  const said = lastSaying(logs, 'programMissing');
  if (said === undefined || says(said.text, 'execFormat', 'probeTool')) return undefined;
  return logs.some((log) => log.lines.length > LAUNCHER_LINES_MAX) ? undefined : said;
}

/** A program that has logged more than this has been started. */
const LAUNCHER_LINES_MAX = 30;

function unrunnable(
  hit: { task: TaskFacts; container: ContainerFacts; alike: number },
  said: Words | undefined,
): Unrunnable {
  return {
    ...hit,
    words: said?.text ?? tidy(hit.container.reason, 240),
    at: [below(hit.container.observed, '.exitCode'), ...(said === undefined ? [] : [said.at])],
    runtime: false,
  };
}

const PROGRAMS: readonly RegExp[] = [
  /exec:? \\?"([^"\\]{1,200})\\?"/,
  /exec: ([^\s:"]{1,200}): (?:not found|permission denied|cannot)/,
  /exec (\/[^\s:]{1,200}): (?:no such|permission|exec)/,
  /stat (\/?[^\s:]{1,200}): no such/,
  /(?:sh|bash|ash|dash|entrypoint\S{0,20}): (?:line )?(?:\d{1,5}: )?(?:exec: )?([^\s:]{1,200}): (?:command )?not found/,
  /(?:Cannot find module|can't open file|Unable to access jarfile|main class) ['"]?([^\s'":]{1,200})/,
  /CreateProcess:? ([^\s:]{1,200})/,
];

/** The program a message says cannot be run. */
function programIn(words: string): string | undefined {
  for (const pattern of PROGRAMS) {
    const program = pattern.exec(words)?.[1];
    if (program !== undefined) return tidy(program, 120);
  }
  return undefined;
}

function firstWord(container: ContainerFacts): string | undefined {
  const { entryPoint = [], command = [] } = container.definition?.value ?? {};
  const [first] = [...entryPoint, ...command];
  return first === undefined ? undefined : tidy(first, 120);
}

/** The field of the task definition that names the program. */
function namedBy(container: ContainerFacts, program: string): 'entryPoint' | 'command' | undefined {
  const holds = (words: readonly string[] | undefined) =>
    words?.some((word) => word === program || word.split(/\s+/).includes(program)) === true;
  const definition = container.definition?.value;
  if (holds(definition?.entryPoint)) return 'entryPoint';
  return holds(definition?.command) ? 'command' : undefined;
}

/** The mount that lies over the program's folder. */
function coveringMount(
  container: ContainerFacts,
  program: string | undefined,
): { path: string; index: number } | undefined {
  const mounts = container.definition?.value.mountPoints ?? [];
  const index = mounts.findIndex(
    ({ containerPath = '' }) =>
      containerPath !== '' &&
      program?.startsWith(containerPath.endsWith('/') ? containerPath : `${containerPath}/`),
  );
  return index === -1 ? undefined : { path: mounts[index]?.containerPath ?? '', index };
}

/** The kernel cannot run the program at all. Only the log or the runtime says so; the exit code is an ordinary one. */
/** A program for another processor, by its words and by the revision that works; what the image holds is judged elsewhere. */
export function wrongPlatform(facts: Facts): Judgement {
  const hit = wrongFormat(facts);
  if (hit === undefined) return silent;
  const { task, words, at } = hit;
  const own = task.definition?.value.runtimePlatform;
  const earlier = workingRevision(facts, task);
  const changed = earlier !== undefined && differs(earlier.definition.value.runtimePlatform, own);
  const architecture = own?.cpuArchitecture ?? 'X86_64';
  const says = `The container ends with "${words}": its program is not for the platform the task runs on, ${architecture}.`;
  return found({
    verdict: changed ? 'proven' : 'likely',
    title: `The image of ${facts.service.name} is built for another processor.`,
    explanation: `${says}${changed ? ` ${earlier.revision}, which runs, asks for ${earlier.definition.value.runtimePlatform?.cpuArchitecture ?? 'X86_64'}.` : ''}`,
    evidence: [
      at,
      ...(task.definition === undefined ? [] : [below(task.definition, '.runtimePlatform')]),
      ...(changed ? [below(earlier.definition, '.runtimePlatform')] : []),
    ],
    culprits: [task.revision],
    cannotVerify: changed
      ? []
      : [{ what: 'for which platforms the image was built', missingAction: 'ecr:BatchGetImage' }],
    fixes: rollbackFix(facts),
  });
}

function wrongFormat(facts: Facts): { task: TaskFacts; words: string; at: EvidenceRef } | undefined {
  for (const task of facts.failed) {
    const container = task.containers.find(
      ({ reason }) => says(reason, 'execFormat') && /format/i.test(reason),
    );
    if (container !== undefined)
      return { task, words: tidy(container.reason, 200), at: below(container.observed, '.reason') };
    if (task.kind !== 'exit') continue;
    for (const log of logsOf(facts, task)) {
      const line = log.lines.findLast(({ text }) => FOREIGN.test(text));
      if (line !== undefined)
        return { task, words: tidy(line.text, 200), at: { id: log.evidence, path: line.path } };
    }
  }
  return undefined;
}

/** Wordings of kernels, shells and emulators for a program of another processor. */
const FOREIGN =
  /exec ?format ?error|cannot execute binary file|qemu-\w{2,12}: could not open|bad cpu type in executable|wrong elf class|not a valid win32 application|rosetta error/i;
