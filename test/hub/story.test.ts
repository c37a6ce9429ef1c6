// The whole way of a change through a real hub and a real node: ask, propose, approve, run once, watch, answer.

import { afterEach, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../src/hub/compose.ts';
import type { RunningNode } from '../../src/node/compose.ts';
import {
  type Account,
  answered,
  Client,
  calling,
  ended,
  openAccount,
  openHub,
  openNode,
  tempDir,
} from './support/house.ts';

const scale = {
  tool: 'ecs_update_service',
  input: { cluster: 'production-cluster', service: 'checkout', desired_count: 7 },
};

let hub: RunningHub;
let node: RunningNode;
let account: Account;
let temp: ReturnType<typeof tempDir>;

afterEach(async () => {
  await node?.close();
  await hub?.close();
  await account?.simulator.close();
  temp?.remove();
});

describe('a change through hub and node', () => {
  it('waits for a person, runs exactly once, watches and answers', async () => {
    temp = tempDir();
    account = await openAccount();
    hub = await openHub(temp.dir, { planner: calling(scale) });
    node = await openNode(temp.dir, hub, account);
    const client = new Client(hub);
    const { conversation, turn } = await client.ask('scale checkout to 7');
    const waiting = await client.until(conversation, ended(turn));
    const created = waiting.find((event) => event.type === 'proposal.created');
    expect(
      waiting.map((event) => event.type),
      JSON.stringify(waiting.at(-2)),
    ).toContain('proposal.created');
    if (created?.type !== 'proposal.created') throw new Error('no proposal');
    const decision = await client.request('POST', `/proposals/${created.proposal.id}/decision`, {
      decision: 'approve',
      digest: created.proposal.digest,
    });
    expect(decision.status).toBe(200);
    const done = await client.until(conversation, answered(turn));
    console.log(done.map((event) => event.type).join(' '));
    console.log(JSON.stringify(done.find((e) => e.type === 'answer')));
    expect((await client.proposal(created.proposal.id)).state).toBe('done');
  });
});
