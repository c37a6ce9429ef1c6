// Health checks that ended tasks. A failed check is what is seen at the surface: it becomes the finding only when nothing beneath
// it was found, and then it says what the check asks and what the application answered.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

export const healthRules: readonly Rule[] = [
  { class: 'container-healthcheck-invalid', needs: ['tasks', 'task-definition'], judge: containerCheck },
  { class: 'lb-healthcheck-misconfig', needs: ['tasks', 'targets'], judge: balancerCheck },
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
  const container = task.containers.find((one) => one.definition?.value.healthCheck !== undefined);
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
  const says = facts.bundle.logs.flatMap((log) => log.lines).find((line) => PROBE_MISSING.test(line.text));
  if (passing > 0)
    return refuted(`The same check passes in ${counted(passing, 'task')} of ${task.revision}.`);
  return found({
    ...base,
    verdict: says === undefined ? 'possible' : 'likely',
    title: `${counted(killed.length, 'task')} of ${task.revision} failed the container health check.`,
    explanation: `The check is ${describeCommand(command)}; no cause beneath it was found in the evidence. Either the application does not answer it, or the check cannot succeed.`,
  });
}

function balancerCheck(facts: Facts): Judgement {
  const killed = facts.failed.filter((task) => task.kind === 'elb-health');
  const sick = facts.bundle.targetHealth.items.flatMap((observed) =>
    observed.value.targets.flatMap((target, index) =>
      target.TargetHealth?.State === 'unhealthy'
        ? [{ target, at: below(observed, `.TargetHealthDescriptions[${index}].TargetHealth`) }]
        : [],
    ),
  );
  const task = killed[0];
  if (task === undefined && sick.length === 0) {
    const healthy = facts.bundle.targetHealth.items
      .flatMap(({ value }) => value.targets)
      .filter((target) => target.TargetHealth?.State === 'healthy').length;
    return healthy > 0 && facts.failed.length > 0
      ? refuted(`${counted(healthy, 'target')} of the load balancer ${healthy === 1 ? 'is' : 'are'} healthy.`)
      : silent;
  }
  const reason = sick[0]?.target.TargetHealth;
  const group = facts.bundle.targetGroups.items[0];
  const wants =
    group === undefined
      ? ''
      : `The check asks ${group.value.HealthCheckPath ?? group.value.HealthCheckProtocol ?? ''} for ${group.value.Matcher?.HttpCode ?? 'an answer'}. `;
  const mismatch = reason?.Reason === 'Target.ResponseCodeMismatch';
  return found({
    verdict: mismatch ? 'likely' : 'possible',
    title: mismatch
      ? `The load balancer's health check is answered with another code: ${(reason?.Description ?? '').slice(0, 100)}.`
      : `Tasks fail the load balancer's health check.`,
    explanation: `${wants}${reason?.Reason === undefined ? 'No target is registered any more that could say why.' : `The targets report ${reason.Reason}.`}`,
    evidence: [
      ...(task === undefined ? [] : [below(task.observed, '.stoppedReason')]),
      ...sick.slice(0, 3).map((one) => one.at),
      ...(group === undefined ? [] : [below(group, '.HealthCheckPath')]),
    ],
    culprits: group?.value.TargetGroupArn === undefined ? [] : [group.value.TargetGroupArn],
    symptom: true,
  });
}

function describeCommand(command: readonly string[]): string {
  const tool = TOOLS.exec(command.join(' '))?.[1];
  if (command.length === 0) return 'not in the task definition that was read';
  return tool === undefined ? 'a command of the image' : `run with ${tool}`;
}
