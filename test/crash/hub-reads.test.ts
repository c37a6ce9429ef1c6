// A hub that is killed in the middle of an investigation: the turn goes on by itself after the restart, and what has its
// result on disk is not asked of AWS again. The account's own record of requests says so.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ChatEvent } from '../../src/contract/chat.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { checkLog, finish } from './hub/change.ts';
import type { CommitDeath } from './hub/failing-disk.ts';
import { lookAround } from './hub/script.ts';
import { nextSeed, randomOf } from './hub/seed.ts';
import { FACTOR, pause, World } from './hub/world.ts';

// Several hubs are started one after the other, each of which takes seconds on a busy machine.
const TEST_MS = 240_000;

/** The AWS action that each tool of the script sends, and no other does. */
const actions: Readonly<Record<string, string>> = {
  ecs_list_clusters: 'ecs:ListClusters',
  ec2_describe_subnets: 'ec2:DescribeSubnets',
  ec2_describe_route_tables: 'ec2:DescribeRouteTables',
  ec2_describe_network_acls: 'ec2:DescribeNetworkAcls',
};
const tools = lookAround.flat().map(({ tool }) => tool);

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

/** Tools of a conversation whose result is on disk, read from the file while no hub has it. */
function finishedOnDisk(conversation: string): Set<string> {
  const db = new Sqlite(dataFiles(world.hubDir).database, { readonly: true });
  const bodies = db
    .prepare<[string], string>('SELECT body FROM events WHERE conversation = ? ORDER BY seq')
    .pluck()
    .all(conversation);
  db.close();
  // The hub wrote them through the schema of chat events.
  const events = bodies.map((body) => JSON.parse(body) as ChatEvent);
  return new Set(events.flatMap((event) => (event.type === 'call.finished' ? [event.tool] : [])));
}

const sent = (tool: string): number => world.simulator.recorder.of(actions[tool] ?? '').length;

/** What holds of a turn that was cut off when `before` had their results: everything is there once, and only the rest was read again. */
function checkTurn(
  events: readonly ChatEvent[],
  counted: { readonly before: ReadonlySet<string>; readonly sentBefore: ReadonlyMap<string, number> },
): void {
  const ends = events.flatMap((event) => (event.type === 'call.finished' ? [event] : []));
  expect(ends.map(({ tool }) => tool).toSorted()).toEqual(tools.toSorted());
  expect(ends.filter(({ result }) => result.status !== 'ok')).toEqual([]);
  expect(events.filter(({ type }) => type === 'answer')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: 'turn.ended', status: 'answered' });
  for (const tool of tools) {
    const again = sent(tool) - (counted.sentBefore.get(tool) ?? 0);
    if (counted.before.has(tool)) expect(again, `${tool} had its result`).toBe(0);
    // The node lives on and may still hold an answer from moments ago, which is as good as a request.
    else expect(again, tool).toBeLessThanOrEqual(1);
    expect(sent(tool), tool).toBeLessThanOrEqual(2);
  }
}

/** The conversation that was stored last, as a hub that starts now will find it. */
function newestOnDisk(): string {
  const db = new Sqlite(dataFiles(world.hubDir).database, { readonly: true });
  const id = db
    .prepare<[], string>('SELECT id FROM conversations ORDER BY created_at DESC, id DESC')
    .pluck()
    .get();
  db.close();
  return id ?? '';
}

/** Kills the hub at a commit of the turn, brings it back, and holds the turn to its promise. Returns how much had been read before. */
async function survive(death: CommitDeath): Promise<number> {
  world.simulator.recorder.clear();
  await world.arm('hub', death);
  const gone = world.hub?.gone;
  await world.ask('look around').catch(() => null);
  expect(await gone).toBe('SIGKILL');
  // A request that had left is counted before the next hub can ask for another.
  await pause();
  const conversation = newestOnDisk();
  const before = finishedOnDisk(conversation);
  const sentBefore = new Map(tools.map((tool) => [tool, sent(tool)]));
  await world.startHub();
  checkTurn(await finish(world, { conversation, turn: '' }), { before, sentBefore });
  // A turn that had ended says nothing about the node, which may still be dialling; the next question is to find it there.
  await vi.waitFor(
    async () => {
      const { body } = await world.request('GET', '/status');
      expect(JSON.stringify(body)).toContain('"connected":true');
    },
    { timeout: 60_000, interval: 100 },
  );
  return before.size;
}

describe('a hub killed while it investigates', () => {
  test('goes on by itself and asks AWS only for what it does not have', { timeout: TEST_MS }, async () => {
    await world.arm('hub', null);
    world.simulator.recorder.clear();
    const asked = await world.ask('look around');
    const events = await finish(world, asked);
    checkTurn(events, { before: new Set(), sentBefore: new Map() });
    const total = world.trace().length - world.trace().findLastIndex((step) => step.startsWith('1 '));

    const seed = nextSeed();
    const random = randomOf(seed);
    const had: number[] = [];
    // One kill in each stretch of the turn: before any result, between results, after all of them.
    const kills = 4;
    for (let stretch = 0; stretch < kills; stretch++) {
      // The first two commits are of the message and of the plan, before anything is read.
      const within = stretch === 0 ? 2 * random() : ((stretch + random()) * total) / kills;
      const commit = Math.min(total, 1 + Math.floor(within));
      const when = commit === 1 || random() < 0.5 ? 'after' : 'before';
      try {
        had.push(await survive({ commit, when }));
      } catch (error) {
        const why = `seed ${seed}, killed ${when} commit ${commit} of ${total}: ${String(error)}`;
        throw new Error(`${why}\n${world.trace().slice(-40).join('\n')}`, { cause: error });
      }
    }
    expect(Math.min(...had), `seed ${seed}`).toBe(0);
    expect(Math.max(...had), `seed ${seed}`).toBeGreaterThan(0);
  });
});

describe('a hub that is back long before its node', () => {
  test('keeps a cut-off turn until the node has dialled', { timeout: TEST_MS }, async () => {
    const own = await World.open();
    try {
      await own.startHub();
      await own.startNode();
      await own.arm('hub', { commit: 4, when: 'after' });
      const gone = own.hub?.gone;
      const asked = await own.ask('look around');
      expect(await gone).toBe('SIGKILL');
      await own.node?.kill();
      await own.startHub();
      // More than ten seconds of the hub's time, and less than a node may wait between two attempts.
      await pause(12_000 / FACTOR);
      await own.startNode();
      const events = await finish(own, asked);
      const ends = events.flatMap((event) => (event.type === 'call.finished' ? [event.result.status] : []));
      expect(ends).toEqual(tools.map(() => 'ok'));
    } finally {
      await own.close();
    }
  });
});
