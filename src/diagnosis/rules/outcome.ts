// The two verdicts that are not causes: nothing is wrong, and the evidence does not say what is.

import type { Finding } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { failuresTold } from '../facts/complaints.ts';
import { setByScaling, unmet } from '../facts/contest.ts';
import type { Facts } from '../facts/facts.ts';
import { lastWords, logsOf } from '../facts/last-words.ts';
import { rollbackOf, rollbackSentence } from '../facts/rollback.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { rolling } from './rolling.ts';
import type { Found } from './rule.ts';
import { counted, distinctRefs } from './rule.ts';
import { tasksWellness, unknownTitle } from './task-outcome.ts';

const REASONS_MAX = 2;

/** The finding for a service in which nothing has to be explained; undefined when something has. */
export function wellness(facts: Facts): Found | undefined {
  if (facts.bundle.subject === 'tasks') return tasksWellness(facts);
  const { service, condition } = facts;
  const counts = `${service.running} of ${service.desired} tasks are running`;
  const evidence = [
    below(service.observed, '.runningCount'),
    ...(service.primary === undefined ? [] : [service.primary.at]),
  ];
  const older = facts.failed.length;
  const past =
    older > 0
      ? ` ${counted(older, 'task')} failed earlier and ${older === 1 ? 'was' : 'were'} replaced.`
      : '';
  const back = rollbackOf(facts);
  const told = back === undefined ? '' : ` ${rollbackSentence(back)}`;
  switch (condition) {
    case 'steady':
      return {
        verdict: 'proven',
        title: `${service.name} is healthy: ${counts}${back === undefined ? '' : ', after a deployment was rolled back'}.`,
        explanation: `The deployment of ${service.primary?.revision ?? 'its revision'} is ${service.primary?.rolloutState ?? 'in place'}.${back === undefined ? past : told}${unheard(facts)}`,
        evidence: distinctRefs([...evidence, ...(back?.evidence ?? [])]),
      };
    case 'rolling':
      return rolling(facts, { counts, evidence, told, back });
    case 'empty':
      return scaledToZero(facts);
    default:
      return undefined;
  }
}

/** What a program only logs shows nowhere else. */
function unheard({ bundle }: Facts): string {
  return bundle.runningLogs === undefined
    ? ' No log of its tasks was read, so errors that they only log would not show here.'
    : '';
}

/** No task is wanted now; whether that is meant is in doubt where somebody asked for some and nothing shows who took it back. */
function scaledToZero({ service, bundle }: Facts): Found {
  const evidence = [below(service.observed, '.desiredCount')];
  const asked = unmet(bundle);
  if (asked === undefined || setByScaling(bundle, asked.atMs))
    return {
      verdict: 'proven',
      title: `${service.name} is scaled to zero.`,
      explanation: `Its desired count is 0${asked === undefined ? '' : ', as scaling set it'}, so no task runs, and none is meant to.`,
      evidence,
    };
  const at = new Date(asked.atMs).toISOString().slice(0, 16).replace('T', ' ');
  return {
    verdict: 'likely',
    title: `${service.name} is scaled to zero, though ${asked.who} asked for ${counted(asked.desiredCount, 'task')} at ${at} UTC.`,
    explanation:
      'Its desired count is 0, so no task runs. No record that was read says who set it to 0 after that request; records come minutes late.',
    evidence: [...evidence, asked.at],
  };
}

/** The finding when no cause can be named: what was seen, what is open, what could not be read. */
export function notKnown(facts: Facts): Found & { readonly cannotVerify: Finding['cannotVerify'] } {
  const { service, failed } = facts;
  const newest = failed[0];
  const waiting = facts.tasks.filter((task) => !task.stopped && STARTING.has(task.lastStatus));
  const noneVisible = newest === undefined && waiting.length === 0 && facts.bundle.tasks.gaps.length === 0;
  const said = newest === undefined ? undefined : lastWords(logsOf(facts, newest));
  const reasons = newest === undefined ? [] : ownReasons(newest);
  const parts = [
    ...(newest === undefined
      ? noneVisible
        ? [
            hasEnded(facts)
              ? 'No stopped task is visible any more: AWS shows them for about an hour.'
              : 'No task of it is known to have stopped of late.',
          ]
        : facts.bundle.tasks.gaps.length > 0
          ? ['The stopped tasks could not be read.']
          : []
      : [
          `${counted(failed.length, 'task')} failed, the newest with "${(newest.stoppedReason || newest.stopCode).slice(0, 160)}".`,
          ...reasons.map(({ name, reason }) => `Of its container ${name} AWS says: "${tidy(reason, 300)}".`),
        ]),
    ...(said === undefined ? [] : [`The log of its container ${said.container} ends with "${said.text}".`]),
    ...waitingText(waiting, facts.bundle.nowMs),
    ...complaintText(facts),
    ...openPaths(facts),
  ];
  const title =
    facts.bundle.subject === 'tasks'
      ? unknownTitle(facts)
      : service.status === 'ACTIVE' || service.status === 'UNKNOWN'
        ? `${service.name} runs ${service.running} of ${service.desired} tasks${lost(facts)}; the evidence does not say why.`
        : `${service.name} is ${service.status}.`;
  return {
    verdict: 'unknown',
    title,
    explanation: parts.join(' '),
    evidence: distinctRefs([
      below(service.observed, '.runningCount'),
      ...(newest === undefined ? [] : [below(newest.observed, '.stoppedReason')]),
      ...reasons.map(({ observed }) => below(observed, '.reason')),
      ...(said === undefined ? [] : [said.at]),
      ...waiting.slice(0, 2).map(({ observed }) => below(observed, '.lastStatus')),
      ...facts.dependencies.flatMap((one) => one.evidence),
    ]),
    paths: facts.dependencies
      .flatMap((one) => one.candidates.flatMap((candidate) => candidate.paths))
      .slice(0, 4),
    cannotVerify: facts.gaps.map(({ what, missingAction }) => ({ what, missingAction })),
  };
}

