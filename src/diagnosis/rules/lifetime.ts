// How tasks begin and end among their containers: a dependency that never came up, a stop that took longer than it may. Exit codes, health
// and times are ECS's own and prove; without the task definition nothing is known about dependencies.

import type * as Ecs from '@aws-sdk/client-ecs';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { lastWords, logsOf } from '../facts/last-words.ts';
import { cutShort, stillDraining } from '../facts/stopping.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const lifetimeRules: readonly Rule[] = [
  { class: 'container-dependency-failed', needs: ['tasks', 'task-definition'], judge: dependency },
  { class: 'graceful-shutdown-gap', needs: ['tasks', 'task-definition'], judge: hardStop },
];

/** The agent's words for a container whose dependencies could not be met. */
const NEVER_STARTED =
  /dependency graph|container ordering dependency|dependent container|(?:container|task) dependency\b.{0,80}(?:did not|not|never|failed)/i;

/** The same in the reason of a task, where other dependencies are spoken of too (those of a mount helper, of a program). */
const OF_CONTAINERS = /dependency graph|container ordering dependency|depends ?on|dependent container/i;

interface Unmet {
  readonly task: TaskFacts;
  readonly waiting: ContainerFacts;
  readonly awaited: ContainerFacts;
  readonly condition: Ecs.ContainerCondition;
  readonly how: string;
}

