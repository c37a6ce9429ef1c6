// What the load balancers say about the tasks: unhealthy targets with AWS's reason for it, the codes that came back, and the tasks that
// were stopped for it. The reason is state while the target is registered; afterwards only an event still tells it.

import type { TargetGroup, TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import type { Facts } from './facts.ts';
import { complaintOf } from './further.ts';
import type { TaskFacts } from './tasks.ts';

export interface TargetTrouble {
  readonly killed: readonly TaskFacts[];
  readonly sick: readonly { readonly health: TargetHealth; readonly id: string; readonly at: EvidenceRef }[];
  readonly unused: readonly {
    readonly health: TargetHealth;
    readonly id: string;
    readonly at: EvidenceRef;
  }[];
  readonly healthy: number;
  /** HTTP codes that came back instead of the expected ones, and whether a target's state says so. */
  readonly codes: readonly number[];
  readonly codesSeen: boolean;
  readonly event: EvidenceRef | undefined;
}

/** Undefined when no load balancer has anything against the tasks. */
export function targetTrouble(facts: Facts): TargetTrouble | undefined {
  const all = facts.bundle.targetHealth.items.flatMap((observed) =>
    observed.value.targets.map((target, index) => ({
      health: target.TargetHealth ?? {},
      id: target.Target?.Id ?? '',
      at: below(observed, `.TargetHealthDescriptions[${index}].TargetHealth`),
    })),
  );
  const sick = all.filter(({ health }) => health.State === 'unhealthy');
  const unused = all.filter(({ health }) => health.State === 'unused');
  const killed = facts.failed.filter((task) => task.kind === 'elb-health');
  const event = complaintOf(facts, 'unhealthy');
  if (sick.length === 0 && unused.length === 0 && killed.length === 0 && event === undefined)
    return undefined;
  const stated = sick.flatMap(({ health }) => codesIn(health.Description ?? ''));
  const told = [event?.message ?? '', ...killed.slice(0, 5).map((task) => task.stoppedReason)].flatMap(
    codesIn,
  );
  return {
    killed,
    sick,
    unused,
    healthy: all.filter(({ health }) => health.State === 'healthy').length,
    codes: [...new Set(stated.length > 0 ? stated : told)],
    codesSeen: stated.length > 0,
    event: event?.at,
  };
}

function codesIn(text: string): number[] {
  const list = /codes?:? ?\[([\d, ]{3,60})\]/i.exec(text)?.[1];
  return list === undefined ? [] : list.split(',').map((one) => Number(one.trim()));
}

/** The target group the trouble is about: the one AWS names or whose targets are sick, else the first. */
export function troubledGroup(facts: Facts): Observed<TargetGroup> | undefined {
  const { items } = facts.bundle.targetGroups;
  const sick = new Set(
    facts.bundle.targetHealth.items
      .filter(({ value }) => value.targets.some(({ TargetHealth }) => TargetHealth?.State === 'unhealthy'))
      .map(({ value }) => value.targetGroupArn),
  );
  const named = facts.failed.map(({ stoppedReason }) => stoppedReason);
  return (
    items.find(({ value }) => named.some((reason) => reason.includes(value.TargetGroupArn ?? ' '))) ??
    items.find(({ value }) => sick.has(value.TargetGroupArn ?? '')) ??
    items[0]
  );
}
