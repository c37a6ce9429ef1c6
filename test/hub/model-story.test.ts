// A model plans, against a server that speaks and checks the real protocol: two changes one after the other, each approved by a person, with
// whatever can go wrong between them. Nothing is lost, nothing runs twice, and the model always reads what became of its calls.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/contract/chat.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import type { RunningNode } from '../../src/node/compose.ts';
import { createModelPlanner } from '../../src/planner/model/planner.ts';
import {
  type FakeAnthropic,
  type FakeReply,
  says,
  startFakeAnthropic,
  uses,
} from '../support/fake-anthropic.ts';
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

const web = { cluster: 'production-cluster', service: 'my-web-service' };
const scale = (id: string, service: string, count: number) =>
  [id, 'ecs_update_service', { cluster: 'production-cluster', service, desired_count: count }] as const;
const look = (id: string) => [id, 'service_steadiness', web] as const;
const overloaded: FakeReply = { kind: 'error', status: 529, type: 'overloaded_error', message: 'Overloaded' };

let temp: ReturnType<typeof tempDir>;
let account: Account;
let hub: RunningHub;
let node: RunningNode;
let server: FakeAnthropic;

beforeEach(async () => {
  temp = tempDir();
  account = await openAccount();
});

afterEach(async () => {
  await node?.close();
  await hub?.close();
  await server?.close();
  await account.simulator.close();
  temp.remove();
});

function planner() {
  return createModelPlanner({ apiKey: 'k', baseURL: server.url, model: 'claude-sonnet-5', maxTokens: 4_000 });
}

async function start(replies: readonly FakeReply[]): Promise<Client> {
  server = await startFakeAnthropic(replies);
  hub = await openHub(temp.dir, { planner: planner() });
  node = await openNode(temp.dir, hub, account);
  return new Client(hub);
}

async function restartHub(): Promise<Client> {
  const { port } = hub;
  await hub.close();
  hub = await openHub(temp.dir, { planner: planner(), port });
  await node.whenConnected();
  return new Client(hub);
}

const changesSent = () => account.simulator.recorder.of('ecs:UpdateService').length;
const proposalsIn = (events: readonly ChatEvent[]): ProposalView[] =>
  events.flatMap((event) => (event.type === 'proposal.created' ? [event.proposal] : []));
const decide = (client: Client, { id, digest }: ProposalView, decision: 'approve' | 'deny' = 'approve') =>
  client.request('POST', `/proposals/${id}/decision`, { decision, digest });

async function untilProposal(client: Client, conversation: string, number: number): Promise<ProposalView> {
  const events = await client.until(conversation, (all) => proposalsIn(all).length >= number);
  const proposal = proposalsIn(events)[number - 1];
  if (proposal === undefined) throw new Error('no proposal');
  return proposal;
}

/** Everything that was sent as results, of all requests. */
const resultsSent = () =>
  server.requests.flatMap(({ body }) =>
    body.messages.flatMap(({ content }) =>
      content.filter(({ type }) => type === 'tool_result').map((block) => String(block.content)),
    ),
  );

describe('two changes, one after the other', () => {
  it('in one turn: the second is proposed once the first has run, and waits for an approval of its own', async () => {
    const client = await start([
      uses(look('toolu_1')),
      uses(scale('toolu_2', 'checkout', 7)),
      uses(scale('toolu_3', 'payments-api', 3)),
      says('Both ran.'),
    ]);
    const { conversation, turn } = await client.ask('please mend what you can');
    await decide(client, await untilProposal(client, conversation, 1));
    const second = await untilProposal(client, conversation, 2);
    expect(changesSent()).toBe(1);
    expect((await client.proposal(second.id)).state).toBe('pending');
    await decide(client, second);
    const events = await client.until(conversation, answered(turn));
    expect(events.findLast((event) => event.type === 'answer')).toMatchObject({ text: 'Both ran.' });
    expect(changesSent()).toBe(2);
    expect(resultsSent().filter((text) => /Proposal ".*": done/.test(text)).length).toBeGreaterThan(0);
  });

  it('with a restart of the hub while each waits', async () => {
    const client = await start([
      uses(look('toolu_1'), scale('toolu_2', 'checkout', 7)),
      uses(scale('toolu_3', 'payments-api', 3)),
      says('Both ran.'),
    ]);
    const { conversation, turn } = await client.ask('please mend what you can');
    const first = await untilProposal(client, conversation, 1);
    const again = await restartHub();
    await decide(again, first);
    const second = await untilProposal(again, conversation, 2);
    const third = await restartHub();
    await decide(third, second);
    await third.until(conversation, answered(turn));
    expect(changesSent()).toBe(2);
    expect(server.requests).toHaveLength(3);
  });

  it('of which the first is denied: the model reads the reason, and nothing ran', async () => {
    const client = await start([uses(scale('toolu_1', 'checkout', 7)), says('Denied, so nothing ran.')]);
    const { conversation, turn } = await client.ask('please mend what you can');
    const { id, digest } = await untilProposal(client, conversation, 1);
    await client.request('POST', `/proposals/${id}/decision`, {
      decision: 'deny',
      digest,
      reason: 'not at night',
    });
    await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(0);
    expect(resultsSent().join('\n')).toMatch(/denied.*not at night/s);
  });

  it('asked for in one message: each waits for itself, and the turn goes on when both are decided', async () => {
    const client = await start([
      uses(scale('toolu_1', 'checkout', 7), scale('toolu_2', 'payments-api', 3), look('toolu_3')),
      says('One ran.'),
    ]);
    const { conversation, turn } = await client.ask('please mend what you can');
    const first = await untilProposal(client, conversation, 1);
    const second = await untilProposal(client, conversation, 2);
    await decide(client, first);
    await client.until(conversation, (events) => events.some((event) => event.type === 'proposal.moved'));
    expect(server.requests).toHaveLength(1);
    await decide(client, second, 'deny');
    await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(1);
    expect(server.requests).toHaveLength(2);
  });
});

