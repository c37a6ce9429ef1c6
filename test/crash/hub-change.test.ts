// A hub that is killed at every commit from the approval of a change to the end of its watch: AWS gets the change at most
// once and never without an approval on record, and after the restart the conversation comes to its end by itself.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveSomehow, checkChange, checkLog, finish, propose } from './hub/change.ts';
import type { CommitDeath } from './hub/failing-disk.ts';
import { nextSeed, pick } from './hub/seed.ts';
import { World } from './hub/world.ts';

const TEST_MS = 85_000;

let world: World;
let port = 6_000;
/** What the hub commits from an approval on, by the name of what is in it. */
let steps: string[];
let answeredAt: number;

beforeAll(async () => {
  world = await World.open();
  await world.startHub();
  await world.startNode();
  const change = await propose(world, ++port);
  await world.arm('hub', null);
  const before = world.trace().length;
  await approveSomehow(world, change.proposal);
  const events = await finish(world, change);
  expect((await checkChange(world, change, { events, mayBeUnknown: false })).state).toBe('done');
  steps = world.trace().slice(before);
  answeredAt = steps.findIndex((step) => step.includes('turn.ended')) + 1;
});
afterAll(async () => {
  await checkLog(world);
  await world.close();
});

/** Approves a new change with the hub about to die, brings the hub back, and sees the change through. */
async function survive(death: CommitDeath, label: string): Promise<string> {
  world.forgetRules();
  const change = await propose(world, ++port);
  await world.arm('hub', death);
  const gone = world.hub?.gone;
  await approveSomehow(world, change.proposal);
  expect(await gone, label).toBe('SIGKILL');
  await world.startHub();
  const events = await finish(world, change);
  const { state } = await checkChange(world, change, { events, mayBeUnknown: false });
  return state;
}

async function surviveAll(deaths: readonly CommitDeath[]): Promise<string[]> {
  const states: string[] = [];
  for (const death of deaths) {
    const label = `${death.when} commit ${steps[death.commit - 1] ?? death.commit}`;
    try {
      states.push(await survive(death, label));
    } catch (error) {
      throw new Error(`killed ${label}: ${String(error)}\n${world.trace().slice(-40).join('\n')}`, {
        cause: error,
      });
    }
  }
  return states;
}

/** Right after the first commit with each of these: what comes next is where a message to the node would have left. */
const TURNING_POINTS = ['proposal.approved', 'change.claimed', 'change.done'];

describe('a hub killed while a change is carried out', () => {
  test('right before each commit until the answer', { timeout: TEST_MS }, async () => {
    const deaths = Array.from({ length: answeredAt }, (_, index) => ({
      commit: index + 1,
      when: 'before' as const,
    }));
    const states = await surviveAll(deaths);
    // Both ends occur: a hub that dies early keeps the change from being sent, one that dies late does not.
    expect(new Set(states)).toEqual(new Set(['done', 'failed']));
  });

  test('right after the commits that decide something', { timeout: TEST_MS }, async () => {
    const commits = TURNING_POINTS.map((name) => steps.findIndex((step) => step.includes(name)) + 1);
    expect(commits.every((commit) => commit > 0)).toBe(true);
    await surviveAll(commits.map((commit) => ({ commit, when: 'after' as const })));
  });

  test('at some commit of the watch', { timeout: TEST_MS }, async () => {
    const seed = nextSeed();
    const commits = pick(seed, 1, steps.length - answeredAt).map((at) => answeredAt + 1 + at);
    const states = await surviveAll(commits.map((commit) => ({ commit, when: 'after' as const })));
    expect(states, `seed ${seed}`).toEqual(['done']);
  });
});
