// A cluster at a glance: of every service how sick it looks by its own counts, deployments and events, and by the stopped tasks that
// are still visible. A glance proves no cause; it says in which order to look. Each service becomes a few short texts, so that the
// answer about thousands of tasks stays small.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../contract/finding.ts';
import { below, type Observed } from './evidence.ts';
import { complaintsOf } from './facts/complaints.ts';
import { completedAtMs, type ServiceFacts, serviceFacts } from './facts/service.ts';
import { stopKindOf } from './facts/tasks.ts';
import { tidy } from './network/peer.ts';
import { counted } from './rules/rule.ts';

/** The more urgent first. */
export const sicknesses = [
  'down', // wants tasks and has none
  'short', // has fewer than it wants
  'failing', // its deployment failed, loses tasks or does not move
  'flapping', // the counts are right, and tasks keep failing
  'unwatched', // the counts are right, and hosts below its tasks report nothing any more
  'complaining', // the scheduler says something is wrong
  'rolling', // a deployment moves on
  'well',
] as const;
export type Sickness = (typeof sicknesses)[number];

export interface ServiceGlance {
  readonly name: string;
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly revision: string;
  readonly rolloutState: string | null;
  readonly sickness: Sickness;
  /** One sentence. */
  readonly because: string;
  readonly evidence: readonly EvidenceRef[];
}

/** The tasks of one owner (a service, or a family when no service started them) that failed lately. */
export interface FailedTasks {
  readonly owner: string;
  readonly isService: boolean;
  readonly count: number;
  /** When they failed, for those of the last quarter of an hour. */
  readonly recentMs: readonly number[];
  readonly newest: {
    readonly task: string;
    readonly reason: string;
    readonly atMs: number;
    readonly at: EvidenceRef;
  };
}

/** Running tasks of a service on hosts whose agent does not report. */
export interface UnwatchedTasks {
  readonly count: number;
  /** One of those hosts. */
  readonly host: Observed<Ecs.ContainerInstance>;
}

const RECENT_MS = 15 * 60_000;
const FLAPPING_TASKS = 2;
const ROLLOUT_PATIENCE_MS = 30 * 60_000;
const REASON_CHARS = 200;

/** True for a service somebody should look at. */
export function isSick({ sickness }: Pick<ServiceGlance, 'sickness'>): boolean {
  return sickness !== 'well' && sickness !== 'rolling';
}

/** The most urgent first; of equals the one that misses the larger share of its tasks. */
export function byUrgency(a: ServiceGlance, b: ServiceGlance): number {
  return (
    sicknesses.indexOf(a.sickness) - sicknesses.indexOf(b.sickness) ||
    a.running / Math.max(1, a.desired) - b.running / Math.max(1, b.desired) ||
    (a.name < b.name ? -1 : 1)
  );
}

/** One service as its own answer shows it, with the failed tasks of it that are still visible. */
export function glanceOf(
  service: Observed<Ecs.Service>,
  { cluster, nowMs, failed }: { cluster: string; nowMs: number; failed: FailedTasks | undefined },
): ServiceGlance {
  const facts = serviceFacts({ service, cluster });
  const { sickness, because, evidence } = judge(facts, nowMs, failed);
  return {
    name: facts.name,
    status: facts.status,
    desired: facts.desired,
    running: facts.running,
    pending: facts.pending,
    revision: facts.primary?.revision ?? '',
    rolloutState: facts.primary?.rolloutState ?? null,
    sickness,
    because,
    evidence,
  };
}

/** A service that seems well, with what is known of the hosts below its tasks. */
export function withUnwatched(glance: ServiceGlance, tasks: UnwatchedTasks | undefined): ServiceGlance {
  if (tasks === undefined || isSick(glance)) return glance;
  const { value } = tasks.host;
  return {
    ...glance,
    sickness: 'unwatched',
    because: `${glance.running} of ${glance.desired} tasks run by what ECS heard last; ${counted(tasks.count, 'task')} of them ${tasks.count === 1 ? 'is' : 'are'} on hosts whose agent is disconnected, such as ${value.ec2InstanceId ?? value.containerInstanceArn ?? ''}.`,
    evidence: [...glance.evidence, below(tasks.host, '.agentConnected')],
  };
}

