// Applications that start more slowly than their checks allow: the moment they were ready against grace period, interval and threshold. Both
// ends are measured, the start by ECS and the readiness by the application's log.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { logsOf } from '../facts/last-words.ts';
import { listeningOf } from '../facts/listening.ts';
import { targetTrouble, troubledGroup } from '../facts/target-trouble.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { isOpen } from './balancing.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { graceFix } from './service-fixes.ts';

export const slowStartRules: readonly Rule[] = [
  { class: 'slow-start-grace', needs: ['tasks', 'targets', 'logs', 'service'], judge: slowStart },
];

const SECOND_MS = 1_000;
/** A grace period with this much more than the slowest start that was seen. */
const GRACE_HEADROOM_SECONDS = 60;
const GRACE_STEP_SECONDS = 30;

interface Start {
  readonly task: TaskFacts;
  readonly tookMs: number;
  readonly at: EvidenceRef;
  /** Where it says that it answered a health check afterwards. */
  readonly answered: EvidenceRef | undefined;
}

/** The application was ready only after its checks had given up. */
function slowStart(facts: Facts): Judgement {
  const killed = facts.failed.filter(({ kind }) => kind === 'elb-health' || kind === 'container-health');
  const balanced = killed.some(({ kind }) => kind === 'elb-health');
  if (killed.length === 0 || targetTrouble(facts)?.codes.some((code) => code < 500) === true) return silent;
  if (facts.balancerPaths.some((way) => !isOpen(way))) return silent;
  const starts = killed.flatMap((task) => startOf(facts, task));
  const [slowest] = [...starts].sort((a, b) => b.tookMs - a.tookMs);
  if (slowest === undefined) return silent;
  const allowedMs = balanced ? balancerPatienceMs(facts) : containerPatienceMs(slowest.task);
  if (allowedMs === undefined) return silent;
  const seconds = (ms: number) => Math.round(ms / SECOND_MS);
  if (slowest.tookMs < allowedMs)
    return refuted(
      `The application was ready ${seconds(slowest.tookMs)} s after its start, within the ${seconds(allowedMs)} s it is given.`,
    );
  const wanted =
    Math.ceil((seconds(slowest.tookMs) + GRACE_HEADROOM_SECONDS) / GRACE_STEP_SECONDS) * GRACE_STEP_SECONDS;
  const grace = facts.service.observed.value.healthCheckGracePeriodSeconds ?? 0;
  const answered = slowest.answered !== undefined;
  return found({
    // It answers its check, and only later than the check waits: both moments were measured.
    verdict: answered ? 'proven' : 'likely',
    title: `${facts.service.name} starts more slowly than its health check allows.`,
    explanation: `It was ready ${seconds(slowest.tookMs)} s after its start, and the checks give it ${seconds(allowedMs)} s${balanced ? ` (grace period ${grace} s)` : ' (startPeriod and retries)'}. ${counted(killed.length, 'task')} of ${slowest.task.revision} were stopped.`,
    evidence: [
      slowest.at,
      ...(slowest.answered === undefined ? [] : [slowest.answered]),
      below(slowest.task.observed, '.startedAt'),
      balanced ? below(facts.service.observed, '.healthCheckGracePeriodSeconds') : slowest.task.observed.at,
    ],
    culprits: [balanced ? facts.service.arn : slowest.task.revision],
    fixes: balanced ? graceFix(facts.service, wanted) : [],
  });
}

function startOf(facts: Facts, task: TaskFacts): Start[] {
  if (task.startedAtMs === undefined) return [];
  const ready = listeningOf(facts).findLast(({ taskArn }) => taskArn === task.arn);
  const answer = firstAnswer(facts, task);
  const first = ready ?? answer;
  if (first === undefined) return [];
  const answered = answer !== undefined && answer.atMs >= first.atMs ? answer.at : undefined;
  return [{ task, tookMs: first.atMs - task.startedAtMs, at: first.at, answered }];
}

/** Grace period, then as many checks as make a target unhealthy. */
function balancerPatienceMs(facts: Facts): number | undefined {
  const group = troubledGroup(facts)?.value;
  const grace = facts.service.observed.value.healthCheckGracePeriodSeconds ?? 0;
  const { HealthCheckIntervalSeconds: interval, UnhealthyThresholdCount: threshold } = group ?? {};
  return interval === undefined || threshold === undefined
    ? undefined
    : (grace + interval * threshold) * SECOND_MS;
}

/** Defaults as in the API reference of ECS, HealthCheck: interval 30 s, 3 retries, no start period. */
function containerPatienceMs(task: TaskFacts): number | undefined {
  const check = task.containers.find((one) => one.definition?.value.healthCheck !== undefined)?.definition
    ?.value.healthCheck;
  if (check === undefined) return undefined;
  return ((check.startPeriod ?? 0) + (check.interval ?? 30) * (check.retries ?? 3)) * SECOND_MS;
}

/** A line of an access log about a check that was answered well. */
const ANSWERED =
  /(?:ELB-HealthChecker|health|\/ping|\/status|\/ready|\/live).{0,120}\b(?:2\d\d|OK)\b|\b2\d\d\b.{0,120}ELB-HealthChecker/i;

function firstAnswer(
  facts: Facts,
  task: TaskFacts,
): { readonly atMs: number; readonly at: EvidenceRef } | undefined {
  for (const log of logsOf(facts, task)) {
    const line = log.lines.find(({ text }) => ANSWERED.test(text));
    if (line !== undefined) return { atMs: line.atMs, at: { id: log.evidence, path: line.path } };
  }
  return undefined;
}
