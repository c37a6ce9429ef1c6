// Time as a port. Nothing but this file reads the system clock, so that tests can run it.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time in whole milliseconds since the epoch. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go backwards; for durations and deadlines. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`. `task` must not throw. */
  after(delayMs: number, task: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    const handle = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A promise that resolves after `delayMs` of `clock`'s time. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

/** ISO-8601 in UTC with milliseconds. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
