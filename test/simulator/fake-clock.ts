// A clock that moves only when a test moves it; timers fire in order while it moves.

import type { Clock, Timer } from '../../src/kernel/clock.ts';

export interface FakeClock extends Clock {
  advance(ms: number): void;
  /** How many timers wait. */
  readonly waiting: number;
}

export function createFakeClock(startMs: number): FakeClock {
  let now = startMs;
  let timers: { at: number; task: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    after: (delayMs, task): Timer => {
      const timer = { at: now + delayMs, task };
      timers.push(timer);
      return {
        cancel: () => {
          timers = timers.filter((one) => one !== timer);
        },
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const [next] = timers.filter((timer) => timer.at <= end).sort((left, right) => left.at - right.at);
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.task();
      }
      now = end;
    },
    get waiting() {
      return timers.length;
    },
  };
}
