// What simulated applications do: how they end, what they wait for, what they write and use, and what ECS makes of it.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { groups } from '../../src/simulator/demo/names.ts';
import { behaviourOf } from '../../src/simulator/engine/application-behaviour.ts';
import {
  allowing,
  container,
  definition,
  group,
  type Live,
  live,
  MINUTE_MS,
  oneMore,
} from './live-account.ts';

const SERVICE = 'payments-api';
const like =
  (words: string, service = SERVICE) =>
  (state: Snapshot) => {
    container(state, service).environment = [
      ...(container(state, service).environment ?? []),
      { name: 'SIMULATE', value: words },
    ];
  };
/** A service of whose tasks only new ones are like that. */
async function started(words: string, prepare: (state: Snapshot) => void = () => {}): Promise<Live> {
  const scene = await live((state) => {
    prepare(state);
    state.ecs.tasks = state.ecs.tasks.filter((task) => task.group !== `service:${SERVICE}`);
    Object.assign(state.ecs.services.find((one) => one.serviceName === SERVICE)!, { desiredCount: 1 });
    like(words)(state);
  });
  return scene;
}
const lines = (scene: Live, service = SERVICE) => {
  const streams = scene.state.logs.logGroups.find((one) => one.logGroupName === `/ecs/${service}`)!.streams;
  const ids = new Set(scene.fresh(service).map((task) => task.taskArn.split('/').at(-1)));
  return streams
    .filter((stream) => ids.has(stream.logStreamName.split('/').at(-1)!))
    .flatMap((stream) => stream.events.map((event) => event.message));
};
const points = (scene: Live, name: string, service = SERVICE) =>
  scene.state.cloudwatch.metrics
    .find(
      (one) => one.MetricName === name && one.Dimensions.some((dimension) => dimension.Value === service),
    )!
    .points.map(([, value]) => value);

describe('an application that ends by itself', () => {
  it('takes its task with it, exit code, log and all, and is started again at once', async () => {
    const scene = await started('exits=1@20');
    scene.clock.advance(3 * MINUTE_MS);
    const [first] = scene.stopped(SERVICE);
    expect(first).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
    expect(first!.containers?.[0]).toMatchObject({ exitCode: 1, lastStatus: 'STOPPED' });
    expect(first!.startedAt).toBeDefined();
    expect(lines(scene).join('\n')).toContain('TypeError: Cannot read properties of undefined');
    expect(scene.fresh(SERVICE).length).toBeGreaterThan(2);
    expect(scene.service(SERVICE).deployments?.[0]?.failedTasks ?? 0).toBe(0);
  });
  it('may be done, or crash in native code without a word', async () => {
    const done = await started('exits=0@10');
    done.clock.advance(2 * MINUTE_MS);
    expect(done.stopped(SERVICE)[0]?.containers?.[0]?.exitCode).toBe(0);
    expect(lines(done)).toContain('[INFO] All work done, exiting');
    const crashed = await started('exits=139@10');
    crashed.clock.advance(2 * MINUTE_MS);
    expect(crashed.stopped(SERVICE)[0]?.containers?.[0]?.exitCode).toBe(139);
    expect(lines(crashed).filter((line) => /error/i.test(line))).toEqual([]);
  });
  it('for want of a variable runs once the variable is set', async () => {
    const scene = await started('requires=STRIPE_KEY');
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]?.containers?.[0]?.exitCode).toBe(1);
    expect(lines(scene)).toContain('[ERROR] Missing required environment variable STRIPE_KEY');
    scene.change((state) => container(state, SERVICE).environment!.push({ name: 'STRIPE_KEY', value: 'x' }));
    scene.clock.advance(3 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(1);
  });
  it('of another architecture ends at its first instruction', async () => {
    const scene = await started('', (state) => {
      state.ecr.repositories.find((one) => one.repositoryName === SERVICE)!.images[0]!.architecture = 'arm64';
    });
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]?.containers?.[0]?.exitCode).toBe(1);
    expect(lines(scene)[0]).toMatch(/exec format error$/);
    scene.change((state) => {
      definition(state, SERVICE).runtimePlatform = { cpuArchitecture: 'ARM64' };
    });
    scene.clock.advance(3 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(1);
  });
});

