// Applications that start more slowly than their checks allow: the moment they were ready against grace period, interval and threshold. Both
// ends are measured, the start by ECS and the readiness by the application's log.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { checkedContainer, checkPatienceMs, cutStart } from '../facts/cut-start.ts';
import type { Facts } from '../facts/facts.ts';
import { logsOf } from '../facts/last-words.ts';
import { listeningOf } from '../facts/listening.ts';
import { peakOf } from '../facts/metrics.ts';
import { workingRevision } from '../facts/revisions.ts';
import { targetTrouble, troubledGroup } from '../facts/target-trouble.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { livedMs, placesDiffer, startingLine } from '../facts/unfinished-start.ts';
import { isOpen } from './balancing.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { graceFix, rollbackFix } from './service-fixes.ts';

export const slowStartRules: readonly Rule[] = [
  { class: 'slow-start-grace', needs: ['tasks', 'targets', 'logs', 'service'], judge: slowStart },
];

const SECOND_MS = 1_000;
/** A grace period has at least this much more than the slowest start that was seen. */
const GRACE_HEADROOM_SECONDS = 60;
/**
 * Of a start nobody saw the end of: so many times what it was given. Too much only makes a broken target be noticed later, and too little
 * ends every task once more.
 */
const UNSEEN_FACTOR = 3;
const GRACE_STEP_SECONDS = 30;

/** Processors this busy are what a start waits for (percent). */
const BUSY_PERCENT = 90;
/** Clocks of ECS and of the load balancer differ by a little. */
const SLACK_MS = 10 * SECOND_MS;
/** The scheduler looks at targets every so often. */
const SCHEDULER_MS = 60 * SECOND_MS;
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
  if (slowest === undefined) return cutByOwnCheck(facts, killed) ?? neverReady(facts, killed);
  const allowedMs = balanced
    ? balancerPatienceMs(facts)
    : checkPatienceMs(checkedContainer(slowest.task)?.definition?.value);
  if (allowedMs === undefined) return silent;
  const seconds = (ms: number) => Math.round(ms / SECOND_MS);
  if (slowest.tookMs < allowedMs)
    return refuted(
      `The application was ready ${seconds(slowest.tookMs)} s after its start, within the ${seconds(allowedMs)} s it is given.`,
    );
  const headroom = headroomSeconds(facts);
  const wanted = roundedUp(seconds(slowest.tookMs) + headroom);
  const reckoned = `${wanted} s are the ${seconds(slowest.tookMs)} s of the slowest start that was seen and ${headroom} s for the checks that make a target healthy, ${ROUNDED}.`;
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
    fixes: balanced ? graceFix(facts.service, wanted, reckoned) : [],
  });
}

/** Ended at the end of its patience while it still started: nobody saw how long the start takes, only that it takes longer than it may. */
function neverReady(facts: Facts, killed: readonly TaskFacts[]): Judgement {
  const ended = killed.filter((task) => task.kind === 'elb-health' && endedByPatience(facts, task));
  const [newest] = ended;
  const starting = ended.flatMap((task) => startingLine(facts, task) ?? []);
  const working = newest === undefined ? undefined : workingRevision(facts, newest, mainContainer(newest));
  const healthy = facts.bundle.targetHealth.items.flatMap((observed) =>
    observed.value.targets.flatMap((target, index) =>
      target.TargetHealth?.State === 'healthy'
        ? [below(observed, `.TargetHealthDescriptions[${index}].TargetHealth.State`)]
        : [],
    ),
  );
  const [line] = starting;
  if (newest === undefined || line === undefined || working === undefined || healthy.length === 0)
    return silent;
  if (facts.balancerPaths.length === 0 && !besideReached(facts, ended)) return silent;
  if (placesDiffer(mainContainer(newest)?.definition?.value, working.container)) return silent;
  const peak = peakOf(facts.bundle, 'CPUUtilization');
  const busy = peak !== undefined && peak.value >= BUSY_PERCENT ? peak : undefined;
  const patience = Math.round((balancerPatienceMs(facts) ?? 0) / SECOND_MS);
  const wanted = roundedUp(UNSEEN_FACTOR * patience);
  const { HealthCheckIntervalSeconds: interval = 0, UnhealthyThresholdCount: threshold = 0 } =
    troubledGroup(facts)?.value ?? {};
  const grace = facts.service.observed.value.healthCheckGracePeriodSeconds ?? 0;
  const reckoned = `${wanted} s are ${UNSEEN_FACTOR} times the ${patience} s it has now (grace period ${grace} s, then ${threshold} checks ${interval} s apart), ${ROUNDED}: how long the start takes was not seen.`;
  return found({
    verdict: 'likely',
    title: `${facts.service.name} is still starting when its health check gives up.`,
    explanation: `${counted(ended.length, 'task')} of ${newest.revision} began to start, reported neither an error nor that ${ended.length === 1 ? 'it was' : 'they were'} ready, and ${ended.length === 1 ? 'was' : 'were'} stopped ${Math.round(livedMs(newest) / SECOND_MS)} s after the start (grace period ${grace} s). ${working.revision} answers the same check: ${counted(healthy.length, 'target')} ${healthy.length === 1 ? 'is' : 'are'} healthy. How long the start takes was not seen, since no task lived to its end.${busy === undefined ? '' : ` Their processors were used to ${Math.round(busy.value)} % meanwhile; with more of them the start takes less.`}`,
    evidence: [
      line,
      below(newest.observed, '.startedAt'),
      below(newest.observed, '.stoppingAt'),
      below(facts.service.observed, '.healthCheckGracePeriodSeconds'),
      ...healthy.slice(0, 2),
      ...(busy === undefined ? [] : [busy.at]),
    ],
    culprits: [facts.service.arn],
    fixes: [...graceFix(facts.service, wanted, reckoned), ...rollbackFix(facts)],
  });
}