/** ECS's events about tasks that ended, for whatever reason. */
const ENDED = /has stopped \d+ running tasks?|has begun draining connections/i;

/** True when something says that tasks of the service ended of late, though none of them is visible. */
function hasEnded({ service, bundle }: Facts): boolean {
  const since = bundle.nowMs - ENDED_MS;
  return (
    (service.primary?.failedTasks ?? 0) > 0 ||
    failuresTold(service, since).length > 0 ||
    service.events.some(({ atMs, message }) => (atMs ?? 0) >= since && ENDED.test(message))
  );
}

/** Longer ago than this, whatever ended belongs to another story. */
const ENDED_MS = 24 * 3_600_000;

/** What is said of the containers and not of the task, which often has only "Task failed to start". */
function ownReasons({ containers, stoppedReason }: TaskFacts) {
  return containers
    .filter(({ reason }) => reason !== '' && !stoppedReason.includes(reason))
    .slice(0, REASONS_MAX);
}

/** With all its tasks there, the count alone would not say what there is to explain. */
function lost({ service, failed }: Facts): string {
  return service.running < service.desired || failed.length === 0
    ? ''
    : `, and ${counted(failed.length, 'task')} failed`;
}

const STARTING: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** Tasks that are there and have not started, with what they are waiting in. */
function waitingText(waiting: readonly TaskFacts[], nowMs: number): string[] {
  const [longest] = [...waiting].sort((a, b) => (a.createdAtMs ?? nowMs) - (b.createdAtMs ?? nowMs));
  if (longest === undefined) return [];
  const minutes = Math.round((nowMs - (longest.createdAtMs ?? nowMs)) / 60_000);
  const provider = longest.observed.value.capacityProviderName;
  const host = longest.observed.value.containerInstanceArn?.split('/').at(-1);
  const where =
    host !== undefined
      ? ` on host ${host}`
      : provider === undefined
        ? ''
        : ` at capacity provider ${provider}`;
  return [
    `${counted(waiting.length, 'task')} ${waiting.length === 1 ? 'waits to start,' : 'wait to start, one of them'} ${longest.lastStatus}${where} for ${counted(minutes, 'minute')}.`,
  ];
}

/** How long what the scheduler said of failed tasks is worth repeating. */
const TOLD_MS = 3_600_000;

/** What the scheduler itself says about it, when nothing failed that says more. */
function complaintText({ failed, complaints, service, bundle }: Facts): string[] {
  const [newest] = [...complaints, ...failuresTold(service, bundle.nowMs - TOLD_MS)];
  return failed.length > 0 || newest === undefined
    ? []
    : [`The scheduler says: "${newest.message.slice(0, 240)}"`];
}

function openPaths(facts: Facts): string[] {
  const met = facts.dependencies.filter(({ attempt }) => attempt?.bearing !== 'aside');
  return met.slice(0, 2).flatMap((dependency) => {
    const paths = dependency.candidates.flatMap((one) => one.paths);
    const place = `${dependency.host ?? dependency.label}:${dependency.port}`;
    if (paths.length > 0 && paths.every((path) => path.verdict === 'reachable')) {
      const refused = dependency.attempt?.kind === 'refused';
      return refused
        ? [
            `The network path to ${place} is open and the connection is refused, so nothing listens there or it turns the task away.`,
          ]
        : [`The network path to ${place} is open, so its failure comes from elsewhere.`];
    }
    const [open] = paths
      .filter(({ verdict }) => verdict === 'unknown')
      .map(({ hops }) => hops.find(({ verdict }) => verdict === 'unknown')?.because ?? '');
    return open === undefined
      ? []
      : [
          `Whether the network lets tasks reach ${place} could not be decided${open === '' ? '.' : `: ${open}`}`,
        ];
  });
}
