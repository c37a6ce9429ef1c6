// Whether the key under a secret can be used at all: a key that is disabled, waits for its deletion or is gone opens nothing for anybody,
// whoever may use it. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { lookUp, noResources } from '../resources.ts';

export interface KeyState {
  /** `usable`: AWS says that it is enabled, or it is one of AWS's own. */
  readonly state: 'usable' | 'unusable' | 'unseen';
  /** What is wrong with it: "is disabled". */
  readonly words: string;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

const WORDS: Readonly<Record<string, string>> = {
  Disabled: 'is disabled',
  PendingDeletion: 'waits for its deletion',
  PendingReplicaDeletion: 'waits for its deletion',
  PendingImport: 'has no key material yet',
  Unavailable: 'is cut off from its key store',
};

/** The state of a key by its id, ARN or alias; undefined where AWS's own key is used. */
export function keyState(bundle: EvidenceBundle, keyId: string | undefined): KeyState | undefined {
  if (keyId === undefined || isAwsOwn(keyId)) return undefined;
  const look = lookUp((bundle.resources ?? noResources).keys, keyId);
  const seen = { words: '', gaps: [] };
  if (look.state === 'unseen') return { ...seen, state: 'unseen', evidence: [], gaps: look.gaps };
  if (look.state === 'absent')
    return { ...seen, state: 'unusable', words: 'does not exist', evidence: [look.at] };
  const words = WORDS[look.thing.KeyState ?? ''];
  return words === undefined
    ? { ...seen, state: 'usable', evidence: [look.at] }
    : { ...seen, state: 'unusable', words, evidence: [{ id: look.at.id, path: `${look.at.path}.KeyState` }] };
}

/** Keys that AWS keeps for its services need neither a permission nor a look. */
export function isAwsOwn(keyId: string): boolean {
  return /alias\/aws\//.test(keyId);
}
