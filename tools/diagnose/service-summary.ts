// The parts of a diagnosis that are not findings: the service in numbers, and its stopped tasks in groups.

import { z } from 'zod';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { oneLine } from '../text-lines.ts';

export const serviceSummary = z.object({
  name: z.string(),
  cluster: z.string(),
  status: z.string(),
  desired: z.number().int(),
  running: z.number().int(),
  pending: z.number().int(),
  launchType: z.string(),
  deployments: z
    .array(
      z.object({
        id: z.string(),
        status: z.string(),
        rolloutState: z.string().nullable(),
        rolloutStateReason: z.string(),
        revision: z.string(),
        desired: z.number().int(),
        running: z.number().int(),
        pending: z.number().int(),
        failedTasks: z.number().int(),
        createdAt: z.string().nullable(),
      }),
    )
    .max(20),
  securityGroups: z.array(z.string()).max(20),
  subnets: z.array(z.string()).max(50),
  targets: z
    .object({ healthy: z.number().int(), unhealthy: z.number().int(), other: z.number().int() })
    .nullable(),
  evidence: z.string(),
});
export type ServiceSummary = z.infer<typeof serviceSummary>;

export const stoppedSummary = z.object({
  reason: z.string(),
  kind: z.string(),
  revision: z.string(),
  count: z.number().int(),
  /** False for tasks that were meant to stop. */
  failed: z.boolean(),
  zones: z.array(z.string()),
  subnets: z.array(z.string()),
  newest: z.object({
    task: z.string(),
    stoppedAt: z.string().nullable(),
    container: z.string().nullable(),
    exitCode: z.number().int().nullable(),
    evidence: z.string(),
  }),
});
export type StoppedSummary = z.infer<typeof stoppedSummary>;

const GROUPS_MAX = 10;

export function summaryOf(facts: Facts): ServiceSummary {
  const { service, bundle } = facts;
  const targets = bundle.targetHealth.items.flatMap(({ value }) => value.targets);
  const inState = (state: string) => targets.filter((target) => target.TargetHealth?.State === state).length;
  return {
    name: service.name,
    cluster: service.cluster,
    status: service.status,
    desired: service.desired,
    running: service.running,
    pending: service.pending,
    launchType: service.launchType,
    deployments: service.deployments.slice(0, 20).map((one) => ({
      id: one.id,
      status: one.status,
      rolloutState: one.rolloutState ?? null,
      rolloutStateReason: oneLine(one.rolloutStateReason),
      revision: one.revision,
      desired: one.desired,
      running: one.running,
      pending: one.pending,
      failedTasks: one.failedTasks,
      createdAt: isoOrNull(one.createdAtMs),
    })),
    securityGroups: service.securityGroups.slice(0, 20),
    subnets: service.subnets.slice(0, 50),
    targets:
      targets.length === 0
        ? null
        : {
            healthy: inState('healthy'),
            unhealthy: inState('unhealthy'),
            other: targets.length - inState('healthy') - inState('unhealthy'),
          },
    evidence: service.observed.at.id,
  };
}

export function stoppedOf(facts: Facts): StoppedSummary[] {
  return facts.stopped.slice(0, GROUPS_MAX).map((group) => ({
    // The words of the newest as AWS wrote them: what groups them has numbers taken out and is no quotation.
    reason: oneLine(group.newest.stoppedReason || group.newest.culprit?.reason || group.reason),
    kind: group.kind,
    revision: group.revision,
    count: group.count,
    failed: group.newest.failed,
    zones: [...group.zones],
    subnets: [...group.subnets],
    newest: {
      task: group.newest.id,
      stoppedAt: isoOrNull(group.newest.stoppedAtMs),
      container: group.newest.culprit?.name ?? null,
      exitCode: group.newest.culprit?.exitCode ?? null,
      evidence: group.newest.observed.at.id,
    },
  }));
}

/** "5 minutes ago", "2 hours ago"; for texts only. */
export function ago(iso: string | null, nowMs: number): string {
  if (iso === null) return 'at an unknown time';
  const minutes = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 60_000));
  if (minutes < 1) return 'less than a minute ago';
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'} ago`;
  return `${Math.round(minutes / 60)} hours ago`;
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
