// Real time, run faster: for tests of the whole stack, where sockets and disks are real and waiting is not the point.

import type { Clock } from '../../src/kernel/clock.ts';

/** A clock that starts at the real time and runs `factor` times as fast. Its timers fire that much sooner. */
export function hurriedClock(factor: number): Clock {
  const startedWall = Date.now();
  const startedMonotonic = performance.now();
  const passed = (): number => (performance.now() - startedMonotonic) * factor;
  return {
    now: () => Math.floor(startedWall + passed()),
    monotonic: passed,
    after(delayMs, task) {
      const handle = setTimeout(task, delayMs / factor);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