/** Ended by its own check while it still started, and sooner than the check of the revision that runs would have ended it. */
function cutByOwnCheck(facts: Facts, killed: readonly TaskFacts[]): Judgement | undefined {
  const cut = cutStart(facts, killed);
  if (cut === undefined) return undefined;
  const { task, container, earlier, line, count } = cut;
  const seconds = (ms: number) => Math.round(ms / SECOND_MS);
  return found({
    verdict: 'likely',
    title: `${facts.service.name} is still starting when its container health check gives up.`,
    explanation: `${counted(count, 'task')} of ${task.revision} began to start, reported neither an error nor that ${count === 1 ? 'it was' : 'they were'} ready, and ${count === 1 ? 'was' : 'were'} stopped ${seconds(livedMs(task))} s after the start. The check of container ${container.name} now gives it ${seconds(cut.nowMs)} s (startPeriod and retries); the same check in ${earlier.revision}, which runs, gives ${seconds(cut.beforeMs)} s. How long the start takes was not seen.`,
    evidence: [
      line,
      below(task.observed, '.startedAt'),
      below(task.observed, '.stoppingAt'),
      ...(container.definition === undefined ? [] : [below(container.definition, '.healthCheck')]),
      earlier.definition.at,
    ],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

const ROUNDED = `rounded up to full ${GRACE_STEP_SECONDS} s`;
const roundedUp = (seconds: number) => Math.ceil(seconds / GRACE_STEP_SECONDS) * GRACE_STEP_SECONDS;

/** A target that is ready counts as healthy only after so many good checks, and until then as what it was. */
function headroomSeconds(facts: Facts): number {
  const { HealthCheckIntervalSeconds: interval = 0, HealthyThresholdCount: threshold = 0 } =
    troubledGroup(facts)?.value ?? {};
  return Math.max(GRACE_HEADROOM_SECONDS, interval * threshold + GRACE_STEP_SECONDS);
}

/** The balancer got an answer when it tried to connect, if only a refusal; where the network drops its packets it says that it timed out. */
const CONNECTED = /\(reason Health checks failed\)/i;

/**
 * Behind instances the port of a task is the host's choice, so no way to it can be worked out; but the balancer connected to the tasks and was
 * refused, or it reaches tasks of the revision that works on the very hosts these were on.
 * Reasons as in https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
function besideReached({ bundle, complaints, tasks }: Facts, ended: readonly TaskFacts[]): boolean {
  const connected = complaints.some(({ kind, message }) => kind === 'unhealthy' && CONNECTED.test(message));
  const byInstance = bundle.targetGroups.items.some(({ value }) => value.TargetType === 'instance');
  const states = bundle.targetHealth.items.flatMap(({ value }) =>
    value.targets.map((target) => target.TargetHealth?.State),
  );
  const running = tasks.filter(({ stopped, lastStatus }) => !stopped && lastStatus === 'RUNNING');
  const hosts = new Set(running.flatMap(({ observed }) => observed.value.containerInstanceArn ?? []));
  return (
    byInstance &&
    (connected ||
      (states.filter((state) => state === 'healthy').length >= running.length &&
        ended.every(({ observed }) => hosts.has(observed.value.containerInstanceArn ?? ''))))
  );
}

/** ECS ends a task when its grace is over and its target is unhealthy, which takes as many checks as the threshold. */
function endedByPatience(facts: Facts, task: TaskFacts): boolean {
  const grace = (facts.service.observed.value.healthCheckGracePeriodSeconds ?? 0) * SECOND_MS;
  const patience = balancerPatienceMs(facts);
  const lived = livedMs(task);
  return patience !== undefined && lived >= grace - SLACK_MS && lived <= patience + SCHEDULER_MS;
}

/** The container the load balancer talks to, as far as its ports tell. */
function mainContainer({ containers }: TaskFacts): ContainerFacts | undefined {
  const own = containers.filter(({ definition }) => definition !== undefined);
  return (
    own.find(({ definition }) => (definition?.value.portMappings ?? []).length > 0) ??
    // The order of containers says nothing, so only one that is alone can be meant.
    (own.length === 1 ? own[0] : undefined)
  );
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
