import { describe, expect, it } from 'vitest';
import { madeUpAccount } from '../../src/simulator/accounts/made-up-account.ts';
import type { PlanOptions } from '../../src/simulator/accounts/plan.ts';
import { beginDeployment } from '../../src/simulator/deployment.ts';
import { fastForward } from '../../src/simulator/fast-forward.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { simulatedAws } from '../support/simulated-aws.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const seeds = Array.from({ length: 8 }, (_, index) => `healthy-${index}`);
/** On Fargate or not as the seed has it, and on hosts of either kind. */
const cases: [string, Omit<PlanOptions, 'nowMs'>][] = [
  ...seeds.map((seed): (typeof cases)[number] => [seed, {}]),
  ...seeds.slice(0, 5).flatMap((seed): typeof cases => [
    [seed, { launchType: 'EC2', networkMode: 'awsvpc' }],
    [seed, { launchType: 'EC2', networkMode: 'bridge' }],
  ]),
];

describe('a made-up account', () => {
  it('is the same for the same seed, and another for another', () => {
    const make = (seed: string) => madeUpAccount(seed, { nowMs: NOW_MS }).snapshot;
    expect(make('one')).toEqual(make('one'));
    expect(make('one')).not.toEqual(make('two'));
  });

  it.each(cases)('stays steady for an hour: %s %o', (seed, options) => {
    const { snapshot, plan } = madeUpAccount(seed, { nowMs: NOW_MS, ...options });
    const later = fastForward(snapshot, 60);
    for (const service of later.ecs.services)
      expect([service.serviceName, service.runningCount]).toEqual([
        service.serviceName,
        service.desiredCount,
      ]);
    expect(later.ecs.tasks.filter((task) => task.lastStatus === 'STOPPED')).toEqual([]);
    expect(later.ecs.tasks).toHaveLength(plan.services.reduce((sum, one) => sum + one.desired, 0));
  });

  it.each(cases)('can place every task anew: %s %o', (seed, options) => {
    const { snapshot } = madeUpAccount(seed, { nowMs: NOW_MS, ...options });
    const [first] = snapshot.ecs.services;
    const later = fastForward(snapshot, 45, (account) => {
      for (const task of account.state.ecs.tasks) task.desiredStatus = 'STOPPED';
    });
    for (const service of later.ecs.services)
      expect([service.serviceName, service.runningCount, service.events?.[0]?.message]).toEqual([
        service.serviceName,
        service.desiredCount,
        expect.anything(),
      ]);
    expect(later.ecs.tasks.every((task) => task.stopCode !== 'TaskFailedToStart')).toBe(true);
    expect(first).toBeDefined();
  });

  it.each(cases)('has room for two generations of every service at once: %s %o', (seed, options) => {
    const { snapshot } = madeUpAccount(seed, { nowMs: NOW_MS, ...options });
    const later = fastForward(snapshot, 20, (account) => {
      for (const service of account.state.ecs.services)
        beginDeployment(account, service, new Date(account.now()).toISOString());
    });
    for (const service of later.ecs.services)
      expect([service.serviceName, service.deployments?.map((one) => one.rolloutState)]).toEqual([
        service.serviceName,
        ['COMPLETED'],
      ]);
  });

  it.each(cases)('is diagnosed as healthy: %s %o', async (seed, options) => {
    const { snapshot, plan } = madeUpAccount(seed, { nowMs: NOW_MS, ...options });
    const aws = await simulatedAws(snapshot);
    try {
      for (const service of plan.services) {
        const output: DiagnoseServiceOutput = await diagnoseService.run(
          { cluster: plan.cluster, service: service.name },
          aws,
          { nowMs: NOW_MS, stage: () => {}, wait: async () => {} },
        );
        expect([service.name, output.findings[0]?.class]).toEqual([service.name, 'healthy']);
      }
    } finally {
      await aws.close();
    }
  });
});
