// Several calls that ask AWS for the same within moments: one request, and everybody still has a record and evidence of their own.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsAction } from '../../src/contract/aws.ts';
import type { AwsClients, RawAnswer } from '../../src/node/aws/clients.ts';
import { shareReads } from '../../src/node/shared-reads.ts';
import { createHybridClock } from './hybrid-clock.ts';
import { createWorld, type World } from './world.ts';

interface Sent {
  readonly action: AwsAction;
  readonly signal: AbortSignal;
  answer(output: Record<string, unknown>): void;
  refuse(error: unknown): void;
}

/** Clients whose requests are answered when the test says so. */
function heldClients() {
  const sent: Sent[] = [];
  const clients: AwsClients = {
    send: (action, _input, signal) =>
      new Promise<RawAnswer>((resolve, reject) => {
        sent.push({
          action,
          signal,
          answer: (output) => resolve({ output, requestId: 'r', attempts: 1 }),
          refuse: reject,
        });
      }),
    region: async () => 'eu-west-1',
    endpoint: null,
    close: () => {},
  };
  const clock = createHybridClock();
  return { sent, clock, ...shareReads(clients, { clock }) };
}

const signal = () => new AbortController().signal;
const CHANGE: AwsAction = 'ecs:StopTask';

describe('reads that are shared', () => {
  it('go to AWS once while one is under way and for moments afterwards', async () => {
    const { reads, sent, clock } = heldClients();
    const first = reads.send('ecs:ListClusters', {}, signal());
    const second = reads.send('ecs:ListClusters', {}, signal());
    sent[0]?.answer({ clusterArns: ['a'] });
    expect((await first).attempts).toBe(1);
    expect(await second).toMatchObject({ attempts: 0, output: { clusterArns: ['a'] } });
    expect((await reads.send('ecs:ListClusters', {}, signal())).attempts).toBe(0);
    expect(sent).toHaveLength(1);
    clock.advance(3_001);
    void reads.send('ecs:ListClusters', {}, signal());
    expect(sent).toHaveLength(2);
  });

  it('are the same only with the same input', () => {
    const { reads, sent } = heldClients();
    void reads.send('ecs:ListServices', { cluster: 'a' }, signal());
    void reads.send('ecs:ListServices', { cluster: 'b' }, signal());
    expect(sent).toHaveLength(2);
  });

  it('keep no failure', async () => {
    const { reads, sent } = heldClients();
    const first = reads.send('ecs:ListClusters', {}, signal());
    sent[0]?.refuse(new Error('denied'));
    await expect(first).rejects.toThrow('denied');
    void reads.send('ecs:ListClusters', {}, signal());
    expect(sent).toHaveLength(2);
  });

  it('are forgotten with a change, also those that were under way when it was sent', async () => {
    const { reads, clients, sent } = heldClients();
    void reads.send('ecs:ListClusters', {}, signal());
    const change = clients.send(CHANGE, {}, signal());
    sent[1]?.answer({});
    await change;
    void reads.send('ecs:ListClusters', {}, signal());
    expect(sent.map(({ action }) => action)).toEqual(['ecs:ListClusters', CHANGE, 'ecs:ListClusters']);
  });

  it('are not for what prepares a change, which has to see the present', async () => {
    const { reads, clients, sent } = heldClients();
    const first = reads.send('ecs:ListClusters', {}, signal());
    sent[0]?.answer({});
    await first;
    void clients.send('ecs:ListClusters', {}, signal());
    expect(sent).toHaveLength(2);
  });

  it('go on for the others when one asker leaves, and stop when the last one does', async () => {
    const { reads, sent } = heldClients();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = reads.send('ecs:ListClusters', {}, one.signal);
    const second = reads.send('ecs:ListClusters', {}, other.signal);
    one.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    expect(sent[0]?.signal.aborted).toBe(false);
    other.abort(new Error('left too'));
    await expect(second).rejects.toThrow('left too');
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('keep a revision of a task definition for minutes, and a family only for moments', async () => {
    const { reads, sent, clock } = heldClients();
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/api:7';
    for (const taskDefinition of [arn, 'api']) {
      const asked = reads.send('ecs:DescribeTaskDefinition', { taskDefinition }, signal());
      sent.at(-1)?.answer({});
      await asked;
    }
    clock.advance(60_000);
    await reads.send('ecs:DescribeTaskDefinition', { taskDefinition: arn }, signal());
    expect(sent).toHaveLength(2);
    void reads.send('ecs:DescribeTaskDefinition', { taskDefinition: 'api' }, signal());
    expect(sent).toHaveLength(3);
  });
});

describe('investigations at the same time', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  it('cost AWS what one costs, and each has its own records and evidence', async () => {
    await world.node();
    const ask = () =>
      world.run('diagnose_service', { cluster: 'production-cluster', service: 'my-web-service' });
    expect(await ask()).toMatchObject({ status: 'ok' });
    const sentByOne = world.simulator.recorder.requests.length;
    const recordedByOne = world.recorded.evidence.length;
    world.clock.advance(10 * 60_000);
    world.simulator.recorder.clear();
    const results = await Promise.all(Array.from({ length: 5 }, ask));
    expect(results.every(({ status }) => status === 'ok')).toBe(true);
    expect(world.simulator.recorder.requests.length).toBeLessThanOrEqual(1.1 * sentByOne);
    expect(world.recorded.evidence.length - recordedByOne).toBe(5 * recordedByOne);
    expect(new Set(world.recorded.evidence.map(({ id }) => id)).size).toBe(6 * recordedByOne);
  });
});
