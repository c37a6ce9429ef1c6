// A hand-made other end for the hub's link: it can say anything at any time, in order or not.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { handshakeBytes } from '../../src/contract/handshake.ts';
import type { NodeInventory } from '../../src/contract/wire.ts';
import { generateSigningKey, type SigningKey } from '../../src/kernel/keys.ts';

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RawNode {
  readonly key: SigningKey;
  readonly received: Frame[];
  send(frame: unknown): void;
  sendText(text: string | Buffer): void;
  /** The next frame of `type`, or the `bye` that came instead. */
  next(type: string): Promise<Frame>;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  /** Says hello and returns the hub's challenge. */
  hello(nonce?: string): Promise<Frame>;
  /** Answers a challenge properly, with `overrides`. */
  prove(challenge: Frame, overrides?: Readonly<Record<string, unknown>>): void;
  /** The whole handshake; returns welcome or bye. */
  join(joinToken: string | null): Promise<Frame>;
  close(): void;
}

export const NONCE = 'A'.repeat(43);

export function inventoryOf(overrides: Partial<NodeInventory> = {}): NodeInventory {
  return {
    name: 'raw',
    account: '123456789012',
    region: 'us-east-1',
    identity: null,
    problem: null,
    endpoint: null,
    build: 'test',
    bootEpoch: 'boot_raw',
    tools: [],
    ...overrides,
  };
}

export async function rawNode(
  url: string,
  key = generateSigningKey(),
  options: ConstructorParameters<typeof WebSocket>[2] = {},
): Promise<RawNode> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const received: Frame[] = [];
  const looks = new Set<() => void>();
  socket.on('message', (data) => {
    received.push(JSON.parse(String(data)));
    for (const look of [...looks]) look();
  });
  socket.on('error', () => {
    // A refusal cuts the line; `closed` tells.
  });
  const closed = once(socket, 'close').then(() => {});
  await once(socket, 'open');
  let nonce = NONCE;
  const node: RawNode = {
    key,
    received,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sendText: (text) => socket.send(text, { binary: false }),
    next: (type) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const index = received.findIndex((frame) => frame.type === type || frame.type === 'bye');
          if (index === -1) return;
          looks.delete(look);
          resolve(received.splice(index, 1)[0]!);
        };
        looks.add(look);
        closed.then(() => reject(new Error(`closed before ${type}`)));
        look();
      }),
    hello(chosen = NONCE) {
      nonce = chosen;
      node.send({ type: 'hello', v: 1, nodeKey: key.publicKey, nonce });
      return node.next('challenge');
    },
    prove(challenge, overrides = {}) {
      const parts = {
        hubKey: String(challenge.hubKey),
        nodeKey: key.publicKey,
        hubNonce: String(challenge.nonce),
        nodeNonce: nonce,
      };
      const signature = key.sign(handshakeBytes('node', parts));
      node.send({ type: 'proof', signature, joinToken: null, inventory: inventoryOf(), ...overrides });
    },
    async join(joinToken) {
      node.prove(await node.hello(), { joinToken });
      return node.next('welcome');
    },
    close: () => socket.terminate(),
  };
  return node;
}
