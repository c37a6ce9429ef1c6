// A node that is killed at every step of a change, and at every moment its hub hears from it. The simulated account says
// what was really sent: never twice, never without a claim on disk, and what is not known is said to be unknown.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProposalOutcome } from '../../src/contract/proposal.ts';
import { awsSettings, createWorld, type Proposed, type World } from '../node/world.ts';
import { bundleEntry } from '../support/bundle-entry.ts';
import type { ChildSettings } from './node-child.ts';

let entry: string;
let world: World;
let children: ChildProcess[];
let joinToken: string;

beforeAll(async () => {
  entry = await bundleEntry(path.join(import.meta.dirname, 'node-child.ts'));
});
beforeEach(async () => {
  world = await createWorld();
  children = [];
  joinToken = (await world.link.createJoinToken()).token;
});
afterEach(async () => {
  for (const child of children) await kill(child);
  await world.close();
});

/** Starts a node as a process and waits until it is connected. */
async function startChild(dieAt: string | null): Promise<ChildProcess> {
  const settings: ChildSettings = {
    dataDir: path.join(world.dir, 'child'),
    hubUrl: world.url,
    joinToken,
    aws: awsSettings(world.simulator),
    dieAt,
  };
  const child = spawn(process.execPath, [entry, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  children.push(child);
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the node ended with ${code}`))),
  ]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The last outcome of a proposal that ended. */
function ending(id: string): Promise<ProposalOutcome> {
  const ends = ['done', 'failed', 'unknown', 'voided', 'stale', 'expired'] as const;
  return Promise.race(ends.map((state) => world.outcome(id, state)));
}

/** States of a proposal in the journal, which only ever holds what is on disk. */
function journaled(id: string): string[] {
  const text = readFileSync(path.join(world.dir, 'child', 'journal.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(JSON.parse(line).body).entry)
    .filter((entry) => entry.event === 'proposal.moved' && entry.outcome.proposal === id)
    .map((entry) => entry.outcome.state);
}

async function approveAgain(proposed: Proposed): Promise<void> {
  const before = world.executions();
  const told = world.recorded.outcomes.length;
  await world.decide(proposed, { person: { id: 'person_9', name: 'Later' } });
  await world.outcome(proposed.id, (await ending(proposed.id)).state, (outcome) => {
    return world.recorded.outcomes.indexOf(outcome) >= told && outcome.error !== null;
  });
  expect(world.executions()).toBe(before);
}

describe('a node killed at a step of an approved change', () => {
  test.each([
    ['before-counted', 0, 'voided', 'Nothing ran'],
    ['after-counted', 0, 'voided', 'Nothing ran'],
    ['before-claim', 0, 'voided', 'Nothing ran'],
    ['after-claim', 0, 'unknown', 'it was not applied'],
    ['before-send', 0, 'unknown', 'it was not applied'],
    ['after-send', 1, 'unknown', 'shows that it was applied'],
    ['before-outcome', 1, 'unknown', 'shows that it was applied'],
    ['after-outcome', 1, 'done', 'The change was made'],
  ])('%s: sent %i times, then %s', async (point, sent, state, says) => {
    const first = await startChild(point);
    const proposed = await world.propose();
    const gone = once(first, 'exit');
    await world.decide(proposed);
    expect((await gone)[1]).toBe('SIGKILL');
    expect(world.executions()).toBe(sent);
    if (sent > 0) expect(journaled(proposed.id)).toContain('claimed');

    await startChild(null);
    const end = await ending(proposed.id);
    expect(end.state).toBe(state);
    expect(end.detail).toContain(says);
    await approveAgain(proposed);
    expect(world.executions()).toBe(sent);
  });
});

describe('a node killed while it prepares', () => {
  test.each(['before-prepared', 'after-prepared'])(
    '%s: the call is lost and nothing can run',
    async (point) => {
      const first = await startChild(point);
      const gone = once(first, 'exit');
      await expect(world.propose()).rejects.toThrow('node-lost');
      await gone;
      await startChild(null);
      const proposed = await world.propose();
      await world.decide(proposed);
      await world.outcome(proposed.id, 'done');
      expect(world.executions()).toBe(1);
    },
  );
});

describe('a node killed from outside', () => {
  test.each([1, 2, 3, 4, 5])('when the hub has heard %i things after the approval', async (count) => {
    const first = await startChild(null);
    const proposed = await world.propose();
    const heard = () => world.recorded.outcomes.length + world.recorded.aws.length;
    const start = heard();
    const gone = once(first, 'exit');
    const look = setInterval(() => {
      if (heard() >= start + count) first.kill('SIGKILL');
    }, 0);
    await world.decide(proposed);
    await gone;
    clearInterval(look);

    await startChild(null);
    const end = await ending(proposed.id);
    expect(world.executions()).toBeLessThanOrEqual(1);
    if (world.executions() === 1) {
      expect(journaled(proposed.id)).toContain('claimed');
      expect(['done', 'unknown']).toContain(end.state);
    } else {
      expect(['voided', 'unknown']).toContain(end.state);
    }
    await approveAgain(proposed);
  });
});
