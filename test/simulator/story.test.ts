// The demo's story, played on a clock that the test moves: it fails, a fix is applied, it recovers; and wrong fixes
// do not help, because the outcome is computed from the network and not written down anywhere.

import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as ec2Api from '@aws-sdk/client-ec2';
import * as ecsApi from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from 'vitest';
import { groups } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const cluster = 'production-cluster';
const service = 'my-web-service';
const toDatabase = {
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  UserIdGroupPairs: [{ GroupId: groups.database }],
};

interface Play {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly ecs: ecsApi.ECSClient;
  readonly ec2: ec2Api.EC2Client;
  readonly logs: CloudWatchLogsClient;
  look(): Promise<ecsApi.Service>;
  counts(): Promise<[number | undefined, number | undefined]>;
}

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function play(options: { fastAfterChange?: number } = {}): Promise<Play> {
  const clock = createFakeClock(NOW);
  const simulator = await startSimulator({ snapshot: demoSnapshot(NOW), clock, ...options });
  open.push(simulator);
  const config = {
    endpoint: simulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
    maxAttempts: 1,
  };
  const ecs = new ecsApi.ECSClient(config);
  const look = async () => {
    const answer = await ecs.send(new ecsApi.DescribeServicesCommand({ cluster, services: [service] }));
    return answer.services![0]!;
  };
  return {
    simulator,
    clock,
    ecs,
    look,
    ec2: new ec2Api.EC2Client(config),
    logs: new CloudWatchLogsClient(config),
    counts: async () => {
      const seen = await look();
      return [seen.runningCount, seen.pendingCount];
    },
  };
}

