// Health checks that ended tasks. A failed check is what is seen at the surface: it becomes the finding only when nothing beneath
// it was found, and then it says what the check asks and what the application answered.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { cutStart } from '../facts/cut-start.ts';
import type { Facts } from '../facts/facts.ts';
import { logsOf } from '../facts/last-words.ts';
import { elsewhereBound, listeningOf } from '../facts/listening.ts';
import { differs, workingRevision } from '../facts/revisions.ts';
import { troubledGroup } from '../facts/target-trouble.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';
import { unheardCheck } from './unheard-check.ts';

export const healthRules: readonly Rule[] = [
  { class: 'container-healthcheck-invalid', needs: ['tasks', 'task-definition'], judge: containerCheck },
];

const TOOLS = /\b(curl|wget|nc|grpc_health_probe|httpie|bash|python3?|node)\b/;
/** What a shell says when the probe's own tool is not in the image. */
const PROBE_MISSING =
  /(?:curl|wget|nc|grpc_health_probe): (?:command )?not found|exec: "?(?:curl|wget)"?: executable file not found/i;

/** The path a check asks in its own container. */
const CHECKED_URL =
  /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::\d{1,5})?(\/[\w/.~-]{0,200})?/i;
/** A line of an access log: the path, and the code that went back. */
const REQUEST =
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE)\s+(\/\S{0,200}?)(?:\s+HTTP\/[\d.]+)?"?\s+(?:->\s*)?(?:status[=: ]\s*)?([1-5]\d{2})\b/;
/** Fewer could be all there was. */
const SERVED_MIN = 3;

/** The same revision passing elsewhere refutes the check itself. */
function containerCheck(facts: Facts): Judgement {
  const killed = facts.failed.filter((task) => task.kind === 'container-health');
  const [task] = killed;
  if (task === undefined) return passesElsewhere(facts);
  const sick = task.containers.filter((one) => one.healthStatus === 'UNHEALTHY');
  // A container that AWS added has a check of AWS's own.
  if (sick.length > 0 && sick.every((one) => one.injected)) return silent;
  const checked = task.containers.filter((one) => one.definition?.value.healthCheck !== undefined);
  const container =
    checked.find((one) => sick.includes(one)) ?? checked.find((one) => one.essential) ?? checked[0];
  const check: Check = {
    task,
    killed,
    container,
    command: container?.definition?.value.healthCheck?.command ?? [],
    evidence: [
      below(task.observed, '.stoppedReason'),
      ...(container?.definition === undefined ? [] : [below(container.definition, '.healthCheck')]),
    ],
  };
  const never = neverSucceeds(facts, check);
  if (never !== undefined) return never;
  const passing = facts.tasks.filter(
    (one) => !one.stopped && one.revision === task.revision && one.healthStatus === 'HEALTHY',
  ).length;
  if (passing > 0)
    return refuted(`The same check passes in ${counted(passing, 'task')} of ${task.revision}.`);
  return (
    probeMissing(facts, check) ??
    answersOthers(facts, check) ??
    asksElsewhere(facts, check) ??
    neverAsked(facts, check) ??
    unheardSince(facts, check) ??
    changedCheck(facts, check) ??
    found({
      verdict: 'possible',
      symptom: true,
      title: `${counted(killed.length, 'task')} of ${task.revision} failed the container health check.`,
      explanation: `The check is ${describeCommand(check.command)}; no cause beneath it was found in the evidence. Either the application does not answer it, or the check cannot succeed.`,
      evidence: check.evidence,
      culprits: [task.revision],
    })
  );
}

interface Check {
  readonly task: TaskFacts;
  readonly killed: readonly TaskFacts[];
  readonly container: ContainerFacts | undefined;
  readonly command: readonly string[];
  readonly evidence: readonly EvidenceRef[];
}

function passesElsewhere(facts: Facts): Judgement {
  const running = facts.tasks.filter((one) => !one.stopped && one.healthStatus === 'HEALTHY').length;
  return running > 0 && facts.failed.length > 0
    ? refuted(
        `${counted(running, 'running task')} pass${running === 1 ? 'es' : ''} the container health check.`,
      )
    : silent;
}

