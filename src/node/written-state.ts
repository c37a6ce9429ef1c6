// The state of a proposal as it is signed, stored and compared: without secrets. The mark in a secret's place is keyed with the node's own
// key, so a secret that was changed is a state that was changed, and nobody else can tell what it was.

import { canonicalJson, type Json, sha256Hex } from '../kernel/canonical-json.ts';
import type { NodeParts } from './parts.ts';

/** `state` as a tool observed it, with a mark for each secret, and the SHA-256 (hex) of its canonical JSON. */
export function writtenState(
  { redact }: Pick<NodeParts, 'redact'>,
  state: Json,
): { state: Json; sha256: string } {
  const written = redact.json(state).value;
  return { state: written, sha256: sha256Hex(canonicalJson(written)) };
}
