// The simulated account's time: it starts at the snapshot's `takenAt` and runs at a speed that may change.
// It is computed from a monotonic clock whenever it is asked for; nothing ticks.

import type { Clock } from '../kernel/clock.ts';

export interface SimulatedTime {
  /** Simulated epoch milliseconds. */
  now(): number;
  /** How long the real clock takes from now until the simulated time `at`; 0 when that has passed. */
  realMsUntil(at: number): number;
  readonly speed: number;
  /** Changes the speed as of the simulated time `at`, which may lie a little in the past but not before the last change. */
  setSpeed(speed: number, at: number): void;
}

export function createSimulatedTime(clock: Clock, startAt: number, initialSpeed: number): SimulatedTime {
  let anchor = { real: clock.monotonic(), simulated: startAt };
  let speed = initialSpeed;
  const exact = () => anchor.simulated + (clock.monotonic() - anchor.real) * speed;
  // AWS knows no fraction of a millisecond, and neither does anything that reads this.
  const now = () => Math.floor(exact());
  return {
    now,
    realMsUntil: (at) => Math.max(0, (at - exact()) / speed),
    get speed() {
      return speed;
    },
    setSpeed: (next, at) => {
      anchor = { real: anchor.real + (at - anchor.simulated) / speed, simulated: at };
      speed = next;
    },
  };
}
