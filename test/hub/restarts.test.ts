// A hub or a node that goes away at any point: what was asked is answered, what was decided is carried out, nothing runs twice.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail } from '../../src/contract/errors.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { HubOptions, RunningHub } from '../../src/hub/compose.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import type { RunningNode } from '../../src/node/compose.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import {
  type Account,
  answered,
  Client,
  calling,
  ended,
  openAccount,
  openHub,
  openNode,
  puppet,
  tempDir,
} from './support/house.ts';

const change = calling({
  tool: 'ecs_update_service',
  input: { cluster: 'production-cluster', service: 'checkout', desired_count: 7 },
});

let temp: ReturnType<typeof tempDir>;
let account: Account;
let hub: RunningHub;
let node: RunningNode;

beforeEach(async () => {
  temp = tempDir();
  account = await openAccount();
});

afterEach(async () => {
  await node?.close();
  await hub?.close();
  await account.simulator.close();
  temp.remove();
});

async function start(planner: HubOptions['planner'], options: { node?: boolean } = {}): Promise<Client> {
  hub = await openHub(temp.dir, { planner });
  if (options.node !== false) node = await openNode(temp.dir, hub, account);
  return new Client(hub);
}

/** The same data folder and address, with another process's memory. */
async function restartHub(
  planner: HubOptions['planner'],
  between: () => Promise<void> = async () => {},
): Promise<Client> {
  const { port } = hub;
  await hub.close();
  await between();
  hub = await openHub(temp.dir, { planner, port });
  await node.whenConnected();
  return new Client(hub);
}

/** A planner that thinks until it is stopped. */
function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(fail('cancelled')));
  });
}

const changesSent = () => account.simulator.recorder.of('ecs:UpdateService').length;
const approve = (client: Client, { id, digest }: ProposalView) =>
  client.request('POST', `/proposals/${id}/decision`, { decision: 'approve', digest });

async function proposed(client: Client) {
  const accepted = await client.ask('scale checkout to 7');
  const events = await client.until(accepted.conversation, ended(accepted.turn));
  const created = events.find((event) => event.type === 'proposal.created');
  if (created?.type !== 'proposal.created') throw new Error(JSON.stringify(events.at(-2)));
  return { ...accepted, proposal: created.proposal };
}

