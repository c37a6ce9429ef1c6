// Everything the rules judge, made once from the evidence: the service, what failed, what was wanted and which gates are closed.
// Facts carry references into the evidence; rules add words, never new readings.

import type { EvidenceBundle, Gap } from '../evidence.ts';
import { failedAttempts } from './attempts.ts';
import { type BalancerPath, balancerPaths } from './balancer-path.ts';
import { type Block, blocksOf } from './blocks.ts';
import { type Complaint, complaintsOf, failuresTold } from './complaints.ts';
import { type Contest, contestOf } from './contest.ts';
import { isCrashLoop } from './crash-loop.ts';
import { type Dependency, dependenciesOf, type PathQuestion } from './dependencies.ts';
import { type ExecTrouble, execTrouble } from './exec-session.ts';
import { runsOnHosts, waitsForHost } from './further.ts';
import { agentDependencies } from './lost-hosts.ts';
import { isPassed } from './passed-failure.ts';
import { deadlockOf } from './percentages.ts';
import { presentFailures } from './present.ts';
import { type Protected, protectedTasks } from './protection.ts';
import { type RunningTrouble, runningTrouble, withRunningLog } from './running-log.ts';
import { completedAtMs, type ServiceFacts, serviceFacts } from './service.ts';
import { conditionOfTasks } from './standalone.ts';
import { type StartFailure, startFailure } from './start-failure.ts';
import { stepsAhead } from './steps-ahead.ts';
import { type CutShort, cutShortOnPurpose } from './stopping.ts';
import { type StoppedGroup, stoppedGroups, type TaskFacts, taskFacts } from './tasks.ts';
import { emptyGroups, leavesOut } from './unreached.ts';
import { type WeighedAttempt, weighedAttempts } from './weighed-attempts.ts';

/** steady: all is well · rolling: a deployment moves on without failures · troubled: something has to be explained. */
export type Condition = 'steady' | 'rolling' | 'troubled' | 'empty' | 'inactive';

export interface Facts {
  readonly bundle: EvidenceBundle;
  readonly service: ServiceFacts;
  readonly condition: Condition;
  readonly tasks: readonly TaskFacts[];
  /** Failed tasks that belong to the present trouble, newest first. */
  readonly failed: readonly TaskFacts[];
  readonly stopped: readonly StoppedGroup[];
  readonly attempts: readonly WeighedAttempt[];
  readonly starts: readonly StartFailure[];
  /** Steps of those starts that nothing was said about yet. */
  readonly ahead: readonly StartFailure[];
  readonly dependencies: readonly Dependency[];
  readonly blocks: readonly Block[];
  /** What the scheduler complains about and that still stands, newest first. */
  readonly complaints: readonly Complaint[];
  /** Tasks that wait to start for longer than a start takes. */
  readonly stuck: readonly TaskFacts[];
  /** Tasks that were stopped on purpose and had to be killed, newest first. */
  readonly cutShort: readonly CutShort[];
  /** Why sessions cannot be opened in the running tasks, when they ought to. */
  readonly execTrouble: ExecTrouble | undefined;
  /** How scaling and somebody else fight over the desired count. */
  readonly contest: Contest | undefined;
  /** Old tasks that a deployment waits for because they are protected. */
  readonly protectedTasks: readonly Protected[];
  /** The ways from the load balancers to the tasks, for traffic and for health checks. */
  readonly balancerPaths: readonly BalancerPath[];
  /** What only the log of a running task tells; undefined where anything else shows trouble. */
  readonly logged: RunningTrouble | undefined;
  /** All reads that failed; never those nobody asked for, nor those AWS answered with "there is no such thing". */
  readonly gaps: readonly Gap[];
}

/** A stop this recent counts as present trouble even when the numbers look right again. */
const RECENT_MS = 15 * 60_000;
/** One failure can be chance; two within the time above are a pattern. */
const FLAPPING_TASKS = 2;
/** A rollout that has not moved for this long is no longer "in progress". */
const ROLLOUT_PATIENCE_MS = 30 * 60_000;
/** Pulling a large image takes minutes; a task that has waited longer waits for something else. */
const STUCK_MS = 10 * 60_000;
/** A machine boots and its agent registers within this time; a task that has waited for a host longer waits for one that may never come. */
const HOST_WAIT_MS = 5 * 60_000;
const STARTING: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);
/** How far back tasks count that were killed while they stopped. */
const CUT_SHORT_MS = 60 * 60_000;