/** What the command itself shows: no image and no application can make it succeed. */
function neverSucceeds(
  facts: Facts,
  { task, killed, container, command, evidence }: Check,
): Judgement | undefined {
  const [mode] = command;
  const name = container?.name ?? 'the container';
  const lacksMode = mode !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(mode);
  const cannotRun = lacksMode ? undefined : impossibleCommand(command);
  if (!lacksMode && cannotRun === undefined) return undefined;
  return found({
    verdict: 'proven',
    title: lacksMode
      ? `The health check of ${name} cannot run: its command does not begin with CMD or CMD-SHELL.`
      : `The health check of ${name} cannot succeed: ${cannotRun}.`,
    explanation: `${lacksMode ? 'ECS needs CMD or CMD-SHELL as the first word of a health check command.' : 'CMD runs its words as they are, without a shell.'} ${counted(killed.length, 'task')} of ${task.revision} were stopped for failing it.`,
    evidence,
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** The log says that the probe's own tool is not there. */
function probeMissing(facts: Facts, check: Check): Judgement | undefined {
  for (const log of facts.bundle.logs) {
    const line = log.lines.find(({ text }) => PROBE_MISSING.test(text));
    if (line === undefined) continue;
    return likelyInvalid(facts, check, {
      title: `The health check of ${check.container?.name ?? 'the container'} needs a program that its image does not have.`,
      explanation: `The check is ${describeCommand(check.command)}, and the log says that it is not there.`,
      at: { id: log.evidence, path: line.path },
    });
  }
  return undefined;
}

/** The load balancer gets its answers from the same tasks, so the application is well and the check is not. */
function answersOthers(facts: Facts, check: Check): Judgement | undefined {
  const served = targetHealthOf(facts, check.killed);
  if (served === undefined || elsewhereBound(facts) !== undefined) return undefined;
  return likelyInvalid(facts, check, {
    title: `The health check of ${check.container?.name ?? 'the container'} fails although the load balancer gets its answers.`,
    explanation: `The same tasks are healthy targets, so the application answers; what fails is the check itself, which is ${describeCommand(check.command)}.`,
    at: served,
  });
}

/** The check asks one port, and the application says that it listens on another. */
function asksElsewhere(facts: Facts, check: Check): Judgement | undefined {
  const asked = Number(
    /(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0):(\d{2,5})/.exec(check.command.join(' '))?.[1],
  );
  const heard = listeningOf(facts).filter(({ port }) => port !== undefined);
  const last = heard.at(-1);
  if (!(asked > 0) || last === undefined || heard.some(({ port }) => port === asked)) return undefined;
  return likelyInvalid(facts, check, {
    title: `The health check of ${check.container?.name ?? 'the container'} asks port ${asked}, where nothing listens.`,
    explanation: `The application says that it listens on port ${last.port}, and the check asks ${asked}.`,
    at: last.at,
  });
}

/** The program answers others, and no request of the check is among them: the check does not get as far as asking. */
function neverAsked(facts: Facts, check: Check): Judgement | undefined {
  const [, path = '/'] = CHECKED_URL.exec(check.command.join(' ')) ?? [];
  if (!CHECKED_URL.test(check.command.join(' ')) || elsewhereBound(facts) !== undefined) return undefined;
  const lines = check.killed
    .flatMap((task) => logsOf(facts, task, check.container?.name))
    .flatMap((log) => log.lines.map(({ text, path: at }) => ({ text, at: { id: log.evidence, path: at } })));
  const requests = lines.flatMap(({ text, at }) => {
    const [, asked, code] = REQUEST.exec(text) ?? [];
    return asked === undefined ? [] : [{ asked: asked.split('?')[0], good: Number(code) < 400, text, at }];
  });
  const served = requests.filter(({ good }) => good);
  // The load balancer may ask the same path; only its own name in the line tells its requests from the check's.
  const mine = requests.some(({ asked, text }) => asked === path && !/ELB-HealthChecker/.test(text));
  // A program that keeps such requests out of its log shows none of the balancer's either.
  const balancer = troubledGroup(facts)?.value.HealthCheckPath;
  const last = served.findLast(({ asked, text }) => asked === balancer || /ELB-HealthChecker/.test(text));
  if (last === undefined || served.length < SERVED_MIN || mine) return undefined;
  return likelyInvalid(facts, check, {
    title: `The health check of ${check.container?.name ?? 'the container'} never asks the program: it cannot run in this image.`,
    explanation: `The log has ${counted(served.length, 'request')} that the program answered well and none of the check for ${tidy(path, 80)}, which is ${describeCommand(check.command)}. A check that runs would be seen; ECS keeps nothing of what it prints, and a program that the image lacks fails this way.`,
    at: last.at,
  });
}

/** The revision that runs logs what the check asks; the new image is up, calm and never asked. */
function unheardSince(facts: Facts, check: Check): Judgement | undefined {
  const unheard = unheardCheck(facts, check);
  if (unheard === undefined) return undefined;
  const { earlier, heard, heardAt, listening, path } = unheard;
  return likelyInvalid(facts, check, {
    title: `The health check of ${check.container?.name ?? 'the container'} does not reach the program since its image changed.`,
    explanation: `The program says that it listens on port ${listening.port}, where the check asks, and complains of nothing. A task of ${earlier.revision}, with the same check and another image, logged ${counted(heard, 'request')} for ${tidy(path, 80)}; ${check.task.revision} logged none. So the check, ${describeCommand(check.command)}, does not get as far as asking: most likely the new image lacks what it needs.`,
    at: heardAt,
  });
}

/** The revision that runs has another check, or none: then the check is what changed. */
function changedCheck(facts: Facts, check: Check): Judgement | undefined {
  const earlier = workingRevision(facts, check.task, check.container);
  const own = check.container?.definition?.value;
  if (earlier?.container === undefined || own === undefined) return undefined;
  const sameImage = earlier.container.image === own.image;
  if (!differs(earlier.container.healthCheck, own.healthCheck) || !sameImage) return undefined;
  // What changed is only how long it waits, and the start was not over.
  if (cutStart(facts, check.killed) !== undefined) return undefined;
  return likelyInvalid(facts, check, {
    title: `The health check of ${check.container?.name ?? 'the container'} fails since it was changed.`,
    explanation: `${earlier.revision}, which runs, has the same image and another check; the check of ${check.task.revision} is ${describeCommand(check.command)}.`,
    at: earlier.definition.at,
  });
}

function likelyInvalid(
  facts: Facts,
  { task, killed, evidence }: Check,
  told: { title: string; explanation: string; at: EvidenceRef },
): Judgement {
  return found({
    verdict: 'likely',
    title: told.title,
    explanation: `${told.explanation} ${counted(killed.length, 'task')} of ${task.revision} ${killed.length === 1 ? 'was' : 'were'} stopped for it.`,
    evidence: [...evidence, told.at],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** Commands that no image can run: words for a shell given to CMD. */
function impossibleCommand(command: readonly string[]): string | undefined {
  const [mode, program = '', ...words] = command;
  if (mode !== 'CMD') return undefined;
  if (/\s/.test(program.trim()) && words.length === 0) return 'its whole command is one word of CMD';
  return words.includes('||') || words.includes('&&') ? 'it needs a shell and has none' : undefined;
}

/** Where a task that failed its own check is seen as a healthy target. */
function targetHealthOf(facts: Facts, killed: readonly TaskFacts[]): EvidenceRef | undefined {
  const addresses = new Set(
    [...killed, ...facts.tasks.filter((one) => one.healthStatus === 'UNHEALTHY')].map((one) => one.address),
  );
  for (const observed of facts.bundle.targetHealth.items) {
    const index = observed.value.targets.findIndex(
      (target) => target.TargetHealth?.State === 'healthy' && addresses.has(target.Target?.Id),
    );
    if (index !== -1) return below(observed, `.TargetHealthDescriptions[${index}].TargetHealth`);
  }
  return undefined;
}

function describeCommand(command: readonly string[]): string {
  const tool = TOOLS.exec(command.join(' '))?.[1];
  if (command.length === 0) return 'not in the task definition that was read';
  return tool === undefined ? 'a command of the image' : `run with ${tool}`;
}
