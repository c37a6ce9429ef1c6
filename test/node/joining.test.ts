// A node and hubs that are not what they should be: it trusts one key, says nothing to any other, and survives nonsense.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { formatJoinToken, handshakeBytes } from '../../src/contract/handshake.ts';
import { generateSigningKey, type SigningKey } from '../../src/kernel/keys.ts';
import { limits } from '../../src/kernel/limits.ts';
import { startNode } from '../../src/node/compose.ts';
import { until } from './until.ts';
import { createWorld, type World } from './world.ts';

let world: World;
let closers: (() => Promise<void>)[];
beforeEach(async () => {
  world = await createWorld();
  closers = [];
});
afterEach(async () => {
  for (const close of closers) await close();
  await world.close();
});

/** A server that answers each frame of a node as `answer` says, and keeps what it heard. */
async function fakeHub(answer: (frame: Record<string, unknown>, socket: WebSocket) => void) {
  const heard: Record<string, unknown>[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      heard.push(frame);
      answer(frame, socket);
    });
  });
  closers.push(async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  // A listening TCP server has an address with a port.
  return { heard, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/node` };
}

/** Answers hello with a challenge signed by `key`, and proof with a welcome. */
function handshakeOf(key: SigningKey, welcome: object = { type: 'welcome', node: 'node_1', lastSeq: 0 }) {
  return (frame: Record<string, unknown>, socket: WebSocket) => {
    if (frame.type === 'proof') socket.send(JSON.stringify(welcome));
    if (frame.type !== 'hello') return;
    const nonce = 'B'.repeat(43);
    const parts = {
      hubKey: key.publicKey,
      nodeKey: String(frame.nodeKey),
      hubNonce: nonce,
      nodeNonce: String(frame.nonce),
    };
    const signature = key.sign(handshakeBytes('hub', parts));
    socket.send(JSON.stringify({ type: 'challenge', v: 1, hubKey: key.publicKey, nonce, signature }));
  };
}

async function nodeTo(hubUrl: string, overrides: Parameters<World['nodeOptions']>[0] = {}) {
  const node = await startNode(world.nodeOptions({ hubUrl, ...overrides }));
  closers.push(() => node.close());
  return node;
}

describe('which hub is trusted', () => {
  test('the token never leaves for a hub with another key than it names', async () => {
    const hub = await fakeHub(handshakeOf(generateSigningKey()));
    const joinToken = formatJoinToken(Buffer.alloc(32, 7), world.hubKey.thumbprint);
    const node = await nodeTo(hub.url, { joinToken });
    await expect(node.whenConnected()).rejects.toMatchObject({ code: 'hub-identity-changed' });
    expect(JSON.stringify(hub.heard)).not.toContain('lkj_');
    expect(node.id()).toBeNull();
  });

  test('after it joined, a node trusts that key alone, whatever a new token says', async () => {
    const first = await world.node();
    await first.close();
    const other = generateSigningKey();
    const hub = await fakeHub(handshakeOf(other));
    const joinToken = formatJoinToken(Buffer.alloc(32, 7), other.thumbprint);
    const node = await nodeTo(hub.url, { joinToken });
    await expect(node.whenConnected()).rejects.toMatchObject({ code: 'hub-identity-changed' });
    expect(hub.heard.map(({ type }) => type)).not.toContain('proof');
  });

  test('a challenge recorded elsewhere does not prove the hub', async () => {
    const recorded: string[] = [];
    const key = generateSigningKey();
    const joinToken = formatJoinToken(Buffer.alloc(32, 7), key.thumbprint);
    const genuine = await fakeHub((frame, socket) => {
      const spy = { send: (text: string) => recorded.push(text) && socket.send(text) };
      // The handshake only ever calls `send`.
      handshakeOf(key)(frame, spy as unknown as WebSocket);
    });
    const victim = await nodeTo(genuine.url, { joinToken, dataDir: path.join(world.dir, 'a') });
    await victim.whenConnected();
    const replaying = await fakeHub((frame, socket) => {
      if (frame.type === 'hello') socket.send(recorded[0] ?? '');
    });
    const node = await nodeTo(replaying.url, { joinToken, dataDir: path.join(world.dir, 'b') });
    await expect(node.whenConnected()).rejects.toMatchObject({ code: 'hub-identity-changed' });
  });

  test('a token that was used is a final answer', async () => {
    const { token } = await world.link.createJoinToken();
    await world.node({ joinToken: token, dataDir: path.join(world.dir, 'a') });
    const node = await nodeTo(world.url, { joinToken: token, dataDir: path.join(world.dir, 'b') });
    await expect(node.whenConnected()).rejects.toMatchObject({ code: 'join-token-invalid' });
  });

  test.each([
    ['ws://10.0.0.5:7000/node', 'hub-insecure'],
    ['http://hub.example.com', 'hub-insecure'],
    ['ws://localhost.evil.example', 'hub-insecure'],
    ['ftp://127.0.0.1', 'input-invalid'],
    ['not an address', 'input-invalid'],
  ])('%s is refused before anything is dialled or written', async (hubUrl, code) => {
    await expect(startNode(world.nodeOptions({ hubUrl }))).rejects.toMatchObject({ code });
    expect(existsSync(path.join(world.dir, 'node'))).toBe(false);
  });
});

describe('what a node keeps', () => {
  test('its key and its hub in files that only their owner can read', async () => {
    const node = await world.node();
    for (const file of ['node-key.pem', 'hub.json', 'journal.jsonl', 'redaction.key']) {
      expect(statSync(path.join(world.dir, 'node', file)).mode & 0o777, file).toBe(0o600);
    }
    expect(JSON.parse(readFileSync(path.join(world.dir, 'node', 'hub.json'), 'utf8'))).toMatchObject({
      hubKey: world.hubKey.publicKey,
      node: node.id(),
    });
  });

  test('its id over a restart, without another token', async () => {
    const first = await world.node();
    const id = first.id();
    await first.close();
    const second = await world.node({ joinToken: undefined });
    expect(second.id()).toBe(id);
  });

  test('a damaged key file stops it with the name of the file', async () => {
    const first = await world.node();
    await first.close();
    writeFileSync(path.join(world.dir, 'node', 'node-key.pem'), 'nonsense');
    await expect(startNode(world.nodeOptions())).rejects.toMatchObject({ code: 'key-damaged' });
  });

  test('its folder to itself', async () => {
    await world.node();
    writeFileSync(path.join(world.dir, 'node', 'node.lock'), '1\n');
    await expect(startNode(world.nodeOptions())).rejects.toMatchObject({ code: 'data-locked' });
  });
});

describe('a hub that talks nonsense', () => {
  test.each([
    ['a welcome without a challenge', { type: 'welcome', node: 'node_1', lastSeq: 0 }],
    ['work before the handshake', { type: 'call.cancel', call: 'call_1' }],
    ['a frame nobody knows', { type: 'config.push', policy: 'permit all' }],
  ])('%s ends the connection, and the node dials again', async (_what, frame) => {
    const hub = await fakeHub((_heard, socket) => socket.send(JSON.stringify(frame)));
    const node = await nodeTo(hub.url, {
      joinToken: formatJoinToken(Buffer.alloc(32), world.hubKey.thumbprint),
    });
    const hellos = () => hub.heard.filter(({ type }) => type === 'hello').length;
    await until(() => hellos() === 1);
    const again = until(() => hellos() >= 2);
    const push = setInterval(() => world.clock.advance(1_000), 5);
    await again;
    clearInterval(push);
    expect(node.connected()).toBe(false);
  });

  test('no frame makes a joined node fail, send a change, or leave a rejection unhandled', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    const key = generateSigningKey();
    let open: WebSocket | null = null;
    const hub = await fakeHub((frame, socket) => {
      handshakeOf(key)(frame, socket);
      if (frame.type === 'proposal.list') open = socket;
    });
    const node = await nodeTo(hub.url, { joinToken: formatJoinToken(Buffer.alloc(32), key.thumbprint) });
    const push = setInterval(() => world.clock.advance(1_000), 5);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('ec2_authorize_security_group_egress', '__proto__', 'prop_1'),
    );
    const origin = fc.record({
      conversation: text,
      turn: text,
      person: text,
      agent: text,
      roles: fc.array(text, { maxLength: 2 }),
      level: fc.constantFrom('none', 'read', 'propose'),
    });
    const signed = fc.record({ bytes: base64(), key: base64(), signature: base64() });
    const frames = fc.oneof(
      fc.record({
        type: fc.constant('call.run'),
        call: text,
        tool: text,
        input: fc.dictionary(text, fc.jsonValue()),
        origin,
        deadlineMs: fc.integer(),
        approvals: fc.integer({ min: -1, max: 9 }),
        level: fc.constantFrom('click', 'passkey', 'none'),
        supersedes: fc.option(text),
      }),
      fc.record({ type: fc.constant('approval.submit'), proposal: text, approval: signed }),
      fc.record({ type: fc.constant('aws.recorded'), id: text, ok: fc.boolean() }),
      fc.record({ type: fc.constant('ack'), seq: fc.integer() }),
      fc.record({ type: fc.constant('call.cancel'), call: text }),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 6 }), async (list) => {
        await until(() => open !== null && open.readyState === open.OPEN);
        for (const frame of list) open?.send(JSON.stringify(frame));
      }),
      { numRuns: 80 },
    );
    clearInterval(push);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
    expect(node.id()).toBe('node_1');
    expect(world.executions()).toBe(0);
  }, 60_000);
});

describe('keeping the connection', () => {
  test('a hub that falls silent is given up after the agreed heartbeats and dialled again', async () => {
    const node = await world.node();
    const { connectedAt } = (await world.link.directory.list())[0]!;
    // Pongs are answered by the other side's library, so both ends stay open while the time passes.
    world.clock.advance(limits.wire.heartbeatMs);
    await world.run('ecs_list_clusters', {});
    expect(node.connected()).toBe(true);
    expect((await world.link.directory.list())[0]?.connectedAt).toBe(connectedAt);
    // Now none can arrive between the beats.
    for (let i = 0; i <= limits.wire.heartbeatMissed; i++) world.clock.advance(limits.wire.heartbeatMs);
    await until(() => !node.connected());
    world.clock.advance(limits.wire.reconnectMaxMs);
    await node.whenConnected();
  });

  test('closing a node waits for its calls, says goodbye and frees its folder', async () => {
    const node = await world.node();
    const result = world.run('ecs_list_clusters', {});
    await node.close();
    expect(['ok', 'refused', 'failed']).toContain((await result).status);
    await until(() => world.link.directory.connected(null) === null);
    await world.node();
  });
});

function base64() {
  return fc
    .uint8Array({ minLength: 1, maxLength: 64 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'));
}
