// Hub and node killed at random moments, again and again, while one change after the other is asked for, approved and carried
// out. Nobody does anything but start what died and approve what the page offers. A failure prints its seed.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, checkChange, checkLog, finish } from './hub/change.ts';
import { nextSeed, randomOf } from './hub/seed.ts';
import { type Asked, eventually, pause, World } from './hub/world.ts';

const TEST_MS = 85_000;
const CHANGES = Number(process.env.LOCKKEEPER_CRASH_CHANGES ?? 3);
/** About as long as a change takes from its approval to its answer, and a little more. */
const SPREAD_MS = 600;

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

/** Kills hub, node or both after a random while and starts what died, in a random order of things. */
async function killSomething(random: () => number): Promise<string> {
  const victim = (['hub', 'node', 'both'] as const)[Math.floor(random() * 3)] ?? 'hub';
  const afterMs = Math.floor(random() * SPREAD_MS);
  await pause(afterMs);
  if (victim !== 'node') await world.hub?.kill();
  if (victim !== 'hub') await world.node?.kill();
  if (victim !== 'node') await world.startHub();
  if (victim !== 'hub') await world.startNode();
  return `${victim} after ${afterMs} ms`;
}

/** Asks for a rule until the message is stored; a message nobody confirmed may be stored all the same. */
async function askFor(port: number): Promise<Asked> {
  return eventually('a hub that takes the message', async () =>
    world.ask(`open port ${port}`).catch(() => null),
  );
}

/** Approves what is offered, once something is; gives up when the turn has come to another end. */
async function approveWhenOffered({ conversation }: Asked): Promise<void> {
  await eventually('something to approve', async () => {
    const now = await world.conversation(conversation).catch(() => null);
    if (now === null || now.state === 'working') return null;
    if (now.state !== 'waiting') return true;
    const offered = (await world.proposals(conversation).catch(() => [])).at(-1);
    if (offered?.state !== 'pending') return null;
    await world.approve(offered).catch(() => undefined);
    return true;
  });
}

describe('hub and node killed at random moments', () => {
  test('every change ends truly, and AWS gets it at most once', {
    timeout: TEST_MS * Math.max(1, CHANGES / 3),
  }, async () => {
    const seed = nextSeed();
    const random = randomOf(seed);
    const ends: string[] = [];
    for (let at = 0; at < CHANGES; at++) {
      const killed: string[] = [];
      world.forgetRules();
      const port = 9_000 + at;
      try {
        const asked = await askFor(port);
        if (random() < 0.4) killed.push(`asked: ${await killSomething(random)}`);
        await approveWhenOffered(asked);
        killed.push(`approved: ${await killSomething(random)}`);
        if (random() < 0.4) killed.push(`again: ${await killSomething(random)}`);
        const events = await finish(world, asked);
        const proposals = await world.proposals(asked.conversation);
        const [proposal] = proposals;
        // A node that dies while it prepares, or is too busy, loses the call: that is said, and nothing can run.
        if (proposal === undefined) {
          expect(world.opened(port)).toBe(0);
          expect(JSON.stringify(events.slice(-3))).toMatch(/node-lost|node-offline|aws-failed/);
          ends.push('not proposed');
          continue;
        }
        const change: Change = { ...asked, port, proposal };
        ends.push((await checkChange(world, change, { events, mayBeUnknown: true })).state);
      } catch (error) {
        const why = `seed ${seed}, change ${at}, killed ${killed.join('; ')}: ${String(error)}`;
        throw new Error(`${why}\n${world.trace().slice(-60).join('\n')}`, { cause: error });
      }
    }
    expect(ends, `seed ${seed}`).toHaveLength(CHANGES);
  });
});
