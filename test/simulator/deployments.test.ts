// Deployments and what else changes a service over time: bounds, the circuit breaker, protection, what ECS says and does
// not repeat, scaling, interruptions, schedules, and what CloudTrail keeps of it.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { ACCOUNT, clusterArn, groups, REGION, roleArn, subnets } from '../../src/simulator/demo/names.ts';
import { PRODUCTION } from '../../src/simulator/demo/workloads.ts';
import { isDue } from '../../src/simulator/engine/schedule-expression.ts';
import { allowing, container, definition, type Live, live, MINUTE_MS, NOW, oneMore } from './live-account.ts';

const SERVICE = 'payments-api';
const service = (state: Snapshot, name = SERVICE) =>
  state.ecs.services.find((one) => one.serviceName === name)!;
const like =
  (words: string, name = SERVICE) =>
  (state: Snapshot) => {
    container(state, name).environment!.push({ name: 'SIMULATE', value: words });
  };
/** Registers a new revision of the service's definition and deploys it, as UpdateService would. */
const deploy =
  (change: (state: Snapshot) => void = () => {}, settings: object = {}) =>
  (state: Snapshot) => {
    const old = definition(state, SERVICE);
    const taskDefinitionArn = old.taskDefinitionArn.replace(/\d+$/, '99');
    state.ecs.taskDefinitions.push({ ...structuredClone(old), taskDefinitionArn, revision: 99 });
    change(state);
    const target = service(state);
    Object.assign(target, {
      taskDefinition: taskDefinitionArn,
      deploymentConfiguration: { ...target.deploymentConfiguration, ...settings },
    });
    const [former] = target.deployments!;
    target.deployments = [
      {
        ...former,
        id: 'ecs-svc/99',
        status: 'PRIMARY',
        taskDefinition: taskDefinitionArn,
        rolloutState: 'IN_PROGRESS',
        failedTasks: 0,
        createdAt: '2026-11-20T10:00:00Z',
      },
      { ...former, status: 'ACTIVE' },
    ];
  };
const bounds = (minimumHealthyPercent: number, maximumPercent: number) => ({
  minimumHealthyPercent,
  maximumPercent,
});

describe('a deployment', () => {
  it('that may neither stop nor start a task says so once and stands still', async () => {
    const scene = await live();
    scene.change(deploy(undefined, bounds(100, 100)));
    scene.clock.advance(30 * MINUTE_MS);
    const said = scene
      .messages(SERVICE)
      .filter((text) => text.includes('because of the service deployment configuration'));
    expect(said).toEqual([
      `(service ${SERVICE}) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.`,
    ]);
    expect(scene.fresh(SERVICE)).toEqual([]);
    scene.change((state) => {
      service(state).deploymentConfiguration = bounds(100, 150);
    });
    scene.clock.advance(5 * MINUTE_MS);
    expect(service(scene.state).deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 2 }]);
  });
  it('without failures completes within its bounds', async () => {
    const scene = await live();
    scene.change(deploy(undefined, bounds(50, 100)));
    let fewest = 2;
    for (let second = 0; second < 300; second++) {
      scene.clock.advance(1000);
      fewest = Math.min(fewest, service(scene.state).runningCount!);
    }
    expect(fewest).toBe(1);
    expect(service(scene.state).deployments).toHaveLength(1);
  });
  it('keeps tasks that are protected from scale-in', async () => {
    const scene = await live();
    const guarded = scene.state.ecs.tasks.find((task) => task.group === `service:${SERVICE}`)!;
    scene.change((state) => {
      state.ecs.taskProtections.push({
        taskArn: guarded.taskArn,
        protectionEnabled: true,
        expirationDate: '2026-11-20T10:20:00Z',
      });
    });
    scene.change(deploy(undefined, bounds(100, 200)));
    scene.clock.advance(15 * MINUTE_MS);
    expect(guarded.lastStatus).toBe('RUNNING');
    expect(service(scene.state).deployments).toHaveLength(2);
    scene.clock.advance(10 * MINUTE_MS);
    scene.change(() => {});
    scene.clock.advance(2 * MINUTE_MS);
    expect(guarded.lastStatus).toBe('STOPPED');
    expect(service(scene.state).deployments).toHaveLength(1);
  });
  it('whose tasks crash after they have run does not open the breaker, one whose tasks never start does', async () => {
    const breaker = { ...bounds(100, 200), deploymentCircuitBreaker: { enable: true, rollback: true } };
    const crashing = await live();
    crashing.change(deploy(like('exits=1@30'), breaker));
    crashing.clock.advance(20 * MINUTE_MS);
    expect(service(crashing.state).deployments?.[0]?.rolloutState).not.toBe('FAILED');
    const absent = await live();
    absent.change(
      deploy((state) => {
        container(state, SERVICE).image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${SERVICE}:gone`;
      }, breaker),
    );
    absent.clock.advance(3 * MINUTE_MS);
    expect(
      absent.state.ecs.tasks.filter((task) => task.stoppedReason?.includes(':gone: not found')).length,
    ).toBeGreaterThan(1);
    absent.clock.advance(30 * MINUTE_MS);
    expect(service(absent.state).taskDefinition).toMatch(/:9$/);
    expect(service(absent.state).runningCount).toBe(2);
    expect(absent.messages(SERVICE).some((text) => text.includes('rolling back to (deployment'))).toBe(true);
  });
  it('that failed for good leaves the tasks of the one before it alone', async () => {
    const scene = await live();
    scene.change(
      deploy(
        (state) => {
          container(state, SERVICE).image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${SERVICE}:gone`;
        },
        { ...bounds(0, 200), deploymentCircuitBreaker: { enable: true, rollback: false } },
      ),
    );
    scene.clock.advance(60 * MINUTE_MS);
    const primary = service(scene.state).deployments![0]!;
    expect(primary).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
  });
});

