// What a node reports to the hub: counted once, acknowledged when it is durable, and harmless whatever it contains.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callOf, createWorld, type World } from '../node/world.ts';
import { inventoryOf, type RawNode, rawNode } from './raw-node.ts';

let world: World;
let open: RawNode[];
beforeEach(async () => {
  world = await createWorld();
  open = [];
});
afterEach(async () => {
  for (const node of open) node.close();
  await world.close();
});

async function member(key?: RawNode['key'], bootEpoch = 'boot_raw'): Promise<RawNode> {
  const node = await rawNode(world.url, key);
  open.push(node);
  const joinToken = key === undefined ? (await world.link.createJoinToken()).token : null;
  node.prove(await node.hello(), { joinToken, inventory: inventoryOf({ bootEpoch }) });
  await node.next('welcome');
  return node;
}

const outcome = (proposal: string) => ({
  proposal,
  state: 'done',
  at: 1,
  detail: 'The change was made.',
  awsRequestId: null,
  error: null,
  approvals: 1,
});
const moved = (seq: number, proposal = 'prop_1') => ({
  type: 'proposal.moved',
  seq,
  outcome: outcome(proposal),
});

const quiet = { awsStarted: async () => {}, awsFinished: () => {} };

describe('numbered reports', () => {
  test('are acknowledged after they were taken, and acted on once', async () => {
    const node = await member();
    node.send(moved(1));
    expect(await node.next('ack')).toEqual({ type: 'ack', seq: 1 });
    node.send(moved(1));
    expect(await node.next('ack')).toEqual({ type: 'ack', seq: 1 });
    expect(world.recorded.outcomes).toHaveLength(1);
  });

  test('are not repeated over a reconnect in the same boot epoch, and start anew in the next', async () => {
    const node = await member();
    node.send(moved(1));
    await node.next('ack');
    const again = await member(node.key);
    again.send(moved(1));
    await again.next('ack');
    expect(world.recorded.outcomes).toHaveLength(1);
    const restarted = await member(node.key, 'boot_next');
    restarted.send(moved(1, 'prop_2'));
    await restarted.next('ack');
    expect(world.recorded.outcomes).toHaveLength(2);
  });
});

describe('calls', () => {
  test('end as lost when the connection does', async () => {
    const node = await member();
    const id = world.link.directory.connected(null)!.id;
    const call = callOf(world.clock, 'any', {});
    const result = world.link.directory.run(id, call, quiet, new AbortController().signal);
    await node.next('call.run');
    node.close();
    expect(await result).toMatchObject({ status: 'failed', error: { code: 'node-lost' } });
    const offline = await world.link.directory.run(id, call, quiet, new AbortController().signal);
    expect(offline).toMatchObject({ status: 'failed', error: { code: 'node-offline' } });
  });

  test('can be stopped, and run out of time', async () => {
    const node = await member();
    const id = world.link.directory.connected(null)!.id;
    const stop = new AbortController();
    const stopped = world.link.directory.run(id, callOf(world.clock, 'any', {}), quiet, stop.signal);
    await node.next('call.run');
    stop.abort();
    expect(await stopped).toMatchObject({ status: 'refused', error: { code: 'cancelled' } });
    expect((await node.next('call.cancel')).type).toBe('call.cancel');
    const late = world.link.directory.run(
      id,
      callOf(world.clock, 'any', {}),
      quiet,
      new AbortController().signal,
    );
    await node.next('call.run');
    world.clock.advance(40_000);
    expect(await late).toMatchObject({ status: 'failed', error: { code: 'deadline-exceeded' } });
  });

  test('an AWS request that the audit log refuses is answered with no', async () => {
    const node = await member();
    const id = world.link.directory.connected(null)!.id;
    const call = callOf(world.clock, 'any', {});
    const refusing = { ...quiet, awsStarted: () => Promise.reject(new Error('full')) };
    void world.link.directory.run(id, call, refusing, new AbortController().signal);
    await node.next('call.run');
    const aws = {
      id: 'aws_1',
      call: call.call,
      action: 'sts:GetCallerIdentity',
      cli: 'aws sts get-caller-identity',
    };
    const started = {
      ...aws,
      stage: '',
      startedAt: 1,
      status: 'started',
      ms: null,
      evidence: null,
      error: null,
    };
    node.send({ type: 'aws.started', aws: started });
    expect(await node.next('aws.recorded')).toEqual({ type: 'aws.recorded', id: 'aws_1', ok: false });
  });
});

describe('a hostile node', () => {
  const types = [
    'hello',
    'proof',
    'bye',
    'aws.started',
    'aws.finished',
    'call.done',
    'proposal.moved',
    'proposal.list',
  ];

  test('can send anything without harm to the hub or to another node', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    const good = await member();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc
              .record({ type: fc.constantFrom(...types), seq: fc.integer(), outcome: fc.anything() })
              .map(safeJson),
            fc.constantFrom(safeJson(moved(3)), '['.repeat(50_000), '{"__proto__":{"polluted":1}}'),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        async (texts) => {
          const bad = await rawNode(world.url);
          for (const text of texts) bad.sendText(text);
          // Whatever happened, the hub still answers somebody else.
          good.send(moved(world.recorded.outcomes.length + 1));
          expect((await good.next('ack')).type).toBe('ack');
          bad.close();
        },
      ),
      { numRuns: 60 },
    );
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('that is a member loses its connection over one bad frame, whatever it is', async () => {
    for (const text of [
      'nonsense',
      '{}',
      '['.repeat(10_000),
      safeJson({ type: 'proposal.list', bootEpoch: 1, live: [] }),
    ]) {
      const node = await member();
      node.sendText(text);
      expect(await node.next('never')).toMatchObject({ type: 'bye', code: 'frame-invalid' });
      await node.closed;
    }
  });
});

function safeJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? Number(member) : member)) ?? 'null'
  );
}
