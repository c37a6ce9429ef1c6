// Tells the hub how far the node's journal goes, so that somebody else remembers it: whoever cuts the file short is seen then.

import type { Clock, Timer } from '../kernel/clock.ts';
import { limits } from '../kernel/limits.ts';
import type { HubLine } from './hub-line.ts';
import type { Journal } from './journal.ts';
import type { JournalHead } from './journal-file.ts';

interface TellerParts {
  readonly journal: Journal;
  readonly line: HubLine;
  readonly clock: Clock;
}

export class JournalTeller {
  readonly #parts: TellerParts;
  #soon: Timer | null = null;
  #told = -1;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** Answers a welcome, in which the hub named the head that it remembers. */
  answer(remembered: JournalHead | null): void {
    const earlier = remembered === null ? null : this.#parts.journal.hashAt(remembered.seq);
    this.#tell(earlier === null ? {} : { earlier });
  }

  /** Something is being written; it is told in a moment, together with what follows. */
  soon(): void {
    this.#soon ??= this.#parts.clock.after(limits.journal.tellMs, () => {
      this.#soon = null;
      if (this.#told !== this.#parts.journal.head.seq) this.#tell({});
    });
  }

  /** Tells the last of it. */
  close(): void {
    this.#soon?.cancel();
    if (this.#told !== this.#parts.journal.head.seq) this.#tell({});
  }

  #tell(more: { readonly earlier?: string }): void {
    const { journal, line, clock } = this.#parts;
    const { seq, hash } = journal.head;
    this.#told = seq;
    line.mention({ type: 'journal.head', seq, hash, at: Math.trunc(clock.now()), ...more });
  }
}