describe('what ECS says', () => {
  it('of a cause that lasts it says once in six hours', async () => {
    const scene = await live((state) => {
      state.iam.Roles.find((one) => one.RoleName === `${SERVICE}-task`)!.AssumeRolePolicyDocument = {
        Statement: [],
      };
    });
    scene.change(oneMore(SERVICE));
    const said = () =>
      scene.messages(SERVICE).filter((text) => text.includes('unable to assume the role')).length;
    scene.clock.advance(5 * 60 * MINUTE_MS);
    expect(said()).toBe(1);
    scene.clock.advance(2 * 60 * MINUTE_MS);
    expect(said()).toBe(2);
  });
  it('of a service that cannot start its tasks', async () => {
    const scene = await live((state) => {
      state.logs.logGroups = state.logs.logGroups.filter((one) => one.logGroupName !== `/ecs/${SERVICE}`);
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(20 * MINUTE_MS);
    expect(
      scene
        .messages(SERVICE)
        .filter((text) => text.includes('is unable to consistently start tasks successfully')),
    ).toHaveLength(1);
  });
  it('reaches back a hundred events, and stopped tasks an hour', async () => {
    const scene = await live(like('exits=1@5'));
    scene.change((state) => {
      for (const task of state.ecs.tasks)
        if (task.group === `service:${SERVICE}`) Object.assign(task, { desiredStatus: 'STOPPED' });
    });
    scene.clock.advance(3 * 60 * MINUTE_MS);
    expect(scene.messages(SERVICE)).toHaveLength(100);
    const oldest = Math.min(...scene.stopped(SERVICE).map((task) => Date.parse(task.stoppedAt!)));
    expect(scene.simulator.now() - oldest).toBeLessThanOrEqual(3_600_000);
    expect(scene.stopped(SERVICE).length).toBeGreaterThan(50);
  });
  it('a role that was made a moment ago cannot be assumed yet', async () => {
    const scene = await live((state) => {
      state.iam.Roles.find((one) => one.RoleName === `${SERVICE}-task`)!.CreateDate = new Date(
        NOW - 2_000,
      ).toISOString();
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(5 * MINUTE_MS);
    expect(scene.messages(SERVICE).some((text) => text.includes('unable to assume the role'))).toBe(true);
    expect(service(scene.state).runningCount).toBe(3);
  });
});

describe('automatic scaling', () => {
  const busy = (percent: number) => (state: Snapshot) => {
    like(`load=${percent}`, 'checkout')(state);
    service(state, 'checkout').deploymentConfiguration = bounds(100, 200);
  };
  it('adds tasks until the metric is at its target, and records who did it', async () => {
    const scene = await live(busy(190));
    scene.clock.advance(20 * MINUTE_MS);
    expect(service(scene.state, 'checkout').runningCount).toBe(4);
    const [activity] = scene.state.applicationAutoscaling.ScalingActivities;
    expect(activity).toMatchObject({
      Description: 'Setting desired count to 4.',
      StatusCode: 'Successful',
      Cause: expect.stringContaining('triggered policy checkout-cpu'),
    });
    const event = scene.state.cloudtrail.events.find(
      (one) => one.Username === 'AutoScaling-UpdateDesiredCapacity',
    );
    expect(event).toMatchObject({
      EventName: 'UpdateService',
      CloudTrailEvent: { userIdentity: { invokedBy: 'ecs.application-autoscaling.amazonaws.com' } },
    });
  });
  it('stops at its bounds', async () => {
    const scene = await live(busy(2_000));
    scene.clock.advance(40 * MINUTE_MS);
    expect(service(scene.state, 'checkout').desiredCount).toBe(6);
  });
  it('takes them away again when there is little to do, though not while a deployment runs', async () => {
    const scene = await live((state) => {
      oneMore('checkout')(state);
      oneMore('checkout')(state);
    });
    scene.clock.advance(25 * MINUTE_MS);
    expect(service(scene.state, 'checkout').desiredCount).toBe(2);
    const rolling = await live((state) => {
      oneMore('checkout')(state);
      oneMore('checkout')(state);
      Object.assign(service(state, 'checkout').deployments![0]!, { rolloutState: 'IN_PROGRESS' });
      like('starts-after=3000', 'checkout')(state);
      service(state, 'checkout').healthCheckGracePeriodSeconds = 4_000;
      delete container(state, 'checkout').healthCheck;
    });
    rolling.clock.advance(25 * MINUTE_MS);
    expect(service(rolling.state, 'checkout').desiredCount).toBe(4);
  });
});

describe('interruptions', () => {
  it('take Spot tasks back where the zone does that, and ECS starts others', async () => {
    const scene = await live((state) => {
      for (const one of [service(state), service(state).deployments![0]!]) {
        delete one.launchType;
        one.capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
      }
      for (const one of state.ec2.Subnets) one.Tags = [{ Key: 'simulate', Value: 'spot-interruption' }];
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(8 * MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]).toMatchObject({
      capacityProviderName: 'FARGATE_SPOT',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
    expect(scene.fresh(SERVICE).length).toBeGreaterThan(1);
  });
});

describe('a schedule', () => {
  const scheduled = (state: Snapshot) => {
    const events = {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    };
    state.iam.Roles.push({
      RoleName: 'cron',
      Arn: roleArn('cron'),
      AssumeRolePolicyDocument: events,
      policies: [allowing('ecs:RunTask'), allowing('iam:PassRole')],
    });
    like('exits=0@20')(state);
    state.events.rules.push({
      Name: 'nightly',
      State: 'ENABLED',
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [
        {
          Id: '1',
          Arn: clusterArn(PRODUCTION),
          RoleArn: roleArn('cron'),
          EcsParameters: {
            TaskDefinitionArn: definition(state, SERVICE).taskDefinitionArn,
            LaunchType: 'FARGATE',
            NetworkConfiguration: {
              awsvpcConfiguration: { Subnets: [...subnets.private], SecurityGroups: [groups.worker] },
            },
          },
        },
      ],
    });
  };
  const runs = (scene: Live) =>
    scene.state.ecs.tasks.filter((task) => task.startedBy === 'events-rule/nightly');
  const failed = (scene: Live) =>
    scene.state.cloudwatch.metrics.find((one) => one.MetricName === 'FailedInvocations')?.points.length ?? 0;
  it('runs its task when it is due', async () => {
    const scene = await live(scheduled);
    scene.clock.advance(16 * MINUTE_MS);
    expect(runs(scene)).toHaveLength(3);
    expect(runs(scene)[0]).toMatchObject({ lastStatus: 'STOPPED', group: `family:${SERVICE}` });
    expect(runs(scene)[0]?.containers?.[0]?.exitCode).toBe(0);
    expect(failed(scene)).toBe(0);
  });
  it('fails without a trace in ECS when its role may not hand over the task’s roles', async () => {
    const scene = await live((state) => {
      scheduled(state);
      state.iam.Roles.find((one) => one.RoleName === 'cron')!.policies.pop();
    });
    scene.clock.advance(11 * MINUTE_MS);
    expect([runs(scene).length, failed(scene)]).toEqual([0, 2]);
    const call = scene.state.cloudtrail.events.at(-1)!;
    expect(call).toMatchObject({
      EventName: 'RunTask',
      CloudTrailEvent: { errorCode: 'AccessDenied', errorMessage: expect.stringContaining('iam:PassRole') },
    });
    scene.change((state) =>
      state.iam.Roles.find((one) => one.RoleName === 'cron')!.policies.push(allowing('iam:PassRole')),
    );
    scene.clock.advance(6 * MINUTE_MS);
    expect(runs(scene)).toHaveLength(1);
  });
  it.each([
    ['rate(1 hour)', '2026-11-20T10:00:00Z', true],
    ['rate(1 hour)', '2026-11-20T10:01:00Z', false],
    ['cron(15 3 * * ? *)', '2026-11-20T03:15:00Z', true],
    ['cron(0/15 * * * ? *)', '2026-11-20T03:45:00Z', true],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-20T09:00:00Z', true],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-21T09:00:00Z', false],
    ['cron(0 9 1 JAN ? 2027)', '2027-01-01T09:00:00Z', true],
    ['cron(nonsense)', '2026-11-20T10:00:00Z', false],
  ])('%s at %s is due: %s', (expression, at, due) => {
    expect(isDue(expression, Date.parse(at))).toBe(due);
  });
});
