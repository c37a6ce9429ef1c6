// The engine beyond the demo's story: other ways to fail, other deployments, other starting states. Faults are put
// into the state; what becomes of the tasks is computed.

import { afterEach, describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotService } from '../../src/contract/snapshot.ts';
import { ACCOUNT, groups, subnets, targetGroupArn } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { backOffMs } from '../../src/simulator/engine/scheduler.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

interface Play {
  readonly clock: FakeClock;
  readonly simulator: Simulator;
  readonly state: Snapshot;
  service(name: string): SnapshotService;
  /** Stopped tasks of a service that were created after the start. */
  failed(name: string): Snapshot['ecs']['tasks'];
  change(edit: (state: Snapshot) => void): void;
}

async function play(
  prepare: (state: Snapshot) => void = () => {},
  options: { fastAfterChange?: number; speed?: number } = {},
): Promise<Play> {
  const clock = createFakeClock(NOW);
  const snapshot = demoSnapshot(NOW);
  prepare(snapshot);
  const simulator = await startSimulator({ snapshot, clock, ...options });
  open.push(simulator);
  const { state } = simulator;
  return {
    clock,
    simulator,
    state,
    service: (name) => state.ecs.services.find((one) => one.serviceName === name)!,
    failed: (name) =>
      state.ecs.tasks.filter(
        (task) =>
          task.group === `service:${name}` &&
          task.lastStatus === 'STOPPED' &&
          Date.parse(task.createdAt!) >= NOW,
      ),
    change: (edit) => {
      edit(state);
      simulator.stateChanged();
    },
  };
}

const scaleOut = (name: string, to: number) => (state: Snapshot) => {
  const service = state.ecs.services.find((one) => one.serviceName === name)!;
  service.desiredCount = to;
  service.deploymentConfiguration = { ...service.deploymentConfiguration, maximumPercent: 200 };
};
const messages = (service: SnapshotService) => (service.events ?? []).map((event) => event.message ?? '');
const container = (state: Snapshot, family: string) =>
  state.ecs.taskDefinitions.filter((one) => one.family === family).at(-1)!.containerDefinitions![0]!;

