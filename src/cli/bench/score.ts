// What a case's answer is worth, measured on the account itself: the engine runs on with the change and without it.

import type { CauseClass } from '../../contract/finding.ts';
import type { Snapshot, SnapshotService } from '../../contract/snapshot.ts';
import { fastForward } from '../../simulator/fast-forward.ts';
import { connections } from '../../simulator/physics/connections.ts';
import type { BenchCase } from './bench-case.ts';
import type { Inquiry } from './investigate.ts';

export interface Score {
  readonly id: string;
  readonly fault: string | null;
  readonly class: CauseClass;
  /** What was named first, and the class of what was named second and third. */
  readonly got: readonly string[];
  readonly exact: boolean;
  readonly top3: boolean;
  /** Null for a healthy account, which has no culprit. */
  readonly culprit: boolean | null;
  readonly offered: boolean;
  /** Null when nothing was changed. */
  readonly restored: boolean | null;
  readonly minimal: boolean | null;
  /** Healthy services that are worse off than without the change. */
  readonly harm: number;
  readonly unapproved: number;
  /** Something was called wrong on a healthy account. */
  readonly falseAlarm: boolean;
  readonly awsCalls: number;
  readonly stages: number;
  readonly resultTokens: number;
  readonly ms: number;
}

/** How long the engine runs on before the result of a change is looked at. */
const AFTER_MINUTES = 30;
/** A service that lost no task for this long counts as restored. */
const QUIET_MS = 10 * 60_000;

/** Scores one answer; `after` is the account as the product left it. */
export function scoreOf(about: BenchCase, inquiry: Inquiry, after: Snapshot): Score {
  const { truth, fault } = about;
  const classes = inquiry.findings.map((finding) => finding.class);
  const named = inquiry.findings.filter((finding) => finding.class === truth.class);
  const sure = inquiry.findings.filter(({ verdict }) => verdict === 'proven' || verdict === 'likely');
  const healthy = truth.class === 'healthy';
  return {
    id: about.id,
    fault: fault?.name ?? null,
    class: truth.class,
    got: inquiry.findings.slice(0, 3).map((finding) => `${finding.class} (${finding.verdict})`),
    exact: classes[0] === truth.class,
    top3: classes.slice(0, 3).includes(truth.class),
    culprit: healthy ? null : namesCulprit(named, truth.culprits),
    offered: inquiry.findings.some((finding) => finding.fixes.length > 0),
    ...effects(about, inquiry, after),
    unapproved: inquiry.unapproved,
    falseAlarm: healthy && sure.some((finding) => finding.class !== 'healthy'),
    awsCalls: inquiry.awsCalls,
    stages: inquiry.stages,
    resultTokens: inquiry.resultTokens,
    ms: inquiry.ms,
  };
}

function namesCulprit(
  named: readonly { readonly culprits: readonly string[] }[],
  culprits: readonly string[],
): boolean {
  const isSame = (one: string, other: string) =>
    one === other ||
    one.endsWith(`/${other}`) ||
    other.endsWith(`/${one}`) ||
    one.endsWith(`:${other}`) ||
    other.endsWith(`:${one}`);
  return named.some((finding) =>
    finding.culprits.some((id) => culprits.some((culprit) => isSame(id, culprit))),
  );
}

function effects(
  about: BenchCase,
  inquiry: Inquiry,
  after: Snapshot,
): Pick<Score, 'restored' | 'minimal' | 'harm'> {
  if (inquiry.changes.length === 0) return { restored: null, minimal: null, harm: 0 };
  const end = fastForward(after, AFTER_MINUTES);
  const without = fastForward(about.snapshot, AFTER_MINUTES);
  const mine = serviceOf(end, about.service.name);
  return {
    restored: mine !== undefined && isRestored(end, mine),
    minimal: opensNothingElse(about, after),
    harm: end.ecs.services.filter((service) => {
      const before = serviceOf(without, service.serviceName);
      return (
        service.serviceName !== about.service.name &&
        wasWell(serviceOf(about.snapshot, service.serviceName)) &&
        before !== undefined &&
        (service.runningCount ?? 0) < (before.runningCount ?? 0)
      );
    }).length,
  };
}

const serviceOf = (snapshot: Snapshot, name: string): SnapshotService | undefined =>
  snapshot.ecs.services.find((service) => service.serviceName === name);

function isRestored(end: Snapshot, service: SnapshotService): boolean {
  const since = Date.parse(end.takenAt) - QUIET_MS;
  const failed = end.ecs.tasks.filter(
    (task) =>
      task.group === `service:${service.serviceName}` &&
      task.lastStatus === 'STOPPED' &&
      !isReplaced(task, service) &&
      Date.parse(task.stoppedAt ?? '') >= since,
  );
  const deployed = (service.deployments ?? []).every((one) => one.rolloutState === 'COMPLETED');
  return (
    (service.desiredCount ?? 0) > 0 &&
    service.runningCount === service.desiredCount &&
    deployed &&
    failed.length === 0
  );
}

/** Stopped on purpose for the deployment that is there now: that it was done is what shows that the change helped. */
function isReplaced(
  task: { startedBy?: string | undefined; stoppedReason?: string | undefined },
  { deployments = [] }: SnapshotService,
): boolean {
  return (
    /^Scaling activity initiated by/.test(task.stoppedReason ?? '') &&
    !deployments.some((one) => one.id === task.startedBy)
  );
}

/**
 * Whether every connection that the change made possible was possible before the fault, or begins or ends at the service it was for:
 * what others get back that the fault took from them is no side effect.
 */
function opensNothingElse(about: BenchCase, after: Snapshot): boolean {
  const known = new Set([...connections(about.before), ...connections(about.snapshot)].map((one) => one.key));
  return connections(after).every(
    (one) => known.has(one.key) || one.from === about.service.name || one.to === about.service.name,
  );
}

/** Steady when somebody asked, so that it can be harmed: all tasks run and no deployment is under way. */
function wasWell(service: SnapshotService | undefined): boolean {
  return (
    service !== undefined &&
    service.runningCount === service.desiredCount &&
    (service.deployments ?? []).every((one) => one.rolloutState === 'COMPLETED')
  );
}
