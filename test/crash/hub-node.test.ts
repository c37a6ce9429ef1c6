// A node that dies while a real hub is watching, and hub and node that die in one moment: a proposal is prepared again or its
// outcome is unknown and said to be, the conversation shows it, and AWS gets the change at most once.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProposalView } from '../../src/contract/proposal.ts';
import { approveSomehow, type Change, checkChange, checkLog, finish, propose } from './hub/change.ts';
import type { Death } from './hub/child.ts';
import { eventually, World } from './hub/world.ts';

const TEST_MS = 60_000;

let world: World;
let port = 7_000;

/** Sees a change through to its end and holds it against account and log. */
async function see(change: Change): Promise<{ last: ProposalView; all: ProposalView[]; answer: string }> {
  const events = await finish(world, change);
  const last = await checkChange(world, change, { events, mayBeUnknown: true });
  const answer = events.findLast((event) => event.type === 'answer');
  return {
    last,
    all: await world.proposals(change.conversation),
    answer: answer?.type === 'answer' ? answer.text : '',
  };
}

describe('a node killed under a hub that lives', () => {
  beforeAll(async () => {
    world = await World.open();
    await world.startHub();
    await world.startNode();
  });
  afterAll(async () => {
    await checkLog(world);
    await world.close();
  });
  beforeEach(() => world.forgetRules());

  test('while its proposal waits: it is prepared again, shown with what it replaces, and carried out once', {
    timeout: TEST_MS,
  }, async () => {
    const change = await propose(world, ++port);
    await world.node?.kill();
    await world.startNode();
    const second = await eventually('a second proposal', async () => {
      const all = await world.proposals(change.conversation);
      return all.length === 2 ? (all[1] ?? null) : null;
    });
    expect(second.document.supersedes).toBe(change.proposal.id);
    const late = await world.approve(change.proposal);
    expect([late.status, (late.body as { error: { code: string } }).error.code]).toEqual([
      409,
      'proposal-voided',
    ]);
    const { last, all } = await see(change);
    expect(all.map(({ state }) => state)).toEqual(['voided', 'done']);
    expect(last.id).toBe(second.id);
  });

  test.each([
    ['after-counted', ['voided', 'done'], /is done/],
    ['before-claim', ['voided', 'done'], /is done/],
    ['after-claim', ['unknown'], /not known[\s\S]*was not applied/],
    ['before-send', ['unknown'], /not known[\s\S]*was not applied/],
    ['after-send', ['unknown'], /not known[\s\S]*shows that it was applied/],
    ['before-outcome', ['unknown'], /not known[\s\S]*shows that it was applied/],
    ['after-outcome', ['done'], /is done/],
  ])('%s: the conversation ends with %j and says so', { timeout: TEST_MS }, async (point, states, says) => {
    const change = await propose(world, ++port);
    await world.arm('node', { point });
    const gone = world.node?.gone;
    await approveSomehow(world, change.proposal);
    expect(await gone).toBe('SIGKILL');
    await world.startNode();
    const { all, answer } = await see(change);
    expect(all.map(({ state }) => state)).toEqual(states);
    expect(answer).toMatch(says);
  });
});

describe('hub and node killed in one moment', () => {
  beforeEach(async () => {
    world = await World.open();
    await world.startBoth();
  });
  afterEach(async () => {
    await checkLog(world);
    await world.close();
  });

  test('at a commit of the hub or a step of the node', { timeout: TEST_MS }, async () => {
    const deaths: Death[] = [
      { commit: 1, when: 'after' },
      { commit: 6, when: 'after' },
      { commit: 8, when: 'before' },
      { point: 'after-claim' },
      { point: 'after-send' },
    ];
    for (const death of deaths) {
      world.forgetRules();
      const change = await propose(world, ++port);
      await world.arm('hub', death);
      const gone = world.hub?.gone;
      await approveSomehow(world, change.proposal);
      expect(await gone).toBe('SIGKILL');
      await world.startBoth();
      try {
        await see(change);
      } catch (error) {
        throw new Error(
          `killed at ${JSON.stringify(death)}: ${String(error)}\n${world.trace().slice(-30).join('\n')}`,
          {
            cause: error,
          },
        );
      }
    }
  });
});