describe('memory', () => {
  it('that leaks ends the container at its limit, after the metric has climbed', async () => {
    const scene = await started('memory=200,leaks=100');
    scene.clock.advance(12 * MINUTE_MS);
    const [first] = scene.stopped(SERVICE);
    expect(first?.containers?.[0]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    const ran = Date.parse(first!.executionStoppedAt!) - Date.parse(first!.startedAt!);
    expect(Math.round(ran / MINUTE_MS)).toBe(8);
    const used = points(scene, 'MemoryUtilization').slice(0, 8);
    expect(used).toEqual([...used].sort((left, right) => left - right));
    expect(used.at(-1)).toBeGreaterThan(80);
  });
  it('with a larger limit lasts longer', async () => {
    const scene = await started('memory=200,leaks=100', (state) => {
      definition(state, SERVICE).memory = '4096';
    });
    scene.clock.advance(20 * MINUTE_MS);
    expect(scene.stopped(SERVICE)).toEqual([]);
  });
});

describe('what an application needs', () => {
  const cut = (state: Snapshot) => {
    group(state, groups.worker).IpPermissionsEgress = [
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ];
  };
  it('is tried again until it answers', async () => {
    const scene = await started('needs=cache.production.internal:6379', cut);
    scene.clock.advance(3 * MINUTE_MS);
    expect(lines(scene)).toContain('[ERROR] connect ETIMEDOUT cache.production.internal:6379');
    const before = lines(scene).length;
    scene.change((state) => {
      group(state, groups.worker).IpPermissionsEgress = [
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ];
      group(state, groups.cache).IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    });
    scene.clock.advance(MINUTE_MS);
    const after = lines(scene).length;
    scene.clock.advance(3 * MINUTE_MS);
    expect([before > 0, lines(scene).length]).toEqual([true, after]);
  });
  it('ends one that gives up', async () => {
    const scene = await started('needs=cache.production.internal:6379,gives-up', cut);
    scene.clock.advance(3 * MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]?.containers?.[0]?.exitCode).toBe(1);
  });
  it('of AWS is a matter of its task role, not of its execution role', async () => {
    const scene = await started('calls=sqs:ReceiveMessage@arn:aws:sqs:us-east-1:123456789012:jobs');
    scene.clock.advance(3 * MINUTE_MS);
    const denied = () => lines(scene).filter((line) => line.includes('AccessDeniedException')).length;
    expect(lines(scene).join('\n')).toMatch(
      /assumed-role\/payments-api-task\/[0-9a-f]{32} is not authorized to perform: sqs:ReceiveMessage on resource: arn:aws:sqs:us-east-1:123456789012:jobs because no identity-based policy allows the sqs:ReceiveMessage action/,
    );
    const role = (state: Snapshot, name: string) => state.iam.Roles.find((one) => one.RoleName === name)!;
    scene.change((state) => role(state, 'ecsTaskExecutionRole').policies.push(allowing('sqs:*')));
    const first = denied();
    scene.clock.advance(2 * MINUTE_MS);
    expect(denied()).toBe(first + 2);
    scene.change((state) => role(state, `${SERVICE}-task`).policies.push(allowing('sqs:*')));
    scene.clock.advance(5 * MINUTE_MS);
    expect(denied()).toBe(first + 2);
  });
});

describe('stopping', () => {
  const exitOf = async (words: string) => {
    const scene = await started(words);
    scene.clock.advance(MINUTE_MS);
    const [task] = scene.fresh(SERVICE);
    scene.change(() => Object.assign(task!, { desiredStatus: 'STOPPED', stopCode: 'UserInitiated' }));
    scene.clock.advance(MINUTE_MS);
    const took = Date.parse(task!.executionStoppedAt!) - Date.parse(task!.stoppingAt!);
    return [task!.containers?.[0]?.exitCode, Math.round(took / 1000)];
  };
  it('takes a second when the application hears SIGTERM, and its whole time-out when it does not', async () => {
    expect(await exitOf('')).toEqual([143, 1]);
    expect(await exitOf('ignores-sigterm')).toEqual([137, 30]);
  });
});

describe('logs and load', () => {
  it('say where an application listens, once it does', async () => {
    const scene = await started('binds=loopback,starts-after=60');
    scene.clock.advance(60_000);
    expect(lines(scene)).toHaveLength(1);
    scene.clock.advance(MINUTE_MS);
    expect(lines(scene)).toContain('[INFO] Listening on 127.0.0.1:8080');
  });
  it('are JSON where the application writes JSON', async () => {
    const scene = await started('logs=json,worker');
    scene.clock.advance(3 * MINUTE_MS);
    const parsed = lines(scene).map((line) => JSON.parse(line));
    expect(parsed.every((one) => one.service === SERVICE && one.level === 'info')).toBe(true);
    expect(parsed.some((one) => /^Processed \d+ messages/.test(one.msg))).toBe(true);
  });
  it('flood a stream without end, which keeps its newest lines', async () => {
    const scene = await started('floods=3000');
    scene.clock.advance(10 * MINUTE_MS);
    expect(lines(scene)).toHaveLength(5_000);
  });
  it('share the CPU among the tasks that run', async () => {
    const scene = await live(like('load=120'));
    scene.clock.advance(3 * MINUTE_MS);
    expect(points(scene, 'CPUUtilization').at(-1)).toBe(60);
    scene.change(oneMore(SERVICE));
    scene.clock.advance(3 * MINUTE_MS);
    expect(points(scene, 'CPUUtilization').at(-1)).toBe(40);
  });
  it('make a task too busy to answer its load balancer', async () => {
    const scene = await live(like('load=220', 'checkout'));
    scene.clock.advance(3 * MINUTE_MS);
    expect(
      scene.state.ecs.tasks.some((task) => task.stoppedReason?.startsWith('Task failed ELB health checks')),
    ).toBe(true);
    const relieved = await live((state) => {
      like('load=220', 'checkout')(state);
      oneMore('checkout')(state);
      oneMore('checkout')(state);
    });
    relieved.clock.advance(10 * MINUTE_MS);
    expect(relieved.service('checkout').runningCount).toBe(4);
  });
});

describe('the words for an application', () => {
  it('are bounded, and nonsense among them is harmless', () => {
    const of = (value: string) => behaviourOf({ environment: [{ name: 'SIMULATE', value }] });
    expect(of('floods=999999999').floodsPerMinute).toBe(3_000);
    expect(of('memory=lots,exits=x@y,binds=moon,,=,needs=')).toMatchObject({
      memoryMiB: 96,
      binds: 'all',
      exit: { code: 1, afterMs: 5_000 },
    });
    expect(of('requires=A,requires=B').requires).toEqual(['A', 'B']);
  });
});
