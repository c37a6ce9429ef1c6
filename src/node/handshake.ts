// The node's side of the handshake: it sends its name to nobody but the hub it was told to trust, and checks that hub's
// proof before it gives its own. The join token leaves only after that.

import { randomBytes } from 'node:crypto';
import { fail } from '../contract/errors.ts';
import { handshakeBytes, handshakeNonce, hubThumbprintOf } from '../contract/handshake.ts';
import {
  type FrameOf,
  type HubFrame,
  type NodeFrame,
  type NodeInventory,
  wireVersion,
} from '../contract/wire.ts';
import { type SigningKey, thumbprintOf, verifySignature } from '../kernel/keys.ts';

const NONCE_BYTES = 32;

export interface HandshakeFacts {
  readonly key: SigningKey;
  readonly url: string;
  /** The key of the hub this node joined; null before it joined one. */
  readonly pinnedHubKey: string | null;
  readonly joinToken: string | null;
  readonly inventory: NodeInventory;
}

export interface NodeHandshake {
  readonly hello: FrameOf<NodeFrame, 'hello'>;
  /** The answer to the hub's challenge. Throws `hub-identity-changed` when the hub is not the trusted one. */
  prove(challenge: FrameOf<HubFrame, 'challenge'>): FrameOf<NodeFrame, 'proof'>;
  /** The hub's key, once proven. */
  hubKey(): string | null;
}

/** Starts a handshake for one connection. */
export function startHandshake(facts: HandshakeFacts): NodeHandshake {
  const { key, joinToken, inventory } = facts;
  const nodeNonce = randomBytes(NONCE_BYTES).toString('base64url');
  let proven: string | null = null;
  return {
    hello: { type: 'hello', v: wireVersion, nodeKey: key.publicKey, nonce: nodeNonce },
    prove({ hubKey, nonce: hubNonce, signature }) {
      const parts = { hubKey, nodeKey: key.publicKey, hubNonce, nodeNonce };
      const genuine =
        isTrusted(facts, hubKey) &&
        handshakeNonce.safeParse(hubNonce).success &&
        holds(hubKey, handshakeBytes('hub', parts), signature);
      if (!genuine) throw fail('hub-identity-changed', { url: facts.url });
      proven = hubKey;
      return { type: 'proof', signature: key.sign(handshakeBytes('node', parts)), joinToken, inventory };
    },
    hubKey: () => proven,
  };
}

/** The pinned key, or before there is one the key that the join token names. */
function isTrusted(facts: HandshakeFacts, hubKey: string): boolean {
  if (facts.pinnedHubKey !== null) return hubKey === facts.pinnedHubKey;
  return facts.joinToken !== null && thumbprintOf(hubKey) === hubThumbprintOf(facts.joinToken);
}

function holds(key: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return verifySignature(key, bytes, signature);
  } catch {
    // Key bytes that are no point on the curve make the verification throw.
    return false;
  }
}
