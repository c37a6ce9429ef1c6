import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { serviceSteadiness } from '../../../tools/diagnose/service-steadiness.ts';
import { changed, context, parts, TROUBLED, withAccount } from './support.ts';

const look = (service: string, change: (s: Snapshot) => void = () => {}) =>
  withAccount(changed(change), async (aws) => ({
    look: serviceSteadiness.output.parse(await serviceSteadiness.run({ ...TROUBLED, service }, aws, context)),
    calls: aws.calls.length,
  }));

describe('one look at a service', () => {
  it('is not steady while the newest deployment has no healthy task', async () => {
    const { look: seen, calls } = await look('my-web-service');
    expect(seen).toMatchObject({
      desired: 4,
      running: 3,
      healthy: 0,
      rolloutState: 'IN_PROGRESS',
      steady: false,
    });
    expect(seen.newestFailure).toMatchObject({ reason: 'Task failed container health checks' });
    expect(calls).toBeLessThanOrEqual(6);
  });

  it('is steady when all tasks run, pass their checks and are healthy targets', async () => {
    expect((await look('checkout')).look).toMatchObject({
      desired: 2,
      healthy: 2,
      steady: true,
      newestFailure: null,
      cannotVerify: [],
    });
  });

  it('is not steady for an unhealthy target, an unchecked task or a pending one', async () => {
    const sickTarget = (s: Snapshot) => {
      const arn = parts.service(s, 'checkout').loadBalancers?.[0]?.targetGroupArn ?? '';
      const first = s.elbv2.TargetHealth[arn]?.[0];
      if (first !== undefined) first.TargetHealth = { State: 'unhealthy' };
    };
    const unchecked = (s: Snapshot) => {
      for (const task of s.ecs.tasks) if (task.group === 'service:checkout') task.healthStatus = 'UNKNOWN';
    };
    const pending = (s: Snapshot) => Object.assign(parts.service(s, 'checkout'), { pendingCount: 1 });
    for (const change of [sickTarget, unchecked, pending])
      expect((await look('checkout', change)).look.steady, change.name).toBe(false);
  });

  it('is never steady because of something that could not be read', async () => {
    for (const action of [
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'ecs:DescribeTaskDefinition',
      'elasticloadbalancing:DescribeTargetHealth',
    ]) {
      const { look: seen } = await look('checkout', (s) => {
        s.denied = [action];
      });
      expect(seen.steady, action).toBe(false);
      expect(
        seen.cannotVerify.map((one) => one.missingAction),
        action,
      ).toContain(action);
    }
  });
});
