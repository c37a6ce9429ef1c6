// How a node becomes known: join tokens that work once, and the node's key from then on.
// Only the SHA-256 of a token is stored. A token is used up in the same step that writes the node down.

import { randomBytes } from 'node:crypto';
import { fail } from '../contract/errors.ts';
import { formatJoinToken, joinToken } from '../contract/handshake.ts';
import type { NodeInventory } from '../contract/wire.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { thumbprintOf } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import { type Store, StoreConflict, type StoredNode } from '../store/port.ts';

const TOKEN_BYTES = 32;

export interface Candidate {
  /** Raw public key that the node has proven to hold, base64url. */
  readonly key: string;
  readonly joinToken: string | null;
  readonly inventory: NodeInventory;
}

export interface Enrolment {
  /** A token for one node; it names the hub's key so that the node knows whom to trust. */
  createJoinToken(): Promise<{ token: string; expiresAt: number }>;
  /** The node behind a proven key: known already, or enrolled now by its token. Throws `join-token-invalid`. */
  admit(candidate: Candidate): Promise<StoredNode>;
}

export function createEnrolment(parts: { store: Store; hubKey: SigningKey; clock: Clock }): Enrolment {
  const { store, hubKey, clock } = parts;
  return {
    async createJoinToken() {
      const token = formatJoinToken(randomBytes(TOKEN_BYTES), hubKey.thumbprint);
      const expiresAt = clock.now() + limits.joinToken.lifeMs;
      await store.commit(
        [{ kind: 'join-token.create', sha256: sha256Hex(token), expiresAt }],
        [{ event: 'join-token.created', actor: { kind: 'hub', id: hubKey.thumbprint }, data: { expiresAt } }],
      );
      return { token, expiresAt };
    },

    async admit(candidate) {
      const known = await store.nodeByKey(candidate.key);
      if (known !== null) return readmitted(known, candidate.inventory, clock.now());
      return enrol(store, candidate, clock.now());
    },
  };
}

/** A node starts counting its frames anew with each boot epoch. */
function readmitted(known: StoredNode, inventory: NodeInventory, nowMs: number): StoredNode {
  const sameBoot = known.inventory.bootEpoch === inventory.bootEpoch;
  return { ...known, inventory, lastSeenAt: nowMs, lastSeq: sameBoot ? known.lastSeq : 0 };
}

async function enrol(store: Store, candidate: Candidate, nowMs: number): Promise<StoredNode> {
  const { key, inventory } = candidate;
  if (!joinToken.safeParse(candidate.joinToken).success || candidate.joinToken === null) {
    throw fail('join-token-invalid');
  }
  const id = newId('node', nowMs);
  const seen = { enrolledAt: nowMs, lastSeenAt: nowMs };
  const node: StoredNode = { id, key, inventory, ...seen, lastSeq: 0, journal: null };
  try {
    await store.commit(
      [
        { kind: 'join-token.use', sha256: sha256Hex(candidate.joinToken), node: id, now: nowMs },
        { kind: 'node.save', node },
      ],
      [
        {
          event: 'node.enrolled',
          actor: { kind: 'node', id, name: inventory.name },
          node: id,
          data: { key: thumbprintOf(key), account: inventory.account, region: inventory.region },
        },
      ],
    );
  } catch (error) {
    if (error instanceof StoreConflict) throw fail('join-token-invalid', {}, error);
    throw error;
  }
  return node;
}
