// Decisions of people: what is accepted, what is refused and recorded as refused, and that nothing ever runs twice.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/contract/chat.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
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
import { addPerson } from './support/people.ts';

let hub: RunningHub;
let node: RunningNode;
let account: Account;
let temp: ReturnType<typeof tempDir>;
let client: Client;
let desired = 10;

beforeAll(async () => {
  temp = tempDir();
  await addPerson(temp.dir, 'viewer');
  account = await openAccount();
  const planner = {
    ...calling(),
    step: (request: Parameters<ReturnType<typeof calling>['step']>[0]) => {
      const asked = request.transcript.findLast((item) => item.kind === 'person');
      const count = Number(asked?.kind === 'person' ? asked.text.split(' ').at(-1) : 0);
      return calling({
        tool: 'ecs_update_service',
        input: { cluster: 'production-cluster', service: 'checkout', desired_count: count },
      }).step(request);
    },
  };
  hub = await openHub(temp.dir, { planner });
  node = await openNode(temp.dir, hub, account);
  client = new Client(hub);
});

afterAll(async () => {
  await node.close();
  await hub.close();
  await account.simulator.close();
  temp.remove();
});

/** The events of a turn that asks for one task more than the last. */
async function ask(conversation: string): Promise<ChatEvent[]> {
  desired += 1;
  const { turn } = await client.ask(`scale checkout to ${desired}`, conversation);
  const events = await client.until(conversation, ended(turn));
  return events.filter((event) => event.turn === turn);
}

async function propose(
  conversation?: string,
): Promise<{ conversation: string; turn: string; proposal: ProposalView }> {
  desired += 1;
  const accepted = await client.ask(`scale checkout to ${desired}`, conversation);
  const events = await client.until(accepted.conversation, ended(accepted.turn));
  const created = events.findLast((event) => event.type === 'proposal.created');
  if (created?.type !== 'proposal.created') throw new Error(JSON.stringify(events.at(-2)));
  return { ...accepted, proposal: created.proposal };
}

function decide(
  proposal: ProposalView,
  decision: 'approve' | 'deny',
  change: { digest?: string; reason?: string } = {},
) {
  return client.request('POST', `/proposals/${proposal.id}/decision`, {
    decision,
    digest: proposal.digest,
    ...change,
  });
}

async function audited(conversation: string): Promise<string[]> {
  const { body } = await client.request('GET', `/audit?conversation=${conversation}&limit=200`);
  return (body as { items: { body: string }[] }).items
    .map((record) => JSON.parse(record.body).event)
    .reverse();
}

/** What the audit log says of the end of the call that asked for a change. */
async function endOnRecord(conversation: string): Promise<unknown> {
  const { body } = await client.request('GET', `/audit?conversation=${conversation}&limit=200`);
  return (body as { items: { body: string }[] }).items
    .map((record) => JSON.parse(record.body))
    .find(({ event, data }) => event === 'call.finished' && 'state' in data)?.data;
}

const changesSent = () =>
  account.simulator.recorder.requests.filter((request) => request.operation === 'UpdateService').length;
const codeOf = (answer: { body: unknown }) => (answer.body as { error?: { code: string } }).error?.code;

describe('the same change asked for twice in a conversation', () => {
  it('waits once: the second is refused and told where the first one waits', async () => {
    const first = await propose();
    desired -= 1;
    const second = await ask(first.conversation);
    expect(second.find((event) => event.type === 'call.finished')).toMatchObject({
      result: {
        status: 'refused',
        error: { code: 'change-waits', message: expect.stringContaining(first.proposal.id) },
      },
    });
    expect(second.some((event) => event.type === 'proposal.created')).toBe(false);
    expect(await audited(first.conversation)).toContain('call.refused');
    expect((await decide(first.proposal, 'deny', { reason: 'enough' })).status).toBe(200);
  });

  it('leaves another change, and the same one of another conversation, alone', async () => {
    const first = await propose();
    desired -= 1;
    const elsewhere = await propose();
    const other = await propose(first.conversation);
    expect(elsewhere.proposal.document.supersedes).toBeNull();
    expect(other.proposal.document.supersedes).toBeNull();
  });
});

