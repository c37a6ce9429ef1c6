// Real time, run faster, and the same in every process that is given the same start: a hub that comes back must not find
// itself earlier than the node that stayed.

import type { Clock } from '../../../src/kernel/clock.ts';

export interface SharedTime {
  /** System time at which the shared time began, in epoch milliseconds. */
  readonly startMs: number;
  /** How many times as fast as real time it runs. */
  readonly factor: number;
}

export function sharedClock({ startMs, factor }: SharedTime): Clock {
  return {
    now: () => Math.floor(startMs + (Date.now() - startMs) * factor),
    monotonic: () => performance.now() * factor,
    after(delayMs, task) {
      const handle = setTimeout(task, delayMs / factor);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
