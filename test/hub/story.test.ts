// The four questions of the demo through a real hub, a real node, the built-in playbook and the simulated account.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/contract/chat.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import type { RunningNode } from '../../src/node/compose.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import {
  type Account,
  answered,
  Client,
  ended,
  openAccount,
  openHub,
  openNode,
  tempDir,
} from './support/house.ts';

let hub: RunningHub;
let node: RunningNode;
let account: Account;
let temp: ReturnType<typeof tempDir>;
let client: Client;

beforeAll(async () => {
  temp = tempDir();
  account = await openAccount();
  hub = await openHub(temp.dir, { planner: createPlaybookPlanner() });
  node = await openNode(temp.dir, hub, account);
  client = new Client(hub);
});

afterAll(async () => {
  await node.close();
  await hub.close();
  await account.simulator.close();
  temp.remove();
});

const answerOf = (events: readonly ChatEvent[], turn: string): string => {
  const answer = events.findLast((event) => event.type === 'answer' && event.turn === turn);
  return answer?.type === 'answer'
    ? answer.text
    : JSON.stringify(events.filter((event) => event.turn === turn).map((event) => event.type));
};

describe('the story of my-web-service', () => {
  it('from the first question to a service that is healthy again', async () => {
    const first = await client.ask("Show me the status of the 'my-web-service' in the 'production-cluster'.");
    const { conversation } = first;
    let events = await client.until(conversation, ended(first.turn));
    expect(answerOf(events, first.turn)).toMatch(/3/);

    const second = await client.ask('Yes, show me the logs from the failed task.', conversation);
    events = await client.until(conversation, ended(second.turn));
    expect(answerOf(events, second.turn)).toMatch(/timed? ?out|connect/i);

    const third = await client.ask(
      'Check if the security group allows outbound traffic to the database port.',
      conversation,
    );
    events = await client.until(conversation, ended(third.turn));
    expect(answerOf(events, third.turn)).toMatch(/5432/);

    const fourth = await client.ask(
      'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.',
      conversation,
    );
    events = await client.until(conversation, ended(fourth.turn));
    const created = events.find((event) => event.type === 'proposal.created');
    if (created?.type !== 'proposal.created') throw new Error(answerOf(events, fourth.turn));
    expect(created.proposal.document.call.cli).toMatch(/^aws ec2 authorize-security-group-egress /);
    expect(account.simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress')).toHaveLength(0);

    const decision = { decision: 'approve', digest: created.proposal.digest };
    expect(
      (await client.request('POST', `/proposals/${created.proposal.id}/decision`, decision)).status,
    ).toBe(200);
    await client.until(conversation, answered(fourth.turn));
    events = await client.until(conversation, (all) => all.some((event) => event.type === 'watch.ended'));
    expect(account.simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress')).toHaveLength(1);
    expect(events.find((event) => event.type === 'watch.ended')).toMatchObject({
      watch: { state: 'succeeded' },
    });

    const verified = await client.request('POST', '/audit/verify');
    expect(verified.body).toMatchObject({ ok: true, problem: null });
    const cut = await client.request('GET', '/status');
    expect(cut.body).toMatchObject({
      pendingProposals: 0,
      audit: { writable: true },
      endpoints: [{ endpoint: account.simulator.endpoint }],
    });
  }, 60_000);
});
