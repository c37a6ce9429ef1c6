// The hub's door for nodes: who gets in, who does not, and that nobody is let in twice or for somebody else.

import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { handshakeBytes } from '../../src/contract/handshake.ts';
import { generateSigningKey, verifySignature } from '../../src/kernel/keys.ts';
import { limits } from '../../src/kernel/limits.ts';
import { until } from '../node/until.ts';
import { createWorld, type World } from '../node/world.ts';
import { inventoryOf, NONCE, type RawNode, rawNode } from './raw-node.ts';

let world: World;
let open: RawNode[];
beforeEach(async () => {
  world = await createWorld();
  open = [];
});
afterEach(async () => {
  for (const node of open) node.close();
  await world.close();
});

async function dial(
  ...args: [Parameters<typeof rawNode>[1]?, Parameters<typeof rawNode>[2]?]
): Promise<RawNode> {
  const node = await rawNode(world.url, ...args);
  open.push(node);
  return node;
}

async function token(): Promise<string> {
  return (await world.link.createJoinToken()).token;
}

async function refusals(): Promise<string[]> {
  const { items } = await world.store.auditPage({ event: 'node.refused', limit: 50 });
  return items.map(({ body }) => JSON.parse(body).data.code);
}

describe('joining', () => {
  test('a token and a proven key make a node, and later the key alone is enough', async () => {
    const first = await dial();
    const welcome = await first.join(await token());
    expect(welcome).toMatchObject({ type: 'welcome', lastSeq: 0 });
    first.close();
    const again = await dial(first.key);
    expect(await again.join(null)).toMatchObject({ type: 'welcome', node: welcome.node });
  });

  test('the hub proves its key over both nonces and both keys', async () => {
    const node = await dial();
    const challenge = await node.hello();
    const parts = {
      hubKey: world.hubKey.publicKey,
      nodeKey: node.key.publicKey,
      hubNonce: String(challenge.nonce),
      nodeNonce: NONCE,
    };
    expect(challenge.hubKey).toBe(world.hubKey.publicKey);
    expect(
      verifySignature(world.hubKey.publicKey, handshakeBytes('hub', parts), String(challenge.signature)),
    ).toBe(true);
  });

  test('a token works once', async () => {
    const once = await token();
    expect((await (await dial()).join(once)).type).toBe('welcome');
    expect(await (await dial()).join(once)).toMatchObject({ type: 'bye', code: 'join-token-invalid' });
    expect(await refusals()).toEqual(['join-token-invalid']);
  });

  test('two nodes that use one token at the same moment: one gets in', async () => {
    const shared = await token();
    const [a, b] = await Promise.all([dial(), dial()]);
    const answers = await Promise.all([a.join(shared), b.join(shared)]);
    expect(answers.map(({ type }) => type).sort()).toEqual(['bye', 'welcome']);
  });

  test('a token that is too old, made up, or missing is refused', async () => {
    const old = await token();
    world.clock.advance(limits.joinToken.lifeMs + 1);
    const made = `lkj_${'x'.repeat(43)}_${world.hubKey.thumbprint}`;
    for (const bad of [old, made, 'nonsense', null]) {
      expect(await (await dial()).join(bad)).toMatchObject({ type: 'bye', code: 'join-token-invalid' });
    }
    expect(await world.store.nodes()).toEqual([]);
  });
});

describe('proof', () => {
  test('a proof recorded on one connection is worth nothing on the next', async () => {
    const victim = await dial();
    const challenge = await victim.hello();
    const parts = {
      hubKey: world.hubKey.publicKey,
      nodeKey: victim.key.publicKey,
      hubNonce: String(challenge.nonce),
      nodeNonce: NONCE,
    };
    const recorded = victim.key.sign(handshakeBytes('node', parts));
    victim.prove(challenge, { joinToken: await token() });
    expect((await victim.next('welcome')).type).toBe('welcome');
    const thief = await dial(victim.key);
    thief.prove(await thief.hello(), { signature: recorded });
    expect(await thief.next('welcome')).toMatchObject({ type: 'bye', code: 'proof-invalid' });
  });

  test('a node cannot prove a key it does not hold, nor reflect the signature of the hub', async () => {
    const node = await dial();
    const challenge = await node.hello();
    node.prove(challenge, { signature: challenge.signature, joinToken: await token() });
    expect(await node.next('welcome')).toMatchObject({ type: 'bye', code: 'proof-invalid' });
    const other = await dial();
    const second = await other.hello();
    other.prove(second, { signature: generateSigningKey().sign(Buffer.from('x')) });
    expect(await other.next('welcome')).toMatchObject({ type: 'bye', code: 'proof-invalid' });
  });

  test('key bytes that are no key are refused without harm', async () => {
    for (const nodeKey of ['A', 'A'.repeat(43), '_'.repeat(43), 'A'.repeat(4_000)]) {
      const node = await dial();
      node.send({ type: 'hello', v: 1, nodeKey, nonce: NONCE });
      const challenge = await node.next('challenge');
      if (challenge.type === 'challenge') node.prove(challenge);
      expect((await node.next('welcome')).type).toBe('bye');
    }
  });
});

