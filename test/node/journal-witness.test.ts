// The hub remembers how far a node's journal went. What was taken away from it, or changed, is on record and shown.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inventoryOf, rawNode } from '../link/raw-node.ts';
import { createWorld, type World } from './world.ts';

const HASH = { one: '11'.repeat(32), two: '22'.repeat(32) };

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const setBacks = async () =>
  (await world.store.auditRange(1, 1_000))
    .map(({ body }) => JSON.parse(body))
    .filter(({ event }) => event === 'node.journal-set-back');
const view = async () => (await world.link.directory.list())[0];
const untilRemembered = (seq: number) =>
  vi.waitFor(async () => expect((await world.store.nodes())[0]?.journal).toMatchObject({ seq }));

describe('a node that tells the head of its journal', () => {
  async function join(key?: Parameters<typeof rawNode>[1]) {
    const node = await rawNode(world.url, key);
    const joinToken = key === undefined ? (await world.link.createJoinToken()).token : null;
    node.prove(await node.hello(), { joinToken, inventory: inventoryOf() });
    return { node, welcome: await node.next('welcome') };
  }
  const head = (seq: number, hash: string, more: object = {}) => ({
    type: 'journal.head',
    seq,
    hash,
    at: 1,
    ...more,
  });

  test('is told at its next welcome what the hub remembers, and may go on from there', async () => {
    const first = await join();
    expect(first.welcome).toMatchObject({ journal: null });
    first.node.send(head(7, HASH.one));
    await untilRemembered(7);
    first.node.close();
    const { node, welcome } = await join(first.node.key);
    expect(welcome).toMatchObject({ journal: { seq: 7, hash: HASH.one } });
    node.send(head(9, HASH.two, { earlier: HASH.one }));
    await untilRemembered(9);
    expect(await setBacks()).toEqual([]);
    expect(await view()).toMatchObject({ journalProblem: null });
    node.close();
  });

  test.each([
    ['ends earlier', head(5, HASH.two), /ends at record 5, but the hub had seen it up to record 7$/],
    [
      'has another last record',
      head(7, HASH.two),
      /^record 7 of the journal is another one than the hub had seen$/,
    ],
    [
      'went on from another record',
      head(9, HASH.two, { earlier: HASH.two }),
      /^record 7 of the journal is another one/,
    ],
  ])('and %s is on record once and shown from then on', async (_, later, says) => {
    const first = await join();
    first.node.send(head(7, HASH.one));
    await untilRemembered(7);
    first.node.close();
    const { node } = await join(first.node.key);
    node.send(later);
    await vi.waitFor(async () => expect(await setBacks()).toHaveLength(1));
    node.send(head(12, HASH.one));
    await untilRemembered(12);
    const [record, ...more] = await setBacks();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ code: 'LK3006W', data: { before: { seq: 7, hash: HASH.one } } });
    expect(record.data.detail).toMatch(says);
    expect((await view())?.journalProblem).toMatch(/^since \d{4}-.*Z .*record 7/);
    node.close();
  });
});

describe('the journal of a node', () => {
  test.each([
    ['cut short while the node was stopped', (lines: string[]) => lines.slice(0, -3)],
    ['moved away', () => []],
  ])('%s is noticed when it connects', async (_, cut) => {
    const options = world.nodeOptions();
    const file = path.join(options.dataDir, 'journal.jsonl');
    const node = await world.node(options);
    await node.whenConnected();
    await world.run('ecs_list_clusters', {});
    await node.close();
    const lines = readFileSync(file, 'utf8').split(/(?<=\n)/);
    await untilRemembered(lines.length);
    writeFileSync(file, cut(lines).join(''));
    const again = await world.node(options);
    await again.whenConnected();
    await vi.waitFor(async () => expect(await setBacks()).toHaveLength(1));
    expect((await view())?.journalProblem).toMatch(/^since .* journal /);
  });

  test('that only grew is not held against it, however often it connects', async () => {
    const options = world.nodeOptions();
    for (let i = 0; i < 3; i += 1) {
      const node = await world.node(options);
      await node.whenConnected();
      await world.run('ecs_list_clusters', {});
      await node.close();
    }
    expect(await setBacks()).toEqual([]);
  });
});
