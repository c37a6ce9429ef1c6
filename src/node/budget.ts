// What a hub may use of this node, however well it is signed: calls a minute, bytes an hour, changes an hour.
// The limits are the node's own; each is a sliding window over a clock that never jumps.

import { fail } from '../contract/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { limits } from '../kernel/limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export type NodeLimits = { readonly [K in keyof typeof limits.node]: number };

export interface Budget {
  /** Counts one call. Throws `budget-exceeded` and counts nothing when there is no room. */
  takeCall(conversation: string): void;
  /** Throws `budget-exceeded` when no more may leave the node in this hour. */
  checkBytes(): void;
  addBytes(bytes: number): void;
  /** Counts one change that is about to be sent. Throws `budget-exceeded`. */
  takeChange(): void;
}

export function createBudget(clock: Clock, bounds: NodeLimits = limits.node): Budget {
  const perConversation = new Map<string, Window>();
  const calls = new Window(clock, MINUTE_MS);
  const bytes = new Window(clock, HOUR_MS);
  const changes = new Window(clock, HOUR_MS);
  return {
    takeCall(conversation) {
      const own = perConversation.get(conversation) ?? new Window(clock, MINUTE_MS);
      requireRoom(own, bounds.callsPerMinutePerConversation, 'calls a minute for one conversation');
      requireRoom(calls, bounds.callsPerMinute, 'calls a minute');
      own.add(1);
      calls.add(1);
      perConversation.set(conversation, own);
      // Conversations that went quiet are forgotten, so that the map stays as small as the last minute was busy.
      for (const [id, window] of perConversation) if (window.total() === 0) perConversation.delete(id);
    },
    checkBytes: () => requireRoom(bytes, bounds.bytesPerHour, 'bytes an hour'),
    addBytes: (count) => bytes.add(count),
    takeChange() {
      requireRoom(changes, bounds.changesPerHour, 'changes an hour');
      changes.add(1);
    },
  };
}

function requireRoom(window: Window, limit: number, what: string): void {
  if (window.total() < limit) return;
  const wait = `${Math.max(1, Math.ceil(window.untilRoomMs() / 1000))} s`;
  throw fail('budget-exceeded', { what: `${limit} ${what}`, wait });
}

class Window {
  readonly #clock: Clock;
  readonly #spanMs: number;
  #entries: { at: number; amount: number }[] = [];
  #sum = 0;

  constructor(clock: Clock, spanMs: number) {
    this.#clock = clock;
    this.#spanMs = spanMs;
  }

  add(amount: number): void {
    this.#entries.push({ at: this.#clock.monotonic(), amount });
    this.#sum += amount;
  }

  total(): number {
    const since = this.#clock.monotonic() - this.#spanMs;
    let gone = 0;
    for (const entry of this.#entries) {
      if (entry.at > since) break;
      this.#sum -= entry.amount;
      gone += 1;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
    return this.#sum;
  }

  untilRoomMs(): number {
    const oldest = this.#entries[0];
    return oldest === undefined ? 0 : oldest.at + this.#spanMs - this.#clock.monotonic();
  }
}