describe('an approval', () => {
  it('runs the change once, and everything is on record in its order', async () => {
    const before = changesSent();
    const { conversation, turn, proposal } = await propose();
    expect((await decide(proposal, 'approve')).status).toBe(200);
    const events = await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(before + 1);
    expect((await client.proposal(proposal.id)).state).toBe('done');
    expect(events.find((event) => event.type === 'call.finished')).toMatchObject({
      result: { status: 'changed' },
    });
    const names = await audited(conversation);
    const order = [
      'proposal.created',
      'turn.ended',
      'proposal.approved',
      'aws.started',
      'change.claimed',
      'change.done',
      'watch.started',
      'turn.resumed',
    ];
    expect(
      order.map((name) => names.indexOf(name)).every((at) => at >= 0),
      names.join(' '),
    ).toBe(true);
    expect(names.indexOf('proposal.approved')).toBeLessThan(names.indexOf('change.claimed'));
    expect(names.indexOf('change.claimed')).toBeLessThan(names.indexOf('change.done'));
  });

  it('sent again and again at once runs the change once', async () => {
    const before = changesSent();
    const { conversation, turn, proposal } = await propose();
    const answers = await Promise.all(Array.from({ length: 8 }, () => decide(proposal, 'approve')));
    expect(
      answers.every((answer) => answer.status === 200 || codeOf(answer) === 'proposal-not-pending'),
    ).toBe(true);
    await client.until(conversation, answered(turn));
    expect(changesSent()).toBe(before + 1);
    expect((await client.proposal(proposal.id)).decisions).toHaveLength(1);
  });

  it('after the change has ended is refused and on record', async () => {
    const { conversation, turn, proposal } = await propose();
    await decide(proposal, 'approve');
    await client.until(conversation, answered(turn));
    const late = await decide(proposal, 'approve');
    expect([late.status, codeOf(late)]).toEqual([409, 'proposal-not-pending']);
    expect(await audited(conversation)).toContain('approval.refused');
  });

  it('of other bytes is refused, leaves the proposal pending and is on record', async () => {
    const before = changesSent();
    const { conversation, proposal } = await propose();
    const altered = await decide(proposal, 'approve', { digest: 'f'.repeat(64) });
    expect([altered.status, codeOf(altered)]).toEqual([409, 'proposal-altered']);
    expect((await client.proposal(proposal.id)).state).toBe('pending');
    expect(await audited(conversation)).toContain('approval.refused');
    expect(changesSent()).toBe(before);
    await decide(proposal, 'deny');
  });

  it('of a proposal that does not exist is refused and on record', async () => {
    const { proposal } = await propose();
    const answer = await client.request('POST', '/proposals/prop_none/decision', {
      decision: 'approve',
      digest: proposal.digest,
    });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'proposal-unknown']);
    const { body } = await client.request('GET', '/audit?event=approval.refused&limit=1');
    expect(canonicalJson(body)).toContain('prop_none');
    await decide(proposal, 'deny');
  });

  it('by somebody without the right is refused and on record', async () => {
    const { conversation, proposal } = await propose();
    const session = await fetch(`${hub.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 'code-of-viewer' }),
    });
    const { csrf } = (await session.json()) as { csrf: string };
    const answer = await fetch(`${hub.url}/api/v1/proposals/${proposal.id}/decision`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: session.headers.getSetCookie()[0]?.split(';')[0] ?? '',
        'x-lockkeeper-csrf': csrf,
      },
      body: JSON.stringify({ decision: 'approve', digest: proposal.digest }),
    });
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
      403,
      'not-allowed',
    ]);
    expect(await audited(conversation)).toContain('approval.refused');
    expect((await client.proposal(proposal.id)).state).toBe('pending');
    await decide(proposal, 'deny');
  });
});

describe('a denial', () => {
  it('ends the proposal, keeps the reason, and the turn says so; nothing runs', async () => {
    const before = changesSent();
    const { conversation, turn, proposal } = await propose();
    expect((await decide(proposal, 'deny', { reason: 'not on a Friday' })).status).toBe(200);
    const events = await client.until(conversation, answered(turn));
    expect(events.find((event) => event.type === 'answer')).toMatchObject({
      text: expect.stringContaining('not on a Friday'),
    });
    expect((await client.proposal(proposal.id)).outcome?.detail).toContain('Nothing ran');
    expect(changesSent()).toBe(before);
    const approveLater = await decide(proposal, 'approve');
    expect(codeOf(approveLater)).toBe('proposal-not-pending');
    const names = await audited(conversation);
    expect(names.filter((name) => name === 'proposal.denied')).toHaveLength(1);
    expect(await endOnRecord(conversation)).toMatchObject({ status: 'denied', state: 'denied' });
  });

  it('and an approval at once: one of them counts, and the change runs at most once', async () => {
    const before = changesSent();
    const { conversation, turn, proposal } = await propose();
    const [approved, denied] = await Promise.all([decide(proposal, 'approve'), decide(proposal, 'deny')]);
    expect([approved.status, denied.status].filter((status) => status === 200)).toHaveLength(1);
    await client.until(conversation, answered(turn));
    expect(changesSent() - before).toBe(approved.status === 200 ? 1 : 0);
  });
});

describe('while a change waits', () => {
  it('a new message is answered, and the decision later ends the older turn', async () => {
    const first = await propose();
    const talk = await client.ask('only talk 0', first.conversation);
    await client.until(first.conversation, answered(talk.turn));
    const summary = await client.request('GET', `/conversations/${first.conversation}`);
    expect((summary.body as { conversation: { state: string } }).conversation.state).toBe('waiting');
    await decide(first.proposal, 'deny');
    const events = await client.until(first.conversation, answered(first.turn));
    expect(events.filter((event) => event.type === 'answer').map((event) => event.turn)).toEqual([
      talk.turn,
      first.turn,
    ]);
    expect(events.filter((event) => event.type === 'call.started')).toHaveLength(1);
  });
});
