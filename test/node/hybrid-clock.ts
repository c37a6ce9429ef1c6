// The system's clock, which a test can also push forward: every timer due by then fires at once.

import { type Clock, systemClock, type Timer } from '../../src/kernel/clock.ts';

export interface HybridClock extends Clock {
  /** Moves both clocks forward and fires what became due. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as an administrator or a bad time server does. */
  setWallClock(offsetMs: number): void;
}

export function createHybridClock(): HybridClock {
  let ahead = 0;
  let wall = 0;
  const pending = new Map<Timer, { due: number; task: () => void }>();
  const clock: HybridClock = {
    now: () => systemClock.now() + ahead + wall,
    monotonic: () => systemClock.monotonic() + ahead,
    after(delayMs, task) {
      const run = () => {
        if (pending.delete(timer)) task();
      };
      const real = systemClock.after(delayMs, run);
      const timer: Timer = {
        cancel() {
          pending.delete(timer);
          real.cancel();
        },
      };
      pending.set(timer, { due: clock.monotonic() + delayMs, task });
      return timer;
    },
    advance(ms) {
      ahead += ms;
      const now = clock.monotonic();
      for (const [timer, { due, task }] of [...pending]) {
        if (due > now || !pending.has(timer)) continue;
        timer.cancel();
        task();
      }
    },
    setWallClock(offsetMs) {
      wall = offsetMs;
    },
  };
  return clock;
}