async function stoppedTasks({ ecs }: Play): Promise<ecsApi.Task[]> {
  const { taskArns } = await ecs.send(
    new ecsApi.ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' }),
  );
  return (await ecs.send(new ecsApi.DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
}

describe('the demo account', () => {
  it('stands at three of four for nine minutes while the scheduler backs off', async () => {
    const { clock, counts } = await play();
    for (let minute = 0; minute <= 9; minute++) {
      expect(await counts()).toEqual([3, 0]);
      if (minute < 9) clock.advance(MINUTE_MS);
    }
  });

  it('fails again the same way when nothing was changed', async () => {
    const scene = await play();
    scene.clock.advance(13 * MINUTE_MS);
    const stopped = await stoppedTasks(scene);
    const last = stopped.at(-1);
    expect(last?.createdAt?.getTime()).toBeGreaterThan(NOW);
    expect([last?.lastStatus, last?.stopCode, last?.stoppedReason]).toEqual([
      'STOPPED',
      'ServiceSchedulerInitiated',
      'Task failed container health checks',
    ]);
    expect([last?.containers?.[0]?.exitCode, last?.containers?.[0]?.healthStatus]).toEqual([
      143,
      'UNHEALTHY',
    ]);
    const times = [
      last?.createdAt,
      last?.pullStartedAt,
      last?.pullStoppedAt,
      last?.startedAt,
      last?.stoppingAt,
      last?.executionStoppedAt,
      last?.stoppedAt,
    ].map((time) => time?.getTime());
    expect(times).toEqual([...times].sort((left, right) => left! - right!));
    const logged = await scene.logs.send(
      new FilterLogEventsCommand({
        logGroupName: '/ecs/my-web-service',
        startTime: NOW,
        filterPattern: 'ERROR',
      }),
    );
    expect(logged.events?.map((event) => event.message)).toEqual([
      '[ERROR] Database connection timeout after 30 seconds',
      '[ERROR] Failed to connect to db.production.internal:5432',
    ]);
    expect(logged.events?.[0]?.logStreamName).toBe(`ecs/web/${last?.taskArn?.split('/').at(-1)}`);
    const { events, deployments } = await scene.look();
    expect(events?.map((event) => event.message)).toContain(
      `(service my-web-service) (task ${last?.taskArn?.split('/').at(-1)}) failed container health checks.`,
    );
    expect(deployments?.[0]?.failedTasks).toBe(5);
  });

  it('recovers to four of four and completes its deployment once the missing rule is there', async () => {
    const scene = await play();
    await scene.ec2.send(
      new ec2Api.AuthorizeSecurityGroupEgressCommand({ GroupId: groups.app, IpPermissions: [toDatabase] }),
    );
    scene.clock.advance(10.5 * MINUTE_MS);
    expect(await scene.counts()).toEqual([4, 0]);
    scene.clock.advance(10 * MINUTE_MS);
    const seen = await scene.look();
    expect([seen.runningCount, seen.deployments?.length, seen.deployments?.[0]?.rolloutState]).toEqual([
      4,
      1,
      'COMPLETED',
    ]);
    expect(seen.events?.[0]?.message).toBe('(service my-web-service) has reached a steady state.');
    expect(seen.events?.[1]?.message).toMatch(
      /^\(service my-web-service\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/,
    );
    const { taskArns } = await scene.ecs.send(new ecsApi.ListTasksCommand({ cluster, serviceName: service }));
    const { tasks } = await scene.ecs.send(new ecsApi.DescribeTasksCommand({ cluster, tasks: taskArns }));
    expect(
      tasks?.map((task) => [task.lastStatus, task.healthStatus, task.taskDefinitionArn?.split(':').at(-1)]),
    ).toEqual(Array(4).fill(['RUNNING', 'HEALTHY', '42']));
    const detail = tasks?.[0]?.attachments?.[0]?.details?.find(
      (one) => one.name === 'networkInterfaceId',
    )?.value;
    const { NetworkInterfaces } = await scene.ec2.send(
      new ec2Api.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [detail!] }),
    );
    expect(NetworkInterfaces?.[0]?.Groups?.[0]?.GroupId).toBe(groups.app);
  });

  it('recovers well within a minute when time runs fast after a change, and slows down again', async () => {
    const scene = await play({ fastAfterChange: 60 });
    scene.clock.advance(90_000);
    await scene.ec2.send(
      new ec2Api.AuthorizeSecurityGroupEgressCommand({ GroupId: groups.app, IpPermissions: [toDatabase] }),
    );
    scene.clock.advance(30_000);
    const seen = await scene.look();
    expect([seen.runningCount, seen.deployments?.[0]?.rolloutState]).toEqual([4, 'COMPLETED']);
    const before = scene.simulator.now();
    scene.clock.advance(1_000);
    expect(scene.simulator.now() - before).toBe(1_000);
  });

  const wrongFixes: [string, (scene: Play) => Promise<unknown>][] = [
    [
      'opening ingress on the task group',
      ({ ec2 }) =>
        ec2.send(
          new ec2Api.AuthorizeSecurityGroupIngressCommand({
            GroupId: groups.app,
            IpPermissions: [toDatabase],
          }),
        ),
    ],
    [
      'egress to another group',
      ({ ec2 }) =>
        ec2.send(
          new ec2Api.AuthorizeSecurityGroupEgressCommand({
            GroupId: groups.app,
            IpPermissions: [{ ...toDatabase, UserIdGroupPairs: [{ GroupId: groups.cache }] }],
          }),
        ),
    ],
    [
      'egress to another port',
      ({ ec2 }) =>
        ec2.send(
          new ec2Api.AuthorizeSecurityGroupEgressCommand({
            GroupId: groups.app,
            IpPermissions: [{ ...toDatabase, FromPort: 3306, ToPort: 3306 }],
          }),
        ),
    ],
    [
      'a new deployment',
      ({ ecs }) => ecs.send(new ecsApi.UpdateServiceCommand({ cluster, service, forceNewDeployment: true })),
    ],
    [
      'rolling back',
      ({ ecs }) =>
        ecs.send(new ecsApi.UpdateServiceCommand({ cluster, service, taskDefinition: 'my-web-service:41' })),
    ],
  ];
  it.each(wrongFixes)('stays at three of four after %s', async (_name, fix) => {
    const scene = await play();
    await fix(scene);
    for (let step = 0; step < 30; step++) {
      scene.clock.advance(MINUTE_MS);
      const { deployments } = await scene.look();
      expect(deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    }
    const stopped = await stoppedTasks(scene);
    expect(
      stopped.filter(
        (task) =>
          task.createdAt!.getTime() > NOW && task.stoppedReason === 'Task failed container health checks',
      ).length,
    ).toBeGreaterThan(0);
  });

  it('forgets a stopped task after an hour', async () => {
    const scene = await play();
    scene.clock.advance(8 * 60 * MINUTE_MS);
    const stopped = await stoppedTasks(scene);
    const oldest = Math.min(...stopped.map((task) => task.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY));
    expect(oldest).toBeGreaterThan(NOW + 7 * 60 * MINUTE_MS);
  });

  it('replaces a task that somebody stopped, which fails because it is new', async () => {
    const scene = await play();
    const { taskArns } = await scene.ecs.send(new ecsApi.ListTasksCommand({ cluster, serviceName: service }));
    await scene.ecs.send(new ecsApi.StopTaskCommand({ cluster, task: taskArns![0]!, reason: 'by hand' }));
    scene.clock.advance(MINUTE_MS);
    const stopped = (await stoppedTasks(scene)).find((task) => task.taskArn === taskArns![0]);
    expect([stopped?.stopCode, stopped?.stoppedReason, stopped?.lastStatus]).toEqual([
      'UserInitiated',
      'by hand',
      'STOPPED',
    ]);
    expect((await scene.look()).runningCount).toBe(2);
  });

  it('scales another service out and in again', async () => {
    const scene = await play();
    const desire = (desiredCount: number) =>
      scene.ecs.send(new ecsApi.UpdateServiceCommand({ cluster, service: 'checkout', desiredCount }));
    const running = async () =>
      (await scene.ecs.send(new ecsApi.DescribeServicesCommand({ cluster, services: ['checkout'] })))
        .services?.[0]?.runningCount;
    await desire(4);
    scene.clock.advance(2 * MINUTE_MS);
    expect(await running()).toBe(4);
    await desire(1);
    scene.clock.advance(2 * MINUTE_MS);
    expect(await running()).toBe(1);
  });
});