describe('the life of a task', () => {
  it('passes through every status in order', async () => {
    const { change, clock, state } = await play();
    change(scaleOut('checkout', 3));
    const task = state.ecs.tasks.at(-1)!;
    const seen = [task.lastStatus];
    const watch = (seconds: number) => {
      for (let half = 0; half < seconds * 2; half++) {
        clock.advance(500);
        if (seen.at(-1) !== task.lastStatus) seen.push(task.lastStatus);
      }
    };
    watch(40);
    change(() => Object.assign(task, { desiredStatus: 'STOPPED', stopCode: 'UserInitiated' }));
    watch(60);
    const begin = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING'];
    expect(seen).toEqual([...begin, 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);
  });
  it('has its own interface while it lives, and no interface afterwards', async () => {
    const { change, clock, state } = await play();
    const before = state.ec2.NetworkInterfaces.length;
    const free = state.ec2.Subnets.find((one) => one.SubnetId === subnets.private[0])!
      .AvailableIpAddressCount!;
    change(scaleOut('checkout', 4));
    clock.advance(MINUTE_MS);
    expect(state.ec2.NetworkInterfaces.length).toBe(before + 2);
    expect(
      state.ec2.Subnets.find((one) => one.SubnetId === subnets.private[0])!.AvailableIpAddressCount,
    ).toBe(free - 1);
    expect(
      state.elbv2.TargetHealth[targetGroupArn('checkout')]?.map((one) => one.TargetHealth?.State),
    ).toEqual(Array(4).fill('healthy'));
    change(scaleOut('checkout', 2));
    clock.advance(MINUTE_MS);
    expect(state.ec2.NetworkInterfaces.length).toBe(before);
    expect(state.elbv2.TargetHealth[targetGroupArn('checkout')]).toHaveLength(2);
  });
});

describe('ways to fail', () => {
  it('cannot start without its log group', async () => {
    const { change, clock, failed, service } = await play((state) => {
      state.logs.logGroups = state.logs.logGroups.filter((one) => one.logGroupName !== '/ecs/checkout');
    });
    change(scaleOut('checkout', 3));
    clock.advance(MINUTE_MS);
    expect(failed('checkout')[0]).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('The specified log group does not exist'),
    });
    expect(failed('checkout')[0]?.startedAt).toBeUndefined();
    expect(failed('checkout')[0]?.containers?.[0]?.exitCode).toBeUndefined();
    expect(service('checkout').runningCount).toBe(2);
  });
  it('cannot start in a subnet without addresses', async () => {
    const { change, clock, failed } = await play((state) => {
      for (const subnet of state.ec2.Subnets) subnet.AvailableIpAddressCount = 0;
    });
    change(scaleOut('checkout', 3));
    clock.advance(MINUTE_MS);
    expect(failed('checkout')[0]?.stoppedReason).toMatch(/InsufficientFreeAddressesInSubnet$/);
  });
  it('is found unhealthy by a load balancer that cannot reach it, after the grace period', async () => {
    const { change, clock, failed, service, state } = await play((edited) => {
      edited.ec2.SecurityGroups.find((one) => one.GroupId === groups.app)!.IpPermissions = [];
    });
    change(scaleOut('checkout', 3));
    clock.advance(100_000);
    expect(state.elbv2.TargetHealth[targetGroupArn('checkout')]?.at(-1)?.TargetHealth).toMatchObject({
      State: 'unhealthy',
      Reason: 'Target.Timeout',
    });
    expect(failed('checkout')).toEqual([]);
    clock.advance(2 * MINUTE_MS);
    const arn = targetGroupArn('checkout');
    expect(failed('checkout')[0]?.stoppedReason).toBe(
      `Task failed ELB health checks in (target-group ${arn})`,
    );
    expect(messages(service('checkout'))).toContain(
      `(service checkout) (port 8080) is unhealthy in (target-group ${arn}) due to (reason Request timed out)`,
    );
    const [id] = failed('checkout').map((task) => task.taskArn.split('/').at(-1));
    const newestFirst = messages(service('checkout'));
    const stopped = newestFirst.indexOf(`(service checkout) has stopped 1 running tasks: (task ${id}).`);
    expect(newestFirst[stopped + 1]).toMatch(/is unhealthy in/);
    expect(newestFirst[stopped - 1]).toMatch(/deregistered 1 targets in/);
  });
  it('says in its log that a name does not resolve', async () => {
    const { clock, state, failed } = await play((edited) => {
      container(edited, 'my-web-service').environment = [
        { name: 'DATABASE_URL', value: 'postgres://app:x@db.gone.internal/app' },
      ];
    });
    clock.advance(13 * MINUTE_MS);
    expect(failed('my-web-service')).toHaveLength(1);
    const stream = state.logs.logGroups
      .find((one) => one.logGroupName === '/ecs/my-web-service')!
      .streams.at(-1)!;
    expect(stream.events.map((event) => event.message)).toContain(
      '[ERROR] getaddrinfo ENOTFOUND db.gone.internal',
    );
  });
  it('recovers by itself when the path opens while it still tries', async () => {
    const { change, clock, service } = await play();
    clock.advance(10 * MINUTE_MS + 40_000);
    change((state) => {
      state.ec2.SecurityGroups.find((one) => one.GroupId === groups.app)!.IpPermissionsEgress!.push({
        IpProtocol: '-1',
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      });
    });
    clock.advance(MINUTE_MS);
    expect(service('my-web-service').deployments?.[0]?.failedTasks).toBe(4);
    expect(messages(service('my-web-service'))[0]).not.toContain('failed container health checks');
  });
  it('takes down running tasks that the load balancer can no longer reach', async () => {
    const { change, clock, service, state } = await play();
    change((edited) => {
      edited.ec2.SecurityGroups.find((one) => one.GroupId === groups.app)!.IpPermissions = [];
    });
    clock.advance(25_000);
    const states = () =>
      state.elbv2.TargetHealth[targetGroupArn('checkout')]?.map((one) => one.TargetHealth?.State);
    expect(states()).toEqual(['healthy', 'healthy']);
    clock.advance(10_000);
    expect(states()).toEqual(['draining', 'draining']);
    expect(service('checkout').runningCount).toBe(0);
    expect(
      state.ecs.tasks.filter((task) => task.stoppedReason?.startsWith('Task failed ELB health checks')),
    ).toHaveLength(5);
  });
  it('leaves tasks alone that were connected before the path closed', async () => {
    const { change, clock, service } = await play();
    change((state) => {
      for (const group of state.ec2.SecurityGroups)
        if (group.GroupId === groups.database) group.IpPermissions = [];
    });
    clock.advance(9 * MINUTE_MS);
    expect([service('my-web-service').runningCount, service('checkout').runningCount]).toEqual([3, 2]);
  });
});

