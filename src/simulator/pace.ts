// Keeps the engine abreast of simulated time: before each request and by a timer. After a change time may run faster
// until the services are steady again, the next failure shows that they will not be, or half an hour has passed.
// This is for demonstrations, where nobody wants to watch a scheduler's back-off.

import type { Clock, Timer } from '../kernel/clock.ts';
import type { Engine } from './engine/engine.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** Fast time ends at the latest after this much simulated time. */
const FAST_MS_MAX = 30 * 60_000;
/** Timers are set no further ahead than this. */
const TIMER_MS_MAX = 3_600_000;

export interface Pace {
  /** Runs everything that is due by now and returns the simulated time. */
  catchUp(): number;
  /** Takes up a change of the state that was made just now. */
  stateChanged(): void;
  /** Sets no more timers. */
  stop(): void;
}

export interface PaceOptions {
  readonly engine: Engine;
  readonly time: SimulatedTime;
  readonly clock: Clock;
  readonly speed: number;
  /** Speed after a change; undefined leaves the speed alone. */
  readonly fastAfterChange: number | undefined;
}

export function createPace({ engine, time, clock, speed, fastAfterChange }: PaceOptions): Pace {
  let fast: { until: number; failures: number } | undefined;
  let timer: Timer | undefined;
  let stopped = false;

  const slowDownAt = (at: number) => {
    fast = undefined;
    time.setSpeed(speed, at);
  };
  const catchUp = () => {
    for (;;) {
      const next = engine.nextAt();
      const until = fast?.until ?? Number.POSITIVE_INFINITY;
      const due = Math.min(next ?? Number.POSITIVE_INFINITY, until);
      if (due > time.now()) break;
      if (due === until) {
        slowDownAt(due);
        continue;
      }
      engine.runNext();
      if (fast !== undefined && (engine.steady() || engine.failures() > fast.failures)) slowDownAt(due);
    }
    arm();
    return time.now();
  };
  const arm = () => {
    timer?.cancel();
    timer = undefined;
    const next = engine.nextAt();
    if (stopped || next === undefined) return;
    const delayMs = Math.min(TIMER_MS_MAX, Math.ceil(time.realMsUntil(Math.min(next, fast?.until ?? next))));
    timer = clock.after(delayMs, catchUp);
  };
  return {
    catchUp,
    stateChanged: () => {
      const now = time.now();
      engine.stateChanged(now);
      if (fastAfterChange !== undefined && !engine.steady()) {
        if (fast === undefined) time.setSpeed(fastAfterChange, now);
        fast = { until: now + FAST_MS_MAX, failures: engine.failures() };
      }
      arm();
    },
    stop: () => {
      stopped = true;
      timer?.cancel();
    },
  };
}