/** A container waited for another that failed, so it never ran. */
function dependency(facts: Facts): Judgement {
  const hits = [...facts.failed, ...facts.stuck].flatMap((task) => unmetOf(task) ?? []);
  const [first] = hits;
  if (first === undefined) {
    return toldOnly(facts);
  }
  const { waiting, awaited, condition, how, task } = first;
  const said = hits.map((hit) => lastWords(logsOf(facts, hit.task, hit.awaited.name))).find(isThere);
  return found({
    verdict: 'proven',
    title: `Container ${waiting.name} never starts: it waits for ${awaited.name}, which ${how}.`,
    explanation: `${waiting.name} depends on ${awaited.name} with the condition ${condition}. It is so in ${counted(hits.length, 'task')} of ${task.revision}; ${said === undefined ? `what ails ${awaited.name} is in its own log.` : `the log of ${awaited.name} says "${said.text}".`}`,
    evidence: [
      below(awaited.observed, condition === 'HEALTHY' ? '.healthStatus' : '.exitCode'),
      ...(waiting.definition === undefined ? [] : [below(waiting.definition, '.dependsOn')]),
      waiting.observed.at,
      ...(said === undefined ? [] : [said.at]),
    ],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

function isThere<T>(one: T | undefined): one is T {
  return one !== undefined;
}

/** Only the words say so: the definition was not seen, or names no such dependency. */
function toldOnly(facts: Facts): Judgement {
  for (const task of facts.failed) {
    const container = task.containers.find(({ reason }) => NEVER_STARTED.test(reason));
    const text = container?.reason ?? task.stoppedReason;
    if (container === undefined && !OF_CONTAINERS.test(text)) continue;
    return found({
      verdict: 'likely',
      title: `A container of ${facts.service.name} waits for another that does not come up.`,
      explanation: `ECS says: "${text.slice(0, 240)}"`,
      evidence: [
        container === undefined
          ? below(task.observed, '.stoppedReason')
          : below(container.observed, '.reason'),
      ],
      culprits: [task.revision],
    });
  }
  return silent;
}

function unmetOf(task: TaskFacts): Unmet | undefined {
  for (const waiting of task.containers) {
    // A container that has run has had its dependencies met; the agent gives one that never did an exit code all the same.
    const ran = waiting.exitCode !== undefined && !NEVER_STARTED.test(waiting.reason);
    if (ran || waiting.observed.value.lastStatus === 'RUNNING') continue;
    for (const { containerName, condition } of waiting.definition?.value.dependsOn ?? []) {
      const awaited = task.containers.find(({ name }) => name === containerName);
      const how =
        awaited === undefined || condition === undefined ? undefined : failureOf(awaited, condition);
      if (awaited !== undefined && condition !== undefined && how !== undefined)
        return { task, waiting, awaited, condition, how };
    }
  }
  return undefined;
}

function failureOf(awaited: ContainerFacts, condition: Ecs.ContainerCondition): string | undefined {
  const { exitCode, healthStatus } = awaited;
  if (condition === 'SUCCESS' && exitCode !== undefined && exitCode !== 0) return `exited with ${exitCode}`;
  if (condition === 'HEALTHY' && healthStatus === 'UNHEALTHY') return 'is unhealthy';
  // The agent goes by the task definition alone, whatever check the image brings: API reference, ContainerDependency.
  const { definition } = awaited;
  if (condition === 'HEALTHY' && definition !== undefined && definition.value.healthCheck === undefined)
    return 'has no health check in the task definition and so never counts as healthy';
  if (condition === 'HEALTHY' && exitCode !== undefined)
    return `exited with ${exitCode} before it was healthy`;
  return undefined;
}

/** Containers that still ran when their stop time-out was over. */
function hardStop(facts: Facts): Judgement {
  const onPurpose = facts.cutShort;
  const ended = facts.failed.filter(({ kind }) => kind === 'exit').flatMap((task) => cutShort(task) ?? []);
  const [first] = [...onPurpose, ...ended];
  if (first === undefined) {
    const drain = longDrain(facts);
    if (drain !== undefined) return drain;
    const stopped = facts.tasks.filter(({ kind, stopped }) => stopped && kind === 'scheduled');
    return stopped.length > 0 && facts.failed.length > 0
      ? refuted('Tasks that were stopped on purpose ended in time.')
      : silent;
  }
  const count = onPurpose.length + ended.length;
  const { container, task, waitedMs, timeoutSeconds } = first;
  const [drains] = [...(facts.bundle.draining?.items ?? [])].sort(
    (a, b) => b.value.seconds - a.value.seconds,
  );
  return found({
    // The stop was meant, and code and moments are ECS's own; of a task that ended by itself only the times agree.
    verdict: onPurpose.length > 0 && container.definition !== undefined ? 'proven' : 'likely',
    symptom: true,
    title: `Container ${container.name} does not stop when it is asked to and is killed.`,
    explanation: `After SIGTERM it ran on for ${Math.round(waitedMs / 1_000)} s, its stop time-out of ${timeoutSeconds} s passed, and ECS killed it (exit code 137, without an out-of-memory reason). It was so in ${counted(count, 'task')} of ${task.revision}; ${drains === undefined ? 'what it was serving was cut off.' : drainSentence(drains.value.seconds, timeoutSeconds)} Handle SIGTERM in the program itself (a shell as first process does not pass it on), or raise stopTimeout; Fargate allows up to 120 s.`,
    evidence: [
      below(container.observed, '.exitCode'),
      below(task.observed, '.stoppingAt'),
      below(task.observed, '.stoppedAt'),
      ...(container.definition === undefined ? [] : [below(container.definition, '.stopTimeout')]),
      ...(drains === undefined ? [] : [drains.at]),
    ],
    culprits: [task.revision],
    cannotVerify: (facts.bundle.draining?.gaps ?? []).map(({ what, missingAction }) => ({
      what,
      missingAction,
    })),
  });
}

/** Old tasks of a deployment whose new ones all run: their targets drain for as long as the target group was told to. */
function longDrain(facts: Facts): Judgement | undefined {
  const { service, bundle } = facts;
  const waiting = stillDraining(facts.tasks, bundle.nowMs).filter(({ task }) => !task.ofPrimary);
  const [longest] = waiting;
  const targets = bundle.targetHealth.items.flatMap((observed) =>
    observed.value.targets.map((target, index) => ({
      arn: observed.value.targetGroupArn,
      id: target.Target?.Id,
      state: target.TargetHealth?.State,
      at: below(observed, `.TargetHealthDescriptions[${index}].TargetHealth.State`),
    })),
  );
  const draining = targets.filter(({ state }) => state === 'draining');
  const delay = bundle.draining?.items.find(({ value }) =>
    draining.some(({ arn }) => arn === value.targetGroupArn),
  );
  const healthy = targets.filter(
    ({ arn, state }) => state === 'healthy' && arn === delay?.value.targetGroupArn,
  );
  const desired = service.primary?.desired ?? 0;
  if (longest === undefined || delay === undefined || desired === 0) return undefined;
  if ((service.primary?.running ?? 0) < desired || healthy.length < desired) return undefined;
  if (longest.forMs > delay.value.seconds * 1_000 + DRAIN_SLACK_MS) return undefined;
  const minutes = (ms: number) => counted(Math.round(ms / 60_000), 'minute');
  return found({
    verdict: 'proven',
    title: `The deployment of ${service.name} waits for its old targets to drain, which takes up to ${minutes(delay.value.seconds * 1_000)}.`,
    explanation: `Its ${counted(healthy.length, 'new target')} ${healthy.length === 1 ? 'is' : 'are'} healthy, and ${counted(waiting.length, 'task')} of ${longest.task.revision} ${waiting.length === 1 ? 'has' : 'have'} been stopping for ${minutes(longest.forMs)}: the target group keeps a target for ${delay.value.seconds} s after it is taken out (deregistration_delay.timeout_seconds) as long as connections to it are open, and ECS ends the task only then. The deployment goes on by itself; lower the delay to the time the longest request takes.`,
    evidence: [
      delay.at,
      below(longest.task.observed, '.stoppingAt'),
      below(longest.task.observed, '.lastStatus'),
      ...draining.slice(0, 2).map(({ at }) => at),
      ...healthy.slice(0, 2).map(({ at }) => at),
    ],
    culprits: [delay.value.targetGroupArn],
  });
}

/** The scheduler looks at a drained target a little later. */
const DRAIN_SLACK_MS = 2 * 60_000;

/**
 * What was lost, by the two times together: ECS takes the target out first, and asks the task to stop when it has drained.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
 */
function drainSentence(drainSeconds: number, timeoutSeconds: number): string {
  const whole = `one stop takes up to ${drainSeconds + timeoutSeconds} s`;
  return drainSeconds === 0
    ? `its target group does not drain at all (deregistration delay 0 s), so requests under way were cut off at once.`
    : `its target group had drained for up to ${drainSeconds} s before that, so what was cut off had run for longer; ${whole}.`;
}
