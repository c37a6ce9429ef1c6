// The request rates of the ECS API: bursts, refilling, who shares a bucket, and that an SDK client that retries gets through.

import * as ecsApi from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from 'vitest';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createApiRate } from '../../src/simulator/wire/api-rate.ts';
import { createFakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

describe('the rate of an API', () => {
  const admitted = (
    rate: ReturnType<typeof createApiRate>,
    count: number,
    operation = 'UpdateService',
    region = 'eu-west-1',
  ) => Array.from({ length: count }, () => rate.admits('ecs', operation, region)).filter(Boolean).length;

  it('takes a burst and then as much as the bucket fills up', () => {
    let now = 0;
    const rate = createApiRate(() => now);
    expect(admitted(rate, 60)).toBe(50);
    now += 1_000;
    expect(admitted(rate, 60)).toBe(5);
    now += 3_600_000;
    expect(admitted(rate, 60)).toBe(50);
  });

  it('is shared by the operations of one kind and by nothing else', () => {
    const rate = createApiRate(() => 0);
    expect(admitted(rate, 100, 'DescribeTasks')).toBe(100);
    expect(admitted(rate, 1, 'ListTasks')).toBe(0);
    expect(admitted(rate, 1, 'DescribeServices')).toBe(1);
    expect(admitted(rate, 1, 'DescribeTasks', 'us-east-1')).toBe(1);
    expect(rate.admits('ec2', 'DescribeTasks', 'eu-west-1')).toBe(true);
  });
});

describe('a client that asks too often', () => {
  let simulator: Simulator | undefined;
  afterEach(() => simulator?.close());

  const start = async (maxAttempts: number) => {
    const clock = createFakeClock(NOW);
    simulator = await startSimulator({ snapshot: demoSnapshot(NOW), clock, static: true });
    const ecs = new ecsApi.ECSClient({
      endpoint: simulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
      maxAttempts,
    });
    return { clock, ecs, list: () => ecs.send(new ecsApi.ListClustersCommand({})) };
  };

  it('is told ThrottlingException, in the words of ECS', async () => {
    const { list } = await start(1);
    await Promise.all(Array.from({ length: 50 }, list));
    await expect(list()).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('gets its answer when it tries again after a pause', async () => {
    const { clock, ecs, list } = await start(3);
    await Promise.all(Array.from({ length: 50 }, list));
    // A second passes before each second attempt.
    ecs.middlewareStack.add(
      (next) => (args) => {
        const { headers = {} } = args.request as { headers?: Record<string, string> };
        if (headers['amz-sdk-request']?.startsWith('attempt=2') === true) clock.advance(1_000);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const answer = await list();
    expect(answer.clusterArns?.length).toBeGreaterThan(0);
    expect(answer.$metadata.attempts).toBe(2);
  });
});
