// A node joins, reads, proposes and carries out what was approved, over real sockets against the simulated account.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('joining and reading', () => {
  test('a node joins with a token, proves its key, and runs a read tool', async () => {
    const node = await world.node();
    expect(node.id()).toMatch(/^node_/);
    const result = await world.run('ecs_list_clusters', {});
    expect(result).toMatchObject({ status: 'ok' });
    expect(JSON.stringify(result)).toContain('production-cluster');
    expect(world.recorded.aws.map(({ status }) => status)).toContain('ok');
  });
});

describe('changing', () => {
  test('an approved change is sent once, exactly as it was signed, and reported done', async () => {
    await world.node();
    const proposed = await world.propose();
    expect(world.executions()).toBe(0);
    await world.decide(proposed);
    const done = await world.outcome(proposed.id, 'done');
    expect(done.awsRequestId).not.toBeNull();
    expect(world.executions()).toBe(1);
    expect(world.simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress')[0]?.input).toMatchObject(
      proposed.document.call.input,
    );
    expect(world.recorded.outcomes.map(({ state }) => state)).toEqual(['approved', 'claimed', 'done']);
  });
});