describe('when the model fails after a change was approved', () => {
  it.each<readonly [string, readonly FakeReply[]]>([
    ['it refuses', [{ ...uses(scale('toolu_2', 'payments-api', 3)), stop: 'refusal' } as FakeReply]],
    [
      'its step is cut off by the token limit',
      [{ ...uses(scale('toolu_2', 'payments-api', 3)), stop: 'max_tokens' } as FakeReply],
    ],
    ['it is overloaded again and again', [overloaded, overloaded, overloaded, overloaded]],
    [
      'its stream breaks in the middle of its text',
      [{ ...says('A long answer that breaks here.'), cutAfter: 5 } as FakeReply],
    ],
  ])(
    '%s: the change stands as done, nothing else runs, and the next question goes on',
    async (_, replies) => {
      const client = await start([uses(scale('toolu_1', 'checkout', 7)), ...replies, says('It ran.')]);
      const { conversation, turn } = await client.ask('please mend what you can');
      const proposal = await untilProposal(client, conversation, 1);
      await decide(client, proposal);
      const events = await client.until(conversation, answered(turn));
      expect(events.findLast((event) => event.type === 'turn.ended' && event.turn === turn)).toMatchObject({
        status: 'failed',
      });
      expect((await client.proposal(proposal.id)).state).toBe('done');
      expect(changesSent()).toBe(1);
      const next = await client.ask('and what happened?', conversation);
      const after = await client.until(conversation, answered(next.turn));
      expect(after.findLast((event) => event.type === 'answer')).toMatchObject({ text: 'It ran.' });
      expect(resultsSent().at(-1)).toMatch(/: done/);
      expect(changesSent()).toBe(1);
    },
  );

  it('an input that is no JSON or misses a field is refused, and the model corrects it', async () => {
    const client = await start([
      {
        kind: 'message',
        content: [
          {
            type: 'tool_use',
            id: 'toolu_1',
            name: 'ecs_update_service',
            json: '{"cluster":"production-cluster","serv',
          },
        ],
        stop: 'tool_use',
      },
      uses(scale('toolu_2', 'checkout', 7)),
      says('Done.'),
    ]);
    const { conversation, turn } = await client.ask('please mend what you can');
    await decide(client, await untilProposal(client, conversation, 1));
    await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(1);
    expect(resultsSent()[0]).toMatch(/input-invalid/);
  });
});

it('a question while a change waits is answered, and the waiting turn goes on after it', async () => {
  const client = await start([
    uses(scale('toolu_1', 'checkout', 7)),
    says('It still waits.'),
    says('Now it ran.'),
  ]);
  const { conversation, turn } = await client.ask('please mend what you can');
  const proposal = await untilProposal(client, conversation, 1);
  await client.until(conversation, ended(turn));
  const other = await client.ask('what is going on there?', conversation);
  await client.until(conversation, answered(other.turn));
  await decide(client, proposal);
  const events = await client.until(conversation, answered(turn));
  expect(
    events.filter((event) => event.type === 'answer').map((event) => event.type === 'answer' && event.text),
  ).toEqual(['It still waits.', 'Now it ran.']);
  expect(changesSent()).toBe(1);
});