/** Facts of a bundle; with a question, the way to what is asked about is among the dependencies. */
export function factsOf(seen: EvidenceBundle, question?: PathQuestion): Facts {
  const told = runningTrouble(seen);
  const bundle = told === undefined ? seen : withRunningLog(seen, told);
  const service = serviceFacts(bundle);
  const tasks = taskFacts(bundle, service);
  const failed = presentFailures(tasks, service, bundle.nowMs);
  const complaints = complaintsOf(service, bundle.nowMs);
  const stuck = stuckTasks(tasks, { bundle, service });
  const cut = cutShortOnPurpose(tasks, { nowMs: bundle.nowMs, withinMs: CUT_SHORT_MS });
  const contest = contestOf(bundle);
  const exec = execTrouble(bundle, service, tasks);
  const kept = protectedTasks(bundle, service, tasks);
  const plain =
    bundle.subject === 'tasks'
      ? conditionOfTasks(bundle, tasks, { failed, stuck })
      : conditionOfService(bundle, { service, tasks, failed, complaints, stuck, cut, contest, exec, kept });
  const logged = plain === 'steady' ? told : undefined;
  const condition = logged === undefined ? plain : 'troubled';
  const judged = condition === 'troubled' ? [...failed, ...loggingTasks(tasks, logged)] : [];
  const logs = bundle.logs.filter(
    (log) => judged.some((task) => task.arn === log.taskArn) || isUnhealthyRunning(tasks, log.taskArn),
  );
  const attempts = condition === 'troubled' ? weighedAttempts(failedAttempts(logs), logs, tasks) : [];
  const starts = distinctStarts(judged);
  const running = tasks.filter((task) => !task.stopped);
  const wanted = dependenciesOf({
    bundle,
    service,
    failed: judged,
    attempts,
    starts,
    running,
    ...(question === undefined ? {} : { question }),
  });
  const dependencies = condition === 'troubled' ? [...wanted, ...agentDependencies(bundle)] : wanted;
  return {
    bundle,
    service,
    condition,
    tasks,
    failed,
    stopped: stoppedGroups(tasks),
    attempts,
    starts,
    ahead: stepsAhead(starts),
    dependencies,
    blocks: blocksOf(dependencies, bundle.network),
    complaints,
    stuck,
    cutShort: cut,
    execTrouble: exec,
    contest,
    protectedTasks: kept,
    balancerPaths: condition === 'troubled' ? balancerPaths(bundle, service, tasks) : [],
    logged,
    gaps: gapsOf(bundle),
  };
}

/** A task that runs and logs trouble stands for those that have failed in nothing yet. */
function loggingTasks(tasks: readonly TaskFacts[], logged: RunningTrouble | undefined): TaskFacts[] {
  return tasks.filter(({ arn }) => arn === logged?.log.taskArn);
}

function conditionOfService(
  bundle: EvidenceBundle,
  signs: Omit<Signs, 'bundle'> & Pick<Facts, 'tasks' | 'failed'>,
): Condition {
  const plain = conditionOf(bundle, signs.service, signs);
  return hasHiddenTrouble(plain, { bundle, ...signs }) ? 'troubled' : plain;
}

function conditionOf(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  { tasks, failed }: { tasks: readonly TaskFacts[]; failed: readonly TaskFacts[] },
): Condition {
  if (service.status === 'INACTIVE' || service.status === 'DRAINING') return 'inactive';
  const { primary } = service;
  // What failed before this deployment was completed did not keep it from completing: that story is over.
  const since = Math.max(bundle.nowMs - RECENT_MS, completedAtMs(service) ?? 0);
  const recent = failed.filter((task) => (task.stoppedAtMs ?? 0) >= since);
  const running = tasks.filter((task) => !task.stopped && task.lastStatus === 'RUNNING');
  const sick = running.some((task) => task.healthStatus === 'UNHEALTHY') || unhealthyTargets(bundle) > 0;
  if (service.desired === 0 && service.running === 0) return 'empty';
  const complete =
    primary === undefined || primary.rolloutState === undefined || primary.rolloutState === 'COMPLETED';
  const full =
    service.running >= service.desired && (primary === undefined || primary.running >= primary.desired);
  const unseen = bundle.tasks.gaps.some(({ kind }) => kind !== 'unread');
  if (full && complete && !sick) {
    const looping = isCrashLoop(failed, { service, tasks, nowMs: bundle.nowMs });
    // Where tasks cannot be read, the scheduler's events are what tells of their failures.
    const failures = unseen ? failuresTold(service, since).length : recent.length;
    return looping || failures >= FLAPPING_TASKS ? 'troubled' : 'steady';
  }
  const moving =
    primary !== undefined &&
    primary.rolloutState === 'IN_PROGRESS' &&
    ((primary.failedTasks === 0 && failed.length === 0) ||
      (primary.failedTasks <= 1 && isPassed(failed, tasks))) &&
    bundle.nowMs - (primary.createdAtMs ?? 0) < ROLLOUT_PATIENCE_MS &&
    !sickOfPrimary(tasks);
  // Tasks that are starting without any failure are the scheduler at work, such as after scaling out.
  const filling = complete && !sick && !unseen && failed.length === 0 && service.pending > 0;
  return moving || filling ? 'rolling' : 'troubled';
}

