// What the failing tasks needed, and whether the network lets them reach it: the meeting point of logs, environment,
// failed starts and the path solver. Paths are solved from every subnet of the service and of the failed tasks, or from their hosts where
// the packets leave by those.

import type { EvidenceRef, NetworkPath } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import { type SolvedPath, solvePaths } from '../network/path.ts';
import { isOnHost } from './attempts.ts';
import { awsServiceDestination } from './aws-endpoints.ts';
import type { Candidate, ResolveContext } from './candidate.ts';
import { groupDestination, rangeDestination, resolveContext, resolveDestination } from './destinations.ts';
import { narrowed } from './dialled.ts';
import { type NamedDestination, namedDestinations, portByName } from './environment.ts';
import { mountCandidates } from './mount-state.ts';
import type { ServiceFacts } from './service.ts';
import {
  containersLeaveBy,
  hostSources,
  type LeavesBy,
  startLeavesBy,
  subnetsBehind,
  taskSources,
} from './sources.ts';
import type { StartFailure } from './start-failure.ts';
import type { TaskFacts } from './tasks.ts';
import type { WeighedAttempt } from './weighed-attempts.ts';

export interface CandidatePaths {
  readonly candidate: Candidate;
  readonly paths: readonly NetworkPath[];
  readonly solved: readonly SolvedPath[];
}

/** Something a task or its host needed and did not get, with the ways to where it may be. */
export interface Dependency {
  /** asked by a person · attempt: in a log · named by the environment · start: of a task · agent: of a host that ECS has lost. */
  readonly why: 'asked' | 'attempt' | 'named' | 'start' | 'agent';
  readonly leavesBy: LeavesBy;
  readonly host: string | undefined;
  readonly port: number;
  /** What people call it: the destination's name, else host:port. */
  readonly label: string;
  readonly attempt: WeighedAttempt | undefined;
  readonly named: NamedDestination | undefined;
  readonly start: StartFailure | undefined;
  readonly candidates: readonly CandidatePaths[];
  /** Subnets of the tasks that failed with it; empty when not known. */
  readonly failedSubnets: readonly string[];
  readonly evidence: readonly EvidenceRef[];
}

/** A destination somebody asks about; with nothing but `environment`, what the task definition names. */
export interface PathQuestion {
  readonly port?: number;
  readonly host?: string;
  readonly groupId?: string;
  readonly cidr?: string;
}

export interface DependencyInput {
  readonly question?: PathQuestion;
  readonly bundle: EvidenceBundle;
  readonly service: ServiceFacts;
  readonly failed: readonly TaskFacts[];
  readonly attempts: readonly WeighedAttempt[];
  readonly starts: readonly StartFailure[];
  /** Asked about when nothing has failed. */
  readonly running: readonly TaskFacts[];
}

/** More destinations than this are not solved; the newest come first. */
const DEPENDENCIES_MAX = 6;

/** What is asked about, tried, needed for the start, or (when nothing else speaks) named by the environment, in this order. */
export function dependenciesOf(input: DependencyInput): Dependency[] {
  const { bundle, service, failed, question } = input;
  const tasks = failed.length > 0 ? failed : input.running;
  const byContainers = containersLeaveBy(service, tasks);
  if (byContainers === 'task' && service.subnets.length === 0 && !tasks.some(({ subnetId }) => subnetId))
    return [];
  const named = distinctNamed([
    ...failed.slice(0, 3),
    ...(question === undefined ? [] : input.running.slice(0, 1)),
  ]);
  const meansBy = (leavesBy: LeavesBy) => meansOf({ bundle, service, failed, tasks, named, leavesBy });
  const means = meansBy(byContainers);
  const asked = question === undefined ? [] : askedDependency(question, means);
  const tried = input.attempts
    .filter((attempt) => !isOnHost(attempt.host))
    .flatMap((attempt) => attemptDependency(attempt, means));
  const guess = question !== undefined || failed.some((task) => task.kind !== 'start');
  const byEnvironment = tried.length > 0 || !guess ? [] : namedDependencies(means);
  const starts = input.starts.flatMap((start) => startDependency(start, meansBy(startLeavesBy(start))));
  return [...asked, ...tried, ...starts, ...byEnvironment].slice(0, DEPENDENCIES_MAX);
}

function meansOf(
  about: Pick<DependencyInput, 'bundle' | 'service' | 'failed'> &
    Pick<Means, 'named' | 'leavesBy'> & { readonly tasks: readonly TaskFacts[] },
): Means {
  const { bundle, service, failed, tasks, named, leavesBy } = about;
  const sources = leavesBy === 'host' ? hostSources(bundle, tasks) : taskSources(bundle, service, tasks);
  return {
    bundle,
    named,
    failed,
    leavesBy,
    context: resolveContext(bundle, sources[0]?.securityGroups ?? []),
    solve: (candidates) =>
      candidates.map((candidate) => ({
        candidate,
        ...solvePaths(bundle.network, sources, candidate.destination),
      })),
  };
}

function distinctNamed(tasks: readonly TaskFacts[]): NamedDestination[] {
  const all = tasks.flatMap((task) =>
    task.containers.flatMap((one) => (one.definition === undefined ? [] : namedDestinations(one.definition))),
  );
  return [...new Map(all.map((one) => [`${one.host}:${one.port ?? ''}`, one])).values()];
}