describe('order and shape', () => {
  test.each([
    ['a call result before the handshake', { type: 'ack', seq: 1 }],
    [
      'a proof without a challenge',
      { type: 'proof', signature: 'AA', joinToken: null, inventory: inventoryOf() },
    ],
    ['a version that does not exist', { type: 'hello', v: 2, nodeKey: 'A', nonce: NONCE }],
    ['a short nonce', { type: 'hello', v: 1, nodeKey: 'A', nonce: 'AAAA' }],
    ['an unknown member', { type: 'hello', v: 1, nodeKey: 'A', nonce: NONCE, more: 1 }],
    ['a frame of the other side', { type: 'welcome', node: 'node_1', lastSeq: 0 }],
  ])('%s ends the connection', async (_what, frame) => {
    const node = await dial();
    node.send(frame);
    expect((await node.next('challenge')).type).toBe('bye');
    await node.closed;
    expect(await refusals()).toHaveLength(1);
  });

  test('a second hello ends the connection, also of a node that is in', async () => {
    const node = await dial();
    await node.join(await token());
    node.send({ type: 'hello', v: 1, nodeKey: node.key.publicKey, nonce: NONCE });
    expect(await node.next('never')).toMatchObject({ type: 'bye', code: 'frame-unexpected' });
  });

  test('whoever says nothing is shown out when the handshake time is over', async () => {
    const node = await dial();
    world.clock.advance(limits.wire.handshakeMs);
    expect(await node.next('challenge')).toMatchObject({ type: 'bye', code: 'handshake-slow' });
  });

  test('a message too long for a stranger, and one too long for anybody', async () => {
    const stranger = await dial();
    stranger.sendText(' '.repeat(200 * 1024));
    expect(await stranger.next('challenge')).toMatchObject({ type: 'bye', code: 'frame-invalid' });
    const member = await dial();
    await member.join(await token());
    member.sendText(' '.repeat(limits.wire.frameBytes + 1));
    await member.closed;
    await until(() => world.link.directory.connected(null) === null);
  });

  test('a message in more fragments than agreed cuts the line', async () => {
    const socket = new WebSocket(world.url, { perMessageDeflate: false });
    await once(socket, 'open');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    for (let i = 0; i <= limits.wire.fragments; i++) socket.send('x', { fin: false, binary: false });
    await closed;
  });

  test('a web page cannot pose as a node', async () => {
    const socket = new WebSocket(world.url, { origin: 'https://evil.example' });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });
});

describe('many at the door', () => {
  test('strangers beyond the limit are turned away while those inside go on', async () => {
    const member = await dial();
    await member.join(await token());
    const strangers = await Promise.all(
      Array.from({ length: limits.wire.unprovenConnections }, () => dial()),
    );
    const socket = new WebSocket(world.url);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('503');
    expect(world.link.directory.connected(null)).not.toBeNull();
    strangers[0]?.close();
    await strangers[0]?.closed;
  });

  test('refusals are audited at a bounded rate', async () => {
    for (let i = 0; i < limits.wire.refusalsAuditedPerMinute + 10; i++) {
      const node = await dial();
      node.sendText('nonsense');
      await node.closed;
    }
    const { items } = await world.store.auditPage({ event: 'node.refused', limit: 200 });
    expect(items).toHaveLength(limits.wire.refusalsAuditedPerMinute);
  });

  test('a second connection of the same node takes the place of the first', async () => {
    const first = await dial();
    const { node } = await first.join(await token());
    const second = await dial(first.key);
    expect(await second.join(null)).toMatchObject({ node });
    expect(await first.next('never')).toMatchObject({ type: 'bye', code: 'replaced' });
    await first.closed;
    expect(world.link.directory.connected(null)?.id).toBe(node);
  });
});
