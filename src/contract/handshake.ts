// The bytes that hub and node sign to prove their keys to each other, and the join token that introduces them.
// Each signature covers both keys and both nonces under a context of its own, so that a frame of one connection,
// one side or one purpose is worth nothing in another.

import { z } from 'zod';
import { base64url } from './json.ts';
import { handshakeContext } from './wire.ts';

export interface HandshakeParts {
  /** Raw public keys, base64url. */
  readonly hubKey: string;
  readonly nodeKey: string;
  /** Random values of this connection, base64url. */
  readonly hubNonce: string;
  readonly nodeNonce: string;
}

/** What `side` signs: its context, both keys, both nonces, each followed by a zero byte. */
export function handshakeBytes(side: 'hub' | 'node', parts: HandshakeParts): Uint8Array {
  const fields = [handshakeContext[side], parts.hubKey, parts.nodeKey, parts.hubNonce, parts.nodeNonce];
  return Buffer.from(fields.map((field) => `${field}\0`).join(''), 'utf8');
}

/** A nonce of 32 bytes in base64url: exactly 43 characters. */
export const handshakeNonce = base64url.length(43);

const joinTokenPattern = /^lkj_([A-Za-z0-9_-]{43})_([0-9a-f]{32})$/;

/** The text a person carries from the hub to a node: a secret, and which hub may hear it. */
export function formatJoinToken(secret: Uint8Array, hubThumbprint: string): string {
  return `lkj_${Buffer.from(secret).toString('base64url')}_${hubThumbprint}`;
}

/** The thumbprint of the hub's key that `token` names, or null when it is not a join token. */
export function hubThumbprintOf(token: string): string | null {
  return joinTokenPattern.exec(token)?.[2] ?? null;
}

/** Shape check for tokens that arrive from outside. */
export const joinToken = z.string().regex(joinTokenPattern);
