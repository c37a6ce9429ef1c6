// Refused requests in the audit log, with a bound: an attacker must not be able to fill the disk with refusals.
// What goes beyond the bound is counted, and the count is told with the next refusal that is written.

import type { AuditEntry } from '../contract/audit-event.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import type { Store } from '../store/port.ts';

const PER_MINUTE_MAX = 30;
const WINDOW_MS = 60_000;

export interface Refusal {
  readonly code: string;
  /** The person, where one is known. */
  readonly person?: { readonly id: string; readonly name: string };
  readonly method: string;
  readonly path: string;
  readonly detail: string;
}

export interface Refusals {
  /** Must not throw and is not waited for: the request is refused whether or not the record can be written. */
  note(refusal: Refusal): void;
}

export function createRefusals(ports: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}): Refusals {
  let windowStart = Number.NEGATIVE_INFINITY;
  let written = 0;
  let dropped = 0;
  return {
    note(refusal) {
      const now = ports.clock.monotonic();
      if (now - windowStart >= WINDOW_MS) {
        windowStart = now;
        written = 0;
      }
      if (written >= PER_MINUTE_MAX) {
        dropped += 1;
        return;
      }
      written += 1;
      const entry = entryOf(refusal, dropped);
      dropped = 0;
      ports.store.commit([], [entry]).catch((error: unknown) => {
        ports.log.error({ code: refusal.code, error: messageOf(error) }, 'a refusal is not on record');
      });
    },
  };
}

function entryOf(refusal: Refusal, dropped: number): AuditEntry {
  const { person } = refusal;
  return {
    event: 'person.refused',
    actor:
      person === undefined
        ? { kind: 'hub', id: 'hub' }
        : { kind: 'person', id: person.id, name: person.name },
    data: {
      code: refusal.code,
      method: refusal.method,
      path: refusal.path.slice(0, 200),
      detail: refusal.detail.slice(0, 300),
      ...(dropped === 0 ? {} : { notWritten: dropped }),
    },
  };
}