interface Signs {
  readonly bundle: EvidenceBundle;
  readonly service: ServiceFacts;
  readonly tasks: readonly TaskFacts[];
  readonly complaints: readonly Complaint[];
  readonly stuck: readonly TaskFacts[];
  readonly cut: readonly CutShort[];
  readonly contest: Contest | undefined;
  readonly exec: ExecTrouble | undefined;
  readonly kept: readonly Protected[];
}

/** Trouble the numbers do not show: the scheduler complains, tasks hang, nothing routes to them, a deployment cannot move. */
function hasHiddenTrouble(condition: Condition, signs: Signs): boolean {
  const { bundle, service, tasks, complaints, stuck, cut, contest, exec, kept } = signs;
  // Nothing is meant to run, unless somebody asked for tasks and was overruled.
  if (condition === 'empty') return contest?.how === 'overruled';
  if (condition !== 'steady' && condition !== 'rolling') return false;
  if (contest !== undefined || cut.length >= FLAPPING_TASKS || kept.length > 0) return true;
  if (leavesOut(bundle) || emptyGroups(bundle, service, tasks).length > 0) return true;
  // The tasks of a rollout may bring sessions with them; only what stays as it is counts.
  if (condition === 'steady') return exec !== undefined;
  // Health is read from the tasks themselves, and what was said before this deployment is about another one.
  const since = service.primary?.createdAtMs ?? 0;
  const current = complaints.filter(({ kind, atMs }) => kind !== 'unhealthy' && (atMs ?? since) >= since);
  return current.length > 0 || stuck.length > 0 || deadlockOf(service) !== undefined;
}

function stuckTasks(
  tasks: readonly TaskFacts[],
  { bundle, service }: Pick<Facts, 'bundle' | 'service'>,
): TaskFacts[] {
  const ofHosts = runsOnHosts({ service });
  return tasks.filter(
    (task) =>
      !task.stopped &&
      STARTING.has(task.lastStatus) &&
      task.createdAtMs !== undefined &&
      bundle.nowMs - task.createdAtMs >= (ofHosts && waitsForHost(task) ? HOST_WAIT_MS : STUCK_MS),
  );
}

function sickOfPrimary(tasks: readonly TaskFacts[]): boolean {
  return tasks.some((task) => !task.stopped && task.ofPrimary && task.healthStatus === 'UNHEALTHY');
}

function unhealthyTargets(bundle: EvidenceBundle): number {
  return bundle.targetHealth.items
    .flatMap(({ value }) => value.targets)
    .filter((target) => target.TargetHealth?.State === 'unhealthy').length;
}

function isUnhealthyRunning(tasks: readonly TaskFacts[], taskArn: string): boolean {
  return tasks.some((task) => task.arn === taskArn && !task.stopped && task.healthStatus === 'UNHEALTHY');
}

/** One start failure per wording: a hundred tasks that failed alike are judged once. */
function distinctStarts(failed: readonly TaskFacts[]): StartFailure[] {
  const byShape = new Map<string, StartFailure>();
  for (const task of failed) {
    const start = startFailure(task);
    if (start === undefined) continue;
    const key = `${start.phase} ${start.reply} ${start.code} ${start.subject ?? ''}`;
    const known = byShape.get(key);
    byShape.set(key, known === undefined ? start : { ...known, alike: [...known.alike, task] });
  }
  return [...byShape.values()].slice(0, 4);
}

function gapsOf(bundle: EvidenceBundle): Gap[] {
  const { network } = bundle;
  const lists: { readonly gaps: readonly Gap[] }[] = [
    bundle.tasks,
    bundle.taskDefinitions,
    bundle.targetGroups,
    bundle.targetHealth,
    network.subnets,
    network.securityGroups,
    network.routeTables,
    network.networkAcls,
    network.networkInterfaces,
    network.vpcEndpoints,
    network.natGateways,
    network.vpcAttributes,
    network.prefixLists,
    ...(network.databases === undefined ? [] : [network.databases]),
    ...(network.namespaces === undefined ? [] : [network.namespaces]),
    ...Object.values(bundle.balancing ?? {}),
    ...Object.values(bundle.capacity ?? {}),
    ...Object.values(bundle.hosts ?? {}),
    ...Object.values(bundle.scaling ?? {}),
    ...Object.values(bundle.resources ?? {}),
    ...(bundle.requests === undefined ? [] : [bundle.requests]),
    ...(bundle.protections === undefined ? [] : [bundle.protections]),
  ];
  const all = [...lists.flatMap((list) => list.gaps), ...bundle.logGaps].filter(
    (gap) => gap.kind !== 'unread' && gap.kind !== 'not-found',
  );
  return [...new Map(all.map((gap) => [`${gap.missingAction} ${gap.what}`, gap])).values()];
}