describe('a hub that restarts', () => {
  it('goes on with a turn that was cut off while its planner thought', async () => {
    let thinking = () => {};
    const reached = new Promise<void>((resolve) => (thinking = resolve));
    const client = await start(
      puppet(({ signal }) => {
        thinking();
        return untilStopped(signal);
      }),
    );
    const { conversation, turn } = await client.ask('hello');
    await reached;
    const again = await restartHub(puppet(() => ({ answer: 'Here it is.' })));
    const events = await again.until(conversation, answered(turn));
    expect(events.map((event) => event.type)).toEqual([
      'turn.started',
      'turn.resumed',
      'answer',
      'turn.ended',
    ]);
    expect(events.at(-2)).toMatchObject({ text: 'Here it is.' });
  });

  it('does not make a call again that has its result', async () => {
    const read = { tool: 'ecs_list_clusters', input: {} };
    let steps = 0;
    let thinking = () => {};
    const reached = new Promise<void>((resolve) => (thinking = resolve));
    const client = await start(
      puppet(({ signal }) => {
        steps += 1;
        if (steps === 1) return { calls: [read] };
        thinking();
        return untilStopped(signal);
      }),
    );
    const { conversation, turn } = await client.ask('hello');
    await reached;
    const again = await restartHub(calling(read));
    const events = await again.until(conversation, answered(turn));
    expect(events.filter((event) => event.type === 'call.started')).toHaveLength(1);
    expect(account.simulator.recorder.of('ecs:ListClusters').length).toBeLessThanOrEqual(2);
  });

  it('keeps a waiting proposal decidable and carries it out once', async () => {
    const client = await start(change);
    const { conversation, turn, proposal } = await proposed(client);
    const again = await restartHub(change);
    expect((await again.proposal(proposal.id)).state).toBe('pending');
    expect((await approve(again, proposal)).status).toBe(200);
    await again.until(conversation, answered(turn));
    expect((await again.proposal(proposal.id)).state).toBe('done');
    expect(changesSent()).toBe(1);
  });

  it('delivers a decision that was on record and not yet sent', async () => {
    const client = await start(change);
    const { conversation, turn, proposal } = await proposed(client);
    const again = await restartHub(change, async () => {
      const store = await openSqliteStore({ dataDir: temp.dir, clock: systemClock, log: silentLog });
      const at = systemClock.now();
      const outcome = {
        proposal: proposal.id,
        state: 'approved' as const,
        at,
        detail: 'approved',
        awsRequestId: null,
        error: null,
        approvals: 1,
      };
      await store.commit(
        [
          {
            kind: 'proposal.decide',
            id: proposal.id,
            decision: { decision: 'approve', person: 'person_operator', at, reason: null, via: 'cli' },
          },
          { kind: 'proposal.move', id: proposal.id, from: ['pending'], to: 'approved', outcome },
        ],
        [],
      );
      await store.close();
    });
    await again.until(conversation, answered(turn));
    expect((await again.proposal(proposal.id)).state).toBe('done');
    expect(changesSent()).toBe(1);
  });

  it('hears what a node did while it was away', async () => {
    const client = await start(change);
    const { conversation, turn, proposal } = await proposed(client);
    await approve(client, proposal);
    // Whatever the node has reported until here, the rest arrives at the next hub.
    const again = await restartHub(change);
    await again.until(conversation, answered(turn));
    const { state } = await again.proposal(proposal.id);
    // Without a hub that records it the node sends nothing and says so: both ends are honest, and neither runs it twice.
    expect(['done', 'failed']).toContain(state);
    expect(changesSent()).toBe(state === 'done' ? 1 : 0);
  });

  it('goes on watching', async () => {
    const client = await start(change);
    const { conversation, turn, proposal } = await proposed(client);
    await approve(client, proposal);
    await client.until(conversation, (events) => events.some((event) => event.type === 'watch.started'));
    const again = await restartHub(change);
    await again.until(conversation, answered(turn));
    const events = await again.until(conversation, (all) =>
      all.some((event) => event.type === 'watch.ended'),
    );
    const end = events.find((event) => event.type === 'watch.ended');
    expect(end).toMatchObject({
      watch: { state: 'succeeded', detail: '7/7 tasks running and passed health checks.' },
    });
    expect(events.filter((event) => event.type === 'watch.ended')).toHaveLength(1);
  });

  it('gives a conversation in which nothing can go on its true state back', async () => {
    const client = await start(change, { node: false });
    const { conversation, turn } = await client.ask('only talk');
    await client.until(conversation, ended(turn));
    const { port } = hub;
    await hub.close();
    const store = await openSqliteStore({ dataDir: temp.dir, clock: systemClock, log: silentLog });
    await store.commit([{ kind: 'conversation.update', id: conversation, patch: { state: 'working' } }], []);
    await store.close();
    hub = await openHub(temp.dir, { planner: change, port });
    node = await openNode(temp.dir, hub, account);
    const again = new Client(hub);
    for (let tries = 0; tries < 200; tries++) {
      const { body } = await again.request('GET', `/conversations/${conversation}`);
      if ((body as { conversation: { state: string } }).conversation.state === 'answered') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect.fail('still working');
  });
});

describe('a node that restarts', () => {
  it('voids its proposal, and the change is prepared again under a new one that replaces it', async () => {
    const client = await start(change);
    const { conversation, turn, proposal } = await proposed(client);
    await node.close();
    node = await openNode(temp.dir, hub, account);
    const events = await client.until(
      conversation,
      (all) => all.filter((event) => event.type === 'proposal.created').length === 2,
    );
    const second = events.findLast((event) => event.type === 'proposal.created');
    if (second?.type !== 'proposal.created') throw new Error('no second proposal');
    expect(second.proposal.document.supersedes).toBe(proposal.id);
    expect((await client.proposal(proposal.id)).state).toBe('voided');
    const late = await approve(client, proposal);
    expect((late.body as { error: { code: string } }).error.code).toBe('proposal-voided');
    expect((await approve(client, second.proposal)).status).toBe(200);
    await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(1);
  });

  it('that is gone when somebody approves: the decision waits for it, and a restart of it voids that one too', async () => {
    const client = await start(change);
    const { conversation, proposal } = await proposed(client);
    await node.close();
    expect((await approve(client, proposal)).status).toBe(200);
    expect(changesSent()).toBe(0);
    node = await openNode(temp.dir, hub, account);
    await client.until(
      conversation,
      (all) => all.filter((event) => event.type === 'proposal.created').length === 2,
    );
    expect((await client.proposal(proposal.id)).state).toBe('voided');
    expect(changesSent()).toBe(0);
  });
});

describe('one turn at a time', () => {
  it('a message during a turn is refused, a stop ends the turn, and the next message is answered', async () => {
    let thinking = () => {};
    const reached = new Promise<void>((resolve) => (thinking = resolve));
    const client = await start(
      puppet(({ signal, transcript }) => {
        const asked = transcript.findLast((item) => item.kind === 'person');
        if (asked?.kind === 'person' && asked.text === 'second') return { answer: 'Second.' };
        thinking();
        return untilStopped(signal);
      }),
    );
    const { conversation, turn } = await client.ask('first');
    await reached;
    const busy = await client.request('POST', `/conversations/${conversation}/messages`, { text: 'second' });
    expect([busy.status, (busy.body as { error: { code: string } }).error.code]).toEqual([
      409,
      'conversation-busy',
    ]);
    await client.request('POST', `/conversations/${conversation}/stop`);
    const stopped = await client.until(conversation, answered(turn));
    expect(stopped.at(-1)).toMatchObject({ type: 'turn.ended', status: 'stopped' });
    const next = await client.ask('second', conversation);
    expect((await client.until(conversation, answered(next.turn))).at(-2)).toMatchObject({
      type: 'answer',
      text: 'Second.',
    });
  });

  it('of many first messages at once each gets its own conversation', async () => {
    const client = await start(calling(), { node: false });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => client.ask(`only talk ${i}`)));
    expect(new Set(all.map((accepted) => accepted.conversation)).size).toBe(20);
    for (const { conversation, turn } of all) await client.until(conversation, answered(turn));
    node = await openNode(temp.dir, hub, account);
  });

  it('of many messages at once into one conversation one is taken', async () => {
    const client = await start(calling(), { node: false });
    const { conversation, turn } = await client.ask('only talk');
    await client.until(conversation, answered(turn));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        client.request('POST', `/conversations/${conversation}/messages`, { text: 'only talk' }),
      ),
    );
    const taken = answers.filter((answer) => answer.status === 200).length;
    const events = await client.until(
      conversation,
      (all) => all.filter((event) => event.type === 'turn.ended').length === taken + 1,
    );
    expect(events.filter((event) => event.type === 'turn.started')).toHaveLength(taken + 1);
    node = await openNode(temp.dir, hub, account);
  });
});