/** A question with a port of its own; without one, what the tasks tried or name is the answer. */
function askedDependency(question: PathQuestion, means: Means): Dependency[] {
  const host = question.host?.toLowerCase();
  const port = question.port ?? means.named.find((one) => one.host === host)?.port ?? portByName(host ?? '');
  if (port === undefined) return [];
  // Only the port was said: then the host that the tasks name with it is meant.
  const variable = means.named.find((one) => (host === undefined ? one.port === port : one.host === host));
  const wanted = { host: host ?? ((question.groupId ?? question.cidr) ? undefined : variable?.host), port };
  const found =
    question.groupId !== undefined
      ? groupDestination(question.groupId, wanted, means.context)
      : question.cidr !== undefined
        ? [rangeDestination(question.cidr, wanted)]
        : resolveDestination(wanted, means.context);
  const candidates = means.solve(found);
  return [
    {
      why: 'asked',
      leavesBy: means.leavesBy,
      host: wanted.host,
      port,
      label: labelOf(candidates, wanted.host ?? question.groupId ?? question.cidr ?? 'any destination', port),
      attempt: undefined,
      named: variable,
      start: undefined,
      candidates,
      failedSubnets: failedSubnets(means, means.failed),
      evidence: [],
    },
  ];
}

interface Means {
  readonly bundle: EvidenceBundle;
  readonly named: readonly NamedDestination[];
  readonly failed: readonly TaskFacts[];
  readonly leavesBy: LeavesBy;
  readonly context: ResolveContext;
  readonly solve: (candidates: readonly Candidate[]) => CandidatePaths[];
}

/** A log line without a port takes it from the variable that names the same host. */
function attemptDependency(attempt: WeighedAttempt, means: Means): Dependency[] {
  const variable = means.named.find(
    (one) => one.host === attempt.host && (attempt.port === undefined || one.port === attempt.port),
  );
  const port = attempt.port ?? variable?.port ?? portByName(attempt.host);
  if (port === undefined) return [];
  const resolves =
    attempt.kind !== 'unresolved' &&
    (attempt.kind === 'timeout' || attempt.kind === 'refused' || attempt.kind === 'reset');
  const wanted = {
    host: attempt.host,
    port,
    ...(resolves ? { resolves } : attempt.kind === 'unresolved' ? { resolves: false } : {}),
  };
  const candidates = means.solve(resolveDestination(wanted, means.context));
  const tasks = means.failed.filter((task) => attempt.tasks.includes(task.arn));
  return [
    {
      why: 'attempt',
      leavesBy: means.leavesBy,
      host: attempt.host,
      port,
      label: labelOf(candidates, attempt.host, port),
      attempt,
      named: variable,
      start: undefined,
      candidates,
      failedSubnets: failedSubnets(means, tasks),
      evidence: attempt.evidence,
    },
  ];
}

/** Without readable logs, what the environment names is the best guess at what the task needed. */
function namedDependencies(means: Means): Dependency[] {
  return means.named.flatMap((one) => {
    if (one.port === undefined) return [];
    const candidates = means.solve(resolveDestination({ host: one.host, port: one.port }, means.context));
    return [
      {
        why: 'named' as const,
        leavesBy: means.leavesBy,
        host: one.host,
        port: one.port,
        label: labelOf(candidates, one.host, one.port),
        attempt: undefined,
        named: one,
        start: undefined,
        candidates,
        failedSubnets: failedSubnets(means, means.failed),
        evidence: [one.at],
      },
    ];
  });
}

/** A start that got no answer: the way to each endpoint the step needs. */
function startDependency(start: StartFailure, means: Means): Dependency[] {
  if (start.reply === 'answer') return [];
  const wanted: { label: string; candidates: Candidate[] }[] = start.services.map((service) => ({
    label: service,
    candidates: awsServiceDestination(service, means.context).map((one) => narrowed(one, service, start)),
  }));
  const mounts = mountCandidates(means.bundle, start);
  if (mounts.length > 0) wanted.push({ label: 'EFS', candidates: mounts });
  if (start.host !== undefined)
    wanted.push({
      label: start.host,
      candidates: resolveDestination({ host: start.host, port: 443 }, means.context),
    });
  return wanted.map(({ label, candidates }) => ({
    why: 'start' as const,
    leavesBy: means.leavesBy,
    host: candidates[0]?.destination.host,
    port: candidates[0]?.destination.port ?? 443,
    label,
    attempt: undefined,
    named: undefined,
    start,
    candidates: means.solve(candidates),
    failedSubnets: failedSubnets(means, start.alike),
    evidence: start.evidence,
  }));
}

function labelOf(candidates: readonly CandidatePaths[], host: string, port: number): string {
  const names = new Set(candidates.map((one) => one.candidate.destination.name));
  const [only] = names;
  const exact = candidates.every(
    (one) => one.candidate.foundBy === 'name' || one.candidate.foundBy === 'address',
  );
  return names.size === 1 && only !== undefined && exact ? only : `${host}:${port}`;
}

function failedSubnets({ bundle, leavesBy }: Means, tasks: readonly TaskFacts[]): string[] {
  return subnetsBehind(bundle, tasks, leavesBy);
}
