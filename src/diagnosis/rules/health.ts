// Health checks that ended tasks. A failed check is what is seen at the surface: it becomes the finding only when nothing beneath
// it was found, and then it says what the check asks and what the application answered.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { elsewhereBound } from '../facts/listening.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const healthRules: readonly Rule[] = [
  { class: 'container-healthcheck-invalid', needs: ['tasks', 'task-definition'], judge: containerCheck },
];

const TOOLS = /\b(curl|wget|nc|grpc_health_probe|httpie|bash|python3?|node)\b/;
/** What a shell says when the probe's own tool is not in the image. */
const PROBE_MISSING =
  /(?:curl|wget|nc|grpc_health_probe): (?:command )?not found|exec: "?(?:curl|wget)"?: executable file not found/i;

/** The same revision passing elsewhere refutes the check itself. */
function containerCheck(facts: Facts): Judgement {
  const killed = facts.failed.filter((task) => task.kind === 'container-health');
  const task = killed[0];
  if (task === undefined) {
    const running = facts.tasks.filter((one) => !one.stopped && one.healthStatus === 'HEALTHY').length;
    return running > 0 && facts.failed.length > 0
      ? refuted(
          `${counted(running, 'running task')} pass${running === 1 ? 'es' : ''} the container health check.`,
        )
      : silent;
  }
  const passing = facts.tasks.filter(
    (one) => !one.stopped && one.revision === task.revision && one.healthStatus === 'HEALTHY',
  ).length;
  const sick = task.containers.filter((one) => one.healthStatus === 'UNHEALTHY');
  // A container that AWS added has a check of AWS's own.
  if (sick.length > 0 && sick.every((one) => one.injected)) return silent;
  const checked = task.containers.filter((one) => one.definition?.value.healthCheck !== undefined);
  const container =
    checked.find((one) => sick.includes(one)) ?? checked.find((one) => one.essential) ?? checked[0];
  const command = container?.definition?.value.healthCheck?.command ?? [];
  const [mode] = command;
  const evidence = [
    below(task.observed, '.stoppedReason'),
    ...(container?.definition === undefined ? [] : [below(container.definition, '.healthCheck')]),
  ];
  const base = {
    evidence,
    culprits: [task.revision],
    symptom: true,
  };
  if (mode !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(mode)) {
    return found({
      ...base,
      verdict: 'proven',
      symptom: false,
      title: `The health check of ${container?.name ?? 'the container'} cannot run: its command does not begin with CMD or CMD-SHELL.`,
      explanation: `ECS needs CMD or CMD-SHELL as the first word of a health check command. ${counted(killed.length, 'task')} of ${task.revision} were stopped for failing it.`,
    });
  }
  const cannotRun = impossibleCommand(command);
  if (cannotRun !== undefined)
    return found({
      ...base,
      verdict: 'proven',
      symptom: false,
      title: `The health check of ${container?.name ?? 'the container'} cannot succeed: ${cannotRun}.`,
      explanation: `CMD runs its words as they are, without a shell. ${counted(killed.length, 'task')} of ${task.revision} were stopped for failing it.`,
      fixes: rollbackFix(facts),
    });
  const says = facts.bundle.logs.flatMap((log) => log.lines).find((line) => PROBE_MISSING.test(line.text));
  if (passing > 0)
    return refuted(`The same check passes in ${counted(passing, 'task')} of ${task.revision}.`);
  const served = targetHealthOf(facts, killed);
  if (says === undefined && served !== undefined && elsewhereBound(facts) === undefined)
    return found({
      ...base,
      verdict: 'likely',
      symptom: false,
      title: `The health check of ${container?.name ?? 'the container'} fails although the load balancer gets its answers.`,
      explanation: `The same tasks are healthy targets, so the application answers; what fails is the check itself, which is ${describeCommand(command)}.`,
      evidence: [...evidence, served],
      fixes: rollbackFix(facts),
    });
  if (says !== undefined) Object.assign(base, { symptom: false, fixes: rollbackFix(facts) });
  return found({
    ...base,
    verdict: says === undefined ? 'possible' : 'likely',
    title: `${counted(killed.length, 'task')} of ${task.revision} failed the container health check.`,
    explanation: `The check is ${describeCommand(command)}; no cause beneath it was found in the evidence. Either the application does not answer it, or the check cannot succeed.`,
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
