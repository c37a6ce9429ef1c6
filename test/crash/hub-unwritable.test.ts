// A hub whose disk refuses every write: no read and no change reaches AWS while it lasts, whoever asks is told, and when the
// disk takes writes again everything goes on without anybody's help.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveSomehow, checkChange, checkLog, finish, nodeIsThere, propose } from './hub/change.ts';
import { eventually, pause, World } from './hub/world.ts';

const TEST_MS = 60_000;

let world: World;

beforeAll(async () => {
  world = await World.open();
  await world.startHub();
  await world.startNode();
});
afterAll(async () => {
  await checkLog(world);
  await world.close();
});

/** Requests AWS gets while `during` runs with a disk that refuses. A node that is starting asks who it is; nothing else counts. */
async function receivedWhileFull(during: () => Promise<void>): Promise<string[]> {
  await world.refuseCommits(true);
  // What had been let through before the disk refused is over.
  await pause(200);
  world.simulator.recorder.clear();
  await during();
  return world.simulator.recorder.requests.map(({ operation }) => operation);
}

async function writable(): Promise<boolean> {
  const { body } = await world.request('GET', '/status');
  return (body as { audit: { writable: boolean } }).audit.writable;
}

const codeOf = (answer: { body: unknown }) => (answer.body as { error?: { code: string } }).error?.code;

describe('a hub that cannot write', () => {
  test('refuses messages and approvals, lets nothing through to AWS, and recovers alone', {
    timeout: TEST_MS,
  }, async () => {
    const change = await propose(world, 8_001);
    const received = await receivedWhileFull(async () => {
      const asked = await world.request('POST', '/conversations', { text: 'look around', channel: 'cli' });
      expect([asked.status, codeOf(asked)]).toEqual([503, 'audit-unwritable']);
      const approved = await world.approve(change.proposal);
      expect([approved.status, codeOf(approved)]).toEqual([503, 'audit-unwritable']);
      expect(await writable()).toBe(false);
      await pause(500);
    });
    expect(received).toEqual([]);
    expect((await world.proposals(change.conversation))[0]).toMatchObject({
      state: 'pending',
      decisions: [],
    });

    await world.refuseCommits(false);
    await eventually('a log that is written', async () => ((await writable()) ? true : null));
    const asked = await world.ask('look around');
    expect((await finish(world, asked)).at(-1)).toMatchObject({ type: 'turn.ended', status: 'answered' });
    await approveSomehow(world, change.proposal);
    const events = await finish(world, change);
    expect((await checkChange(world, change, { events, mayBeUnknown: false })).state).toBe('done');
    const { body } = await world.request('GET', '/audit?event=audit.resumed&limit=1');
    expect((body as { total: number }).total).toBeGreaterThanOrEqual(1);
  });

  test('in the middle of a turn: no further request leaves, and the turn ends by itself when the disk is back', {
    timeout: TEST_MS,
  }, async () => {
    world.simulator.inject.latency('ecs:ListClusters', 3_000);
    const asked = await world.ask('look around');
    await eventually('the first request', async () =>
      world.simulator.recorder.of('ecs:ListClusters').length > 0 ? true : null,
    );
    const received = await receivedWhileFull(() => pause(1_500));
    expect(received).toEqual([]);
    world.simulator.inject.clear();
    await world.refuseCommits(false);
    const events = await finish(world, asked);
    const end = events.at(-1);
    expect(end).toMatchObject({ type: 'turn.ended' });
    expect(await nodeIsThere(world)).toBe(true);
    const next = await world.ask('look around', asked.conversation);
    expect((await finish(world, next)).at(-1)).toMatchObject({ status: 'answered' });
  });

  test('after an approval was recorded: the change is not sent, and is reported truly when the disk is back', {
    timeout: TEST_MS,
  }, async () => {
    world.forgetRules();
    const change = await propose(world, 8_002);
    // The node reads the state again before it claims; the disk goes away while it does.
    world.simulator.inject.latency('ec2:DescribeSecurityGroups', 2_400);
    world.simulator.recorder.clear();
    await world.approve(change.proposal);
    await eventually('the node reading the state', async () =>
      world.simulator.recorder.of('ec2:DescribeSecurityGroups').length > 0 ? true : null,
    );
    const received = await receivedWhileFull(() => pause(1_200));
    expect(received.filter((operation) => operation.startsWith('Authorize'))).toEqual([]);
    expect(received.filter((operation) => operation !== 'GetCallerIdentity')).toEqual([]);
    world.simulator.inject.clear();
    await world.refuseCommits(false);
    const events = await finish(world, change);
    expect((await checkChange(world, change, { events, mayBeUnknown: false })).state).toBe('failed');
    expect(world.opened(8_002)).toBe(0);
  });
});