describe('the scheduler', () => {
  it('pauses longer after each failure, up to fifteen minutes', () => {
    expect([0, 1, 2, 3, 4, 50].map(backOffMs)).toEqual([0, 60_000, 120_000, 300_000, 900_000, 900_000]);
  });
  it('opens the circuit breaker and rolls back where that is asked for', async () => {
    const { clock, service } = await play((state) => {
      const troubled = state.ecs.services.find((one) => one.serviceName === 'my-web-service')!;
      troubled.deploymentConfiguration = {
        ...troubled.deploymentConfiguration,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      };
    });
    clock.advance(MINUTE_MS);
    const troubled = service('my-web-service');
    const primary = troubled.deployments!.find((one) => one.status === 'PRIMARY')!;
    expect(troubled.taskDefinition).toMatch(/:41$/);
    expect(primary.rolloutStateReason).toMatch(
      /^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d{19}\.$/,
    );
    expect(troubled.deployments!.find((one) => one.taskDefinition?.endsWith(':42'))).toMatchObject({
      rolloutState: 'FAILED',
    });
    expect(
      messages(troubled).some((text) => text.includes('deployment failed: tasks failed to start.')),
    ).toBe(true);
  });
  it('does not touch a service with another deployment at its bounds', async () => {
    const { change, clock, service, state } = await play();
    change((edited) => {
      edited.ecs.services.find((one) => one.serviceName === 'checkout')!.desiredCount = 3;
    });
    clock.advance(3 * MINUTE_MS);
    expect(service('checkout').runningCount).toBe(3);
    expect(state.ecs.clusters[0]?.runningTasksCount).toBe(10);
  });
  it('slows down again when the next attempt after a wrong fix fails', async () => {
    const { change, clock, simulator, failed } = await play(() => {}, { fastAfterChange: 60 });
    change((state) => {
      state.ec2.SecurityGroups.find((one) => one.GroupId === groups.cache)!.IpPermissionsEgress = [];
    });
    clock.advance(12_000);
    expect(
      failed('my-web-service').length +
        simulator.state.ecs.tasks.filter(
          (task) => task.desiredStatus === 'STOPPED' && Date.parse(task.createdAt!) >= NOW,
        ).length,
    ).toBeGreaterThan(0);
    const before = simulator.now();
    clock.advance(1_000);
    expect(simulator.now() - before).toBe(1_000);
  });
  it('goes on from any state a snapshot can be in', async () => {
    const { clock, state } = await play((edited) => {
      const [first, second, third] = edited.ecs.tasks.filter(
        (task) => task.group === 'service:checkout' || task.group === 'service:payments-api',
      );
      Object.assign(first!, { lastStatus: 'PENDING', startedAt: undefined });
      Object.assign(second!, { lastStatus: 'STOPPING', desiredStatus: 'STOPPED' });
      Object.assign(third!, { lastStatus: 'PROVISIONING', attachments: [], startedAt: undefined });
    });
    clock.advance(4 * MINUTE_MS);
    for (const name of ['checkout', 'payments-api']) {
      const running = state.ecs.tasks.filter(
        (task) => task.group === `service:${name}` && task.lastStatus === 'RUNNING',
      );
      expect(running).toHaveLength(2);
    }
  });
  it('plays the same story for the same snapshot and clock', async () => {
    const ends: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { clock, state } = await play();
      clock.advance(40 * MINUTE_MS);
      ends.push(JSON.stringify(state));
    }
    expect(ends[0]).toBe(ends[1]);
    expect(ends[0]).toContain(ACCOUNT);
  });
  it('arrives at the same state in one step and in many', async () => {
    const one = await play();
    one.clock.advance(30 * MINUTE_MS);
    const many = await play();
    for (let step = 0; step < 300; step++) many.clock.advance(6_000);
    expect(many.state).toEqual(one.state);
    expect(many.simulator.now()).toBe(NOW + 30 * MINUTE_MS);
  });
});
