// Every fault of the catalogue shows: the engine makes a healthy service sick, and nothing else in the account.

import { describe, expect, it } from 'vitest';
import { madeUpAccount } from '../../src/simulator/accounts/made-up-account.ts';
import { seededRandom } from '../../src/simulator/accounts/random.ts';
import { fastForward } from '../../src/simulator/fast-forward.ts';
import { faults } from '../../src/simulator/faults/catalogue.ts';
import type { Fault } from '../../src/simulator/faults/fault.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');

function inject(fault: Fault, first: number) {
  for (let index = first; index < first + 200; index++) {
    const seed = `${fault.name}-${index}`;
    const { plan, snapshot } = madeUpAccount(seed, { nowMs: NOW_MS });
    const service = plan.services[0];
    if (service === undefined || !fault.fits(plan, service)) continue;
    let culprits: readonly string[] = [];
    const { again } = fault;
    const random = seededRandom(seed);
    const later = fastForward(snapshot, fault.minutes ?? 20, {
      first: (account) => {
        culprits = fault.inject({ account, plan, service, random });
      },
      again: again && { ...again, change: (account) => again.act({ account, plan, service, random }) },
    });
    return { plan, service, later, culprits };
  }
  throw new Error(`no account fits ${fault.name}`);
}

/** What shows of a trouble that leaves the service as it was: refused requests, invocations that failed, tasks that had to be killed. */
function tracesOf(later: ReturnType<typeof inject>['later']): unknown[] {
  return [
    ...later.cloudtrail.events.filter((event) => event.CloudTrailEvent?.errorCode !== undefined),
    ...later.cloudwatch.metrics.filter((metric) => metric.MetricName === 'FailedInvocations'),
    ...later.applicationAutoscaling.ScalingActivities.slice(1),
    ...later.ecs.tasks.filter((task) => task.containers?.some((container) => container.exitCode === 137)),
  ];
}

describe.each(faults)('$name', (fault) => {
  it.each([0, 100])('makes its service sick and leaves the others alone (from seed %i)', (first) => {
    const { plan, service, later, culprits } = inject(fault, first);
    expect(culprits.filter((id) => id !== '').length).toBeGreaterThan(0);
    const failed = later.ecs.tasks.filter(
      (task) => task.group === `service:${service.name}` && task.stopCode,
    );
    const sick = later.ecs.services.find((one) => one.serviceName === service.name);
    if (fault.runsOn === true) {
      expect(sick?.runningCount).toBe(sick?.desiredCount);
      expect(tracesOf(later), 'nothing tells that anything failed').not.toEqual([]);
      return;
    }
    const settled =
      sick?.status === 'ACTIVE' &&
      sick?.runningCount === sick?.desiredCount &&
      sick?.deployments?.every((one) => one.rolloutState === 'COMPLETED') === true &&
      failed.every(
        (task) => task.stopCode === 'ServiceSchedulerInitiated' && !/failed/i.test(task.stoppedReason ?? ''),
      );
    expect(settled, JSON.stringify(sick?.events?.slice(0, 3))).toBe(false);
    for (const other of later.ecs.services.filter((one) => one.serviceName !== service.name))
      expect([other.serviceName, other.runningCount]).toEqual([other.serviceName, other.desiredCount]);
    expect(later.cloudtrail.events.length).toBeGreaterThan(0);
    expect(plan.services.length).toBeGreaterThan(1);
  });
});
