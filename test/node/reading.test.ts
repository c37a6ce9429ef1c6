// Read calls on a node: what reaches AWS, what does not, and what leaves the node.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { defineReadTool, type ReadTool, type Tool } from '../../src/contract/tool.ts';
import { limits } from '../../src/kernel/limits.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { until } from './until.ts';
import { callOf, createWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

/** A read tool that does `run` with the declared actions. */
function tool(
  run: (aws: Aws) => Promise<unknown>,
  actions: Tool['actions'] = ['ecs:ListClusters'],
): ReadTool {
  return defineReadTool({
    name: 'probe',
    summary: 'For tests.',
    risk: 'read',
    actions,
    input: z.strictObject({ name: z.string().max(10).optional() }),
    output: z.json(),
    target: () => ({ resources: [] }),
    // What a probe returns is JSON; its declared output checks it.
    run: async (_input, aws) => (await run(aws)) as z.core.util.JSONType,
    text: (output) => JSON.stringify(output) ?? '',
  });
}

async function nodeWith(probe: ReadTool, overrides = {}) {
  return world.node({ tools: [probe], ...overrides });
}

const listClusters = async (aws: Aws) => (await aws.call('ecs:ListClusters', {})).output.clusterArns ?? [];

function journal(): string {
  return readFileSync(path.join(world.dir, 'node', 'journal.jsonl'), 'utf8');
}

describe('before anything is sent', () => {
  test('a request that the hub cannot record is not sent', async () => {
    await nodeWith(tool(listClusters));
    world.refuseAws = true;
    expect(await world.run('probe', {})).toMatchObject({
      status: 'failed',
      error: { code: 'audit-unwritable' },
    });
    expect(world.simulator.recorder.of('ecs:ListClusters')).toEqual([]);
  });

  test('an action that the tool does not declare is not sent, nor a change that it does declare', async () => {
    const undeclared = tool(async (aws) => aws.call('sts:GetCallerIdentity', {}));
    await nodeWith(undeclared);
    world.simulator.recorder.clear();
    expect(await world.run('probe', {})).toMatchObject({ error: { code: 'action-not-declared' } });
    expect(world.simulator.recorder.requests).toEqual([]);
  });

  test('a change is never sent by a tool, even when it declares the action', async () => {
    const change = tool((aws) => aws.call('ecs:StopTask', { task: 'x' }), ['ecs:StopTask']);
    await nodeWith(change);
    expect(await world.run('probe', {})).toMatchObject({ error: { code: 'action-not-declared' } });
    expect(world.simulator.recorder.of('ecs:StopTask')).toEqual([]);
  });

  test('an ARN of another account is not asked for', async () => {
    const arn = 'arn:aws:ecs:us-east-1:999999999999:cluster/other';
    await nodeWith(
      tool((aws) => aws.call('ecs:DescribeClusters', { clusters: [arn] }), ['ecs:DescribeClusters']),
    );
    expect(await world.run('probe', {})).toMatchObject({ error: { code: 'input-invalid' } });
    expect(world.simulator.recorder.of('ecs:DescribeClusters')).toEqual([]);
  });

  test.each([
    ['an unknown tool', 'nothing', {}, 'tool-unknown'],
    ['input of another shape', 'probe', { other: 1 }, 'input-invalid'],
    ['input that is too long', 'probe', { name: 'x'.repeat(limits.call.inputBytes) }, 'body-too-large'],
  ])('%s is refused', async (_what, name, input, code) => {
    await nodeWith(tool(listClusters));
    expect(await world.run(name, input)).toMatchObject({ status: 'refused', error: { code } });
  });

  test.each([
    ['deny', 'call-denied'],
    ['approve', 'call-denied'],
    ['error', 'policy-unavailable'],
    ['throw', 'policy-unavailable'],
  ])("when the node's own policy says %s, nothing is sent", async (says, code) => {
    const decide = () => {
      if (says === 'throw') throw new Error('no engine');
      const errors = says === 'error' ? ['attribute missing'] : [];
      const verdict = says === 'error' ? ('allow' as const) : (says as 'deny' | 'approve');
      return {
        verdict,
        reasons: [],
        approvals: 0,
        level: 'click' as const,
        errors,
        policySha256: 'a'.repeat(64),
      };
    };
    await nodeWith(tool(listClusters), { policy: { decide } });
    expect(await world.run('probe', {})).toMatchObject({ error: { code } });
    expect(world.simulator.recorder.of('ecs:ListClusters')).toEqual([]);
  });

  test('a node without a policy refuses everything', async () => {
    await nodeWith(tool(listClusters), { policy: undefined });
    expect(await world.run('probe', {})).toMatchObject({ error: { code: 'call-denied' } });
  });
});

describe('what is sent', () => {
  test('is in the journal and announced to the hub first, with its command line', async () => {
    await nodeWith(tool(listClusters));
    await world.run('probe', {});
    expect(world.recorded.aws.map(({ status, cli }) => [status, cli])).toEqual([
      ['started', 'aws ecs list-clusters --region us-east-1'],
      ['ok', 'aws ecs list-clusters --region us-east-1'],
    ]);
    expect(journal()).toContain('aws ecs list-clusters --region us-east-1');
  });

  test('is sent once for identical requests at the same moment', async () => {
    await nodeWith(tool(async (aws) => (await Promise.all([listClusters(aws), listClusters(aws)])).length));
    expect(await world.run('probe', {})).toMatchObject({ status: 'ok', output: 2 });
    expect(world.simulator.recorder.of('ecs:ListClusters')).toHaveLength(1);
  });

  test('is bounded in number for one call', async () => {
    const greedy = tool(
      async (aws) => {
        // Each differs, since the same read within moments would not be sent again.
        for (let i = 0; i < limits.call.awsCallsMax; i++)
          await aws
            .call('ecs:ListServices', { cluster: 'production-cluster', nextToken: `none-${i}` })
            .catch(() => {});
        return aws.call('ecs:ListServices', { cluster: 'production-cluster' });
      },
      ['ecs:ListServices'],
    );
    await nodeWith(greedy);
    expect(await world.run('probe', {})).toMatchObject({
      status: 'failed',
      error: { code: 'budget-exceeded' },
    });
    expect(world.simulator.recorder.of('ecs:ListServices')).toHaveLength(limits.call.awsCallsMax);
  }, 60_000);

  test('a throttled read is tried again by itself', async () => {
    await nodeWith(tool(listClusters));
    world.simulator.inject.throttle('ecs:ListClusters', 1);
    expect((await world.run('probe', {})).status).toBe('ok');
    expect(world.simulator.recorder.of('ecs:ListClusters')).toHaveLength(2);
  });
});

describe('what comes back', () => {
  test.each([
    ['ecs:ListClusters', (aws: Aws) => aws.call('ecs:ListClusters', {})],
    ['ec2:DescribeSubnets', (aws: Aws) => aws.call('ec2:DescribeSubnets', {})],
    ['sts:GetCallerIdentity', (aws: Aws) => aws.call('sts:GetCallerIdentity', {})],
    [
      'elasticloadbalancing:DescribeTargetGroups',
      (aws: Aws) => aws.call('elasticloadbalancing:DescribeTargetGroups', {}),
    ],
  ] as const)('%s denied is told as denied, never as nothing there', async (action, run) => {
    const kinds: string[] = [];
    const probe = tool(
      async (aws) => {
        try {
          await run(aws);
        } catch (error) {
          if (error instanceof AwsCallError) kinds.push(error.failure.kind);
          throw error;
        }
      },
      [action],
    );
    await nodeWith(probe);
    world.simulator.inject.deny(action);
    const result = await world.run('probe', {});
    expect(result).toMatchObject({ status: 'failed', error: { code: 'aws-failed' } });
    expect(kinds).toEqual(['denied']);
    expect(world.recorded.aws.at(-1)?.status).toBe('denied');
  });

  test('secrets are taken out of output, text and evidence', async () => {
    const secret = 'postgres://app:hunter2hunter2@db.internal:5432/orders';
    await nodeWith(tool(async () => ({ line: secret })));
    const result = JSON.stringify(await world.run('probe', {}));
    expect(result).not.toContain('hunter2hunter2');
    expect(result).toContain('[secret:');
  });

  test('an output that is too large is refused, not cut', async () => {
    await nodeWith(tool(async () => 'x y '.repeat(limits.call.outputBytes / 4)));
    expect(await world.run('probe', {})).toMatchObject({
      status: 'failed',
      error: { code: 'result-too-large' },
    });
  });

  test('a bug in a tool is a failed call and nothing else', async () => {
    await nodeWith(
      tool(async () => {
        throw new TypeError('x is not a function');
      }),
    );
    expect(await world.run('probe', {})).toMatchObject({ status: 'failed', error: { code: 'tool-failed' } });
  });

  test('hostile text in an answer does not end the connection', async () => {
    const node = await nodeWith(tool(async () => ({ __proto__x: '\ud800\u202e<script>\u0000', deep: 1 })));
    expect((await world.run('probe', {})).status).toBe('ok');
    expect(node.connected()).toBe(true);
  });
});

describe('an end before the end', () => {
  test('a call that takes too long ends with its deadline', async () => {
    await nodeWith(tool(() => new Promise(() => {})));
    const result = world.run('probe', {}, { deadlineMs: 50 });
    expect(await result).toMatchObject({ status: 'failed', error: { code: 'deadline-exceeded' } });
  });

  test('a call that is stopped sends nothing more', async () => {
    const seen = later<Aws>();
    const go = later<void>();
    const ended = later<unknown>();
    await nodeWith(
      tool(async (aws) => {
        seen.resolve(aws);
        await go.promise;
        await listClusters(aws).then(ended.resolve, ended.resolve);
      }),
    );
    const view = world.link.directory.connected(null);
    const stop = new AbortController();
    const quiet = { awsStarted: async () => {}, awsFinished: () => {} };
    const result = world.link.directory.run(view!.id, callOf(world.clock, 'probe', {}), quiet, stop.signal);
    await seen.promise;
    stop.abort();
    expect(await result).toMatchObject({ status: 'refused', error: { code: 'cancelled' } });
    // One answered call later the node has surely read the cancellation.
    await world.run('nothing', {});
    go.resolve();
    expect(await ended.promise).toBeInstanceOf(AwsCallError);
    expect(world.simulator.recorder.of('ecs:ListClusters')).toEqual([]);
  });

  test('a request nobody waits for has ended before its call has, also when the tool fails', async () => {
    let fails = false;
    await nodeWith(
      tool(async (aws) => {
        void listClusters(aws).catch(() => {});
        if (fails) throw new Error('a bug');
        return null;
      }),
    );
    for (const status of ['ok', 'failed']) {
      world.recorded.aws.length = 0;
      expect(await world.run('probe', {})).toMatchObject({ status });
      expect(world.recorded.aws.map((aws) => aws.status)).toEqual(['started', 'ok']);
      fails = true;
      world.clock.advance(600_000);
    }
  });

  test('a call that was cut off runs again under its id on the next connection', async () => {
    const began = later<void>();
    let runs = 0;
    await nodeWith(
      tool(async () => {
        runs += 1;
        if (runs > 1) return { text: 'again' };
        began.resolve();
        await new Promise(() => {});
      }),
    );
    const call = { call: 'call_again' };
    const lost = world.run('probe', {}, call);
    await began.promise;
    await world.closeHub();
    expect(await lost).toMatchObject({ status: 'failed', error: { code: 'node-lost' } });
    await world.openHub();
    await until(() => world.link.directory.connected(null) !== null);
    expect(await world.run('probe', {}, call)).toMatchObject({ status: 'ok' });
    expect(runs).toBe(2);
  });

  test('a query of the logs that nobody waits for any more is stopped in AWS, and that is on record', async () => {
    const group = demoSnapshot(world.clock.now()).logs.logGroups[0]?.logGroupName ?? '';
    await world.node();
    const view = world.link.directory.connected(null);
    const stop = new AbortController();
    const looked = later<void>();
    const observer = {
      awsStarted: async () => {},
      awsFinished: (aws: { readonly action: string }) => {
        if (aws.action === 'logs:GetQueryResults') looked.resolve();
      },
    };
    const input = { log_groups: [group], query: 'fields @message' };
    const call = callOf(world.clock, 'logs_query', input);
    const result = world.link.directory.run(view!.id, call, observer, stop.signal);
    await looked.promise;
    stop.abort();
    expect(await result).toMatchObject({ status: 'refused', error: { code: 'cancelled' } });
    await until(() => world.simulator.recorder.of('logs:StopQuery').length > 0);
    const [asked] = world.simulator.recorder.of('logs:StopQuery');
    expect(asked?.input).toMatchObject({ queryId: expect.any(String) });
    await until(() =>
      world.recorded.aws.some((aws) => aws.action === 'logs:StopQuery' && aws.status === 'ok'),
    );
    expect(journal()).toContain('logs:StopQuery');
  });

  test('a node without credentials says so, and tells it in its inventory', async () => {
    world.simulator.inject.deny('sts:GetCallerIdentity');
    const node = await nodeWith(tool(listClusters));
    expect(node.inventory).toMatchObject({ identity: null, account: '' });
    expect(node.inventory.problem).toContain('GetCallerIdentity');
    expect(await world.run('probe', {})).toMatchObject({ status: 'failed', error: { code: 'aws-failed' } });
    world.simulator.inject.clear();
    expect((await world.run('probe', {})).status).toBe('ok');
  });

  test('a node whose credentials work later says so to the hub by itself', async () => {
    world.simulator.inject.deny('sts:GetCallerIdentity');
    await nodeWith(tool(listClusters));
    expect(world.link.directory.connected('123456789012')).toBeNull();
    world.simulator.inject.clear();
    const push = setInterval(() => world.clock.advance(5_000), 5);
    await until(() => world.link.directory.connected('123456789012') !== null);
    clearInterval(push);
  });

  test('a node without a region names what to set', async () => {
    const aws = { ...world.nodeOptions().aws, region: undefined };
    const node = await nodeWith(tool(listClusters), { aws });
    expect(node.inventory.problem).toContain('region');
  });
});

describe('budgets of the node', () => {
  test('hold whatever the hub asks, and end with the minute', async () => {
    const bounds = { ...limits.node, callsPerMinutePerConversation: 2, callsPerMinute: 3 };
    await nodeWith(tool(listClusters), { limits: bounds });
    const origin = { ...callOf(world.clock, 'probe', {}).origin, conversation: 'conv_2' };
    expect((await world.run('probe', {})).status).toBe('ok');
    expect((await world.run('probe', {})).status).toBe('ok');
    expect(await world.run('probe', {})).toMatchObject({
      status: 'failed',
      error: { code: 'budget-exceeded' },
    });
    expect((await world.run('probe', {}, { origin })).status).toBe('ok');
    expect(await world.run('probe', {}, { origin })).toMatchObject({ error: { code: 'budget-exceeded' } });
    world.clock.advance(60_001);
    expect((await world.run('probe', {})).status).toBe('ok');
  });

  test('no more than the agreed bytes leave it in an hour', async () => {
    await nodeWith(tool(listClusters), { limits: { ...limits.node, bytesPerHour: 10 } });
    expect((await world.run('probe', {})).status).toBe('ok');
    expect(await world.run('probe', {})).toMatchObject({ error: { code: 'budget-exceeded' } });
  });
});

/** A promise that somebody else resolves. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
