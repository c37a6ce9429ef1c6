// Refused connections in the audit log, at a bounded rate: whoever knocks all day must not fill the disk.
// Those left out are counted, and the next record that is written says how many there were.

import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import type { Store } from '../store/port.ts';

export interface Refusal {
  readonly address: string;
  readonly code: string;
  readonly detail: string;
}

export class RefusalLog {
  readonly #parts: { store: Store; hubKey: SigningKey; clock: Clock; log: Logger };
  #windowStart = 0;
  #written = 0;
  #leftOut = 0;

  constructor(parts: { store: Store; hubKey: SigningKey; clock: Clock; log: Logger }) {
    this.#parts = parts;
  }

  /** Records a refusal as `node.refused`. Never throws. */
  add(refusal: Refusal): void {
    const { store, hubKey, clock, log } = this.#parts;
    const now = clock.monotonic();
    if (now - this.#windowStart >= 60_000) {
      this.#windowStart = now;
      this.#written = 0;
    }
    if (this.#written >= limits.wire.refusalsAuditedPerMinute) {
      this.#leftOut += 1;
      return;
    }
    this.#written += 1;
    const data = { ...refusal, leftOutBefore: this.#leftOut };
    this.#leftOut = 0;
    store
      .commit([], [{ event: 'node.refused', actor: { kind: 'hub', id: hubKey.thumbprint }, data }])
      .catch((error: unknown) => log.warn({ because: messageOf(error) }, 'a refusal was not recorded'));
  }
}
