// Approvals that come twice, late, over other bytes, after the account has moved on, or from somebody without the right: each is
// refused, on record and explained, and AWS gets the change once or not at all. The whole product, over HTTP.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/contract/chat.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import type { RunningNode } from '../../src/node/compose.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { groups } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { answered, Client, ended } from '../hub/support/house.ts';
import { addPerson } from '../hub/support/people.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { openHub, openStackNode } from '../support/stack.ts';

const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";
const ADD_RULE = 'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.';
const MINUTE_MS = 60_000;

/** A hurried clock that can also leap; timers that are under way do not notice. */
interface LeapingClock extends Clock {
  leap(ms: number): void;
}

function leapingClock(): LeapingClock {
  const clock = hurriedClock(6);
  let ahead = 0;
  return {
    now: () => clock.now() + ahead,
    monotonic: () => clock.monotonic() + ahead,
    after: clock.after,
    leap(ms) {
      ahead += ms;
    },
  };
}

let dataDir: string;
let hubClock: LeapingClock;
let nodeClock: LeapingClock;
let simulator: Simulator;
let hub: RunningHub;
let node: RunningNode;
let client: Client;

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-luck-'));
  await addPerson(dataDir, 'viewer');
  hubClock = leapingClock();
  nodeClock = leapingClock();
  simulator = await startSimulator({
    snapshot: demoSnapshot(hubClock.now()),
    clock: hubClock,
    fastAfterChange: 60,
  });
  hub = await openHub({ clock: hubClock, dataDir, planner: createPlaybookPlanner() });
  node = await openStackNode({
    hub,
    clock: nodeClock,
    dataDir: path.join(dataDir, 'node'),
    endpoint: simulator.endpoint,
  });
  await node.whenConnected();
  client = new Client(hub);
});

afterEach(async () => {
  await node.close();
  await hub.close();
  await simulator.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Proposed {
  readonly conversation: string;
  readonly turn: string;
  readonly proposal: ProposalView;
}

async function proposed(): Promise<Proposed> {
  const first = await client.ask(STATUS);
  await client.until(first.conversation, ended(first.turn));
  const { conversation, turn } = await client.ask(ADD_RULE, first.conversation);
  const events = await client.until(conversation, ended(turn));
  const created = events.findLast((event) => event.type === 'proposal.created');
  if (created?.type !== 'proposal.created') throw new Error(JSON.stringify(events.at(-2)));
  expect(sent()).toBe(0);
  return { conversation, turn, proposal: created.proposal };
}

const sent = (): number => simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress').length;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly error?: { readonly code: string; readonly message: string; readonly next: string };
  };
}

function approve({ proposal }: Proposed, digest = proposal.digest): Promise<Answer> {
  return client.request('POST', `/proposals/${proposal.id}/decision`, { decision: 'approve', digest });
}

/** A refusal has a code, says what is wrong in a sentence, and says what to do. */
function expectRefusal({ status, body }: Answer, wanted: readonly [status: number, code: string]): void {
  expect([status, body.error?.code]).toEqual(wanted);
  expect(body.error?.message).toMatch(/\w.*\.$/);
  expect(body.error?.next).toMatch(/\w/);
}

/** Audit records of a kind in a conversation. */
async function audited(conversation: string, event: string): Promise<Record<string, unknown>[]> {
  const { body } = await client.request(
    'GET',
    `/audit?conversation=${conversation}&event=${event}&limit=200`,
  );
  return (body as { items: { body: string }[] }).items.map((record) => JSON.parse(record.body).data);
}

const answerOf = (events: readonly ChatEvent[], turn: string): string => {
  const answer = events.find((event) => event.type === 'answer' && event.turn === turn);
  return answer?.type === 'answer' ? answer.text : '';
};