/** Stopped tasks by owner, leaving out those that were meant to stop; the owner with the newest failure first. */
export function failedByOwner(tasks: readonly Observed<Ecs.Task>[], nowMs: number): FailedTasks[] {
  const owners = new Map<string, FailedTasks>();
  for (const observed of tasks) {
    const { value } = observed;
    if (value.lastStatus !== 'STOPPED' || !hasFailed(value)) continue;
    const service = /^service:(.+)$/.exec(value.group ?? '')?.[1];
    const owner = service ?? value.taskDefinitionArn?.split('/').at(-1)?.replace(/:\d+$/, '') ?? '';
    const atMs = value.stoppedAt?.getTime() ?? 0;
    const reason = tidy(value.stoppedReason ?? value.stopCode ?? 'no reason given', REASON_CHARS);
    const newest = {
      task: value.taskArn?.split('/').at(-1) ?? '',
      reason,
      atMs,
      at: below(observed, '.stoppedReason'),
    };
    const key = `${service === undefined} ${owner}`;
    const before = owners.get(key);
    owners.set(key, {
      owner,
      isService: service !== undefined,
      count: (before?.count ?? 0) + 1,
      recentMs: [...(before?.recentMs ?? []), ...(nowMs - atMs <= RECENT_MS ? [atMs] : [])],
      newest: before === undefined || before.newest.atMs < atMs ? newest : before.newest,
    });
  }
  return [...owners.values()].sort((a, b) => b.newest.atMs - a.newest.atMs);
}

/** A run without a service that ended with 0 did what it was meant to do. */
function hasFailed(task: Ecs.Task): boolean {
  const kind = stopKindOf(task.stopCode ?? '', task.stoppedReason ?? '');
  if (kind === 'scheduled' || kind === 'user') return false;
  const isOfService = task.group?.startsWith('service:') === true;
  const codes = (task.containers ?? []).map((one) => one.exitCode);
  return isOfService || kind !== 'exit' || codes.length === 0 || codes.some((code) => code !== 0);
}

type Judged = Pick<ServiceGlance, 'sickness' | 'because' | 'evidence'>;

function judge(facts: ServiceFacts, nowMs: number, failed: FailedTasks | undefined): Judged {
  const { primary, desired, running, pending } = facts;
  const counts = below(facts.observed, '.runningCount');
  const failing =
    failed === undefined
      ? ''
      : ` ${counted(failed.count, 'task')} failed, the newest with "${failed.newest.reason}".`;
  const refs = failed === undefined ? [counts] : [counts, failed.newest.at];
  const say = (sickness: Sickness, because: string, evidence: readonly EvidenceRef[] = refs): Judged => ({
    sickness,
    because,
    evidence,
  });
  const complaint = complaintsOf(facts, nowMs)[0];
  const told = complaint === undefined ? '' : ` ECS says: "${tidy(complaint.message, REASON_CHARS)}"`;
  const withTold = complaint === undefined ? refs : [...refs, complaint.at];
  const isFresh =
    primary !== undefined &&
    primary.rolloutState === 'IN_PROGRESS' &&
    primary.failedTasks === 0 &&
    nowMs - (primary.createdAtMs ?? 0) < ROLLOUT_PATIENCE_MS;
  const isQuiet = failed === undefined && complaint === undefined;
  if (running < desired && !(isQuiet && (isFresh || pending > 0)))
    return say(
      running === 0 ? 'down' : 'short',
      `${running} of ${desired} tasks run.${failing}${told}`,
      withTold,
    );
  const losing = primary?.rolloutState !== 'COMPLETED' && (primary?.failedTasks ?? 0) > 0;
  if (primary?.rolloutState === 'FAILED' || losing)
    return say('failing', `The deployment of ${primary?.revision ?? ''} loses its tasks.${failing}${told}`, [
      primary?.at ?? counts,
      ...withTold,
    ]);
  if (primary?.rolloutState === 'IN_PROGRESS' && !isFresh)
    return say('failing', `The deployment of ${primary.revision} does not come to an end.${failing}${told}`, [
      primary.at,
      ...withTold,
    ]);
  // What failed before this deployment was completed did not keep it from completing, as the look at one service has it too.
  const completedMs = completedAtMs(facts) ?? 0;
  if ((failed?.recentMs ?? []).filter((atMs) => atMs >= completedMs).length >= FLAPPING_TASKS)
    return say('flapping', `The counts are right, but tasks keep failing.${failing}`);
  if (complaint !== undefined) return say('complaining', told.trim(), withTold);
  if (primary?.rolloutState === 'IN_PROGRESS' || pending > 0)
    return say('rolling', `${running} of ${desired} tasks run; a deployment or a start is in progress.`);
  return say('well', `${running} of ${desired} tasks run.`);
}
