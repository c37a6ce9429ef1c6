import { describe, expect, it } from 'vitest';
import { madeUpAccount } from '../../src/simulator/accounts/made-up-account.ts';
import { fastForward } from '../../src/simulator/fast-forward.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { simulatedAws } from '../support/simulated-aws.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const seeds = Array.from({ length: 8 }, (_, index) => `healthy-${index}`);

describe('a made-up account', () => {
  it('is the same for the same seed, and another for another', () => {
    const make = (seed: string) => madeUpAccount(seed, { nowMs: NOW_MS }).snapshot;
    expect(make('one')).toEqual(make('one'));
    expect(make('one')).not.toEqual(make('two'));
  });

  it.each(seeds)('stays steady for an hour: %s', (seed) => {
    const { snapshot, plan } = madeUpAccount(seed, { nowMs: NOW_MS });
    const later = fastForward(snapshot, 60);
    for (const service of later.ecs.services)
      expect([service.serviceName, service.runningCount]).toEqual([
        service.serviceName,
        service.desiredCount,
      ]);
    expect(later.ecs.tasks.filter((task) => task.lastStatus === 'STOPPED')).toEqual([]);
    expect(later.ecs.tasks).toHaveLength(plan.services.reduce((sum, one) => sum + one.desired, 0));
  });

  it.each(seeds)('can place every task anew: %s', (seed) => {
    const { snapshot } = madeUpAccount(seed, { nowMs: NOW_MS });
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

  it.each(seeds)('is diagnosed as healthy: %s', async (seed) => {
    const { snapshot, plan } = madeUpAccount(seed, { nowMs: NOW_MS });
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