describe('an approval', () => {
  it('over other bytes, or by a viewer, is refused and leaves the card alive; twice at once it runs once; again it is late', async () => {
    const viewer = await signInAsViewer();
    const case1 = await proposed();
    const { conversation, turn, proposal } = case1;

    expectRefusal(await approve(case1, 'f'.repeat(64)), [409, 'proposal-altered']);
    expectRefusal(await viewer(proposal), [403, 'not-allowed']);
    expect(await audited(conversation, 'approval.refused')).toMatchObject([
      { proposal: proposal.id, code: 'not-allowed', digest: proposal.digest },
      { proposal: proposal.id, code: 'proposal-altered', digest: 'f'.repeat(64) },
    ]);
    expect(await client.proposal(proposal.id)).toMatchObject({ state: 'pending', decisions: [] });
    expect(sent()).toBe(0);

    const both = await Promise.all([approve(case1), approve(case1)]);
    for (const one of both) if (one.status !== 200) expectRefusal(one, [409, 'proposal-not-pending']);
    expect(both.some(({ status }) => status === 200)).toBe(true);
    const events = await client.until(conversation, answered(turn));
    expect(sent()).toBe(1);
    expect(await client.proposal(proposal.id)).toMatchObject({ state: 'done' });
    expect((await client.proposal(proposal.id)).decisions).toHaveLength(1);
    expect(await audited(conversation, 'proposal.approved')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'proposal.decided')).toHaveLength(1);

    const refusedBefore = (await audited(conversation, 'approval.refused')).length;
    expectRefusal(await approve(case1), [409, 'proposal-not-pending']);
    expect(await audited(conversation, 'approval.refused')).toHaveLength(refusedBefore + 1);
    expect(sent()).toBe(1);
  });

  it('after its time is refused and on record, and the conversation says that nobody decided', async () => {
    const case1 = await proposed();
    const { conversation, turn, proposal } = case1;
    hubClock.leap(15 * MINUTE_MS);
    expectRefusal(await approve(case1), [409, 'proposal-expired']);
    expect(await audited(conversation, 'approval.refused')).toMatchObject([
      { proposal: proposal.id, code: 'proposal-expired' },
    ]);
    hubClock.leap(MINUTE_MS);
    const events = await client.until(conversation, answered(turn));
    expect(await client.proposal(proposal.id)).toMatchObject({ state: 'expired' });
    expect(await audited(conversation, 'proposal.expired')).toHaveLength(1);
    expect(answerOf(events, turn)).toMatch(/expired|nobody decided/i);
    expectRefusal(await approve(case1), [409, 'proposal-expired']);
    expect(sent()).toBe(0);
  });

  it('in time for the hub and late for the node is not carried out: the node counts by its own clock', async () => {
    const case1 = await proposed();
    const { conversation, turn, proposal } = case1;
    nodeClock.leap(15 * MINUTE_MS);
    expect((await approve(case1)).status).toBe(200);
    const events = await client.until(conversation, answered(turn));
    expect(await client.proposal(proposal.id)).toMatchObject({ state: 'expired' });
    expect(await audited(conversation, 'change.claimed')).toEqual([]);
    expect(answerOf(events, turn)).toMatch(/expired|in time/i);
    expect(sent()).toBe(0);
  });

  it('after somebody else changed the group is not carried out, and the answer says what moved', async () => {
    const case1 = await proposed();
    const { conversation, turn, proposal } = case1;
    const group = simulator.state.ec2.SecurityGroups.find(({ GroupId }) => GroupId === groups.app);
    group?.IpPermissionsEgress?.push({
      IpProtocol: 'tcp',
      FromPort: 8443,
      ToPort: 8443,
      IpRanges: [{ CidrIp: '10.9.0.0/16' }],
    });
    simulator.stateChanged();
    expect((await approve(case1)).status).toBe(200);
    const events = await client.until(conversation, answered(turn));
    const stale = await client.proposal(proposal.id);
    expect(stale.state).toBe('stale');
    expect(stale.outcome?.detail).toMatch(/rules changed/);
    expect(await audited(conversation, 'proposal.stale')).toHaveLength(1);
    expect(await audited(conversation, 'change.claimed')).toEqual([]);
    expect(answerOf(events, turn)).toMatch(/changed/i);
    expect(sent()).toBe(0);

    // The way on that the refusal names: ask again, and approve what is true now.
    const again = await client.ask('fix it', conversation);
    const later = await client.until(conversation, ended(again.turn));
    const second = later.findLast((event) => event.type === 'proposal.created');
    if (second?.type !== 'proposal.created') throw new Error(JSON.stringify(later.at(-2)));
    expect(second.proposal.id).not.toBe(proposal.id);
    expect((await approve({ ...case1, proposal: second.proposal })).status).toBe(200);
    await client.until(conversation, answered(again.turn));
    expect((await client.proposal(second.proposal.id)).state).toBe('done');
    expect(sent()).toBe(1);
  });
});

/** Signs in with the code of the viewer; returns what approves in that name. */
async function signInAsViewer(): Promise<(proposal: ProposalView) => Promise<Answer>> {
  const session = await fetch(`${hub.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'code-of-viewer' }),
  });
  expect(session.status).toBe(200);
  const { csrf } = (await session.json()) as { csrf: string };
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return async ({ id, digest }) => {
    const answer = await fetch(`${hub.url}/api/v1/proposals/${id}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, 'x-lockkeeper-csrf': csrf },
      body: JSON.stringify({ decision: 'approve', digest }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  };
}
