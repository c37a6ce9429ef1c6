// A proposed change as it would show in the evidence.

import type { EvidenceBundle } from '../evidence.ts';
import type { Block } from '../facts/blocks.ts';

export interface Applied {
  readonly bundle: EvidenceBundle;
  /** The closed gates the change is for; left out, the whole way to something has to open. */
  readonly gate?: (block: Block) => boolean;
  /** What else becomes possible or changes, one sentence each. */
  readonly alsoOpens: () => string[];
  /** True when evidence outside the rules already shows that the cause ends, such as an answer in the log. */
  readonly shown?: boolean;
}
