// Runs an account's engine ahead as fast as the processor allows, without a server and without waiting.

import type { Snapshot } from '../contract/snapshot.ts';
import { isoTime } from '../kernel/clock.ts';
import { createAccount, type SimulatedAccount } from './account.ts';
import { createEngine } from './engine/engine.ts';

/** A change to the state at a moment, such as a fault. What it calls `changed` for is in CloudTrail. */
export type StateChange = (account: SimulatedAccount) => void;

/** What somebody goes on doing, such as a pipeline that runs again and again. */
export interface RepeatedChange {
  readonly everyMinutes: number;
  readonly change: StateChange;
}

/** A change at once, and what somebody goes on doing after it. */
export interface Story {
  readonly first: StateChange;
  readonly again?: RepeatedChange | undefined;
}

/**
 * What becomes of `snapshot` within `minutes` when `story` happens, a change at once by itself. The given snapshot is left as it is; the answer's
 * `takenAt` is the end of that time.
 */
export function fastForward(
  snapshot: Snapshot,
  minutes: number,
  story: StateChange | Story = () => {},
): Snapshot {
  const { first, again } = typeof story === 'function' ? { first: story, again: undefined } : story;
  const state = structuredClone(snapshot);
  const startAt = Date.parse(state.takenAt);
  const endAt = startAt + minutes * 60_000;
  let now = startAt;
  const account = createAccount({
    state,
    now: () => now,
    seed: state.takenAt,
    onChange: () => {},
  });
  const engine = createEngine({ account, startAt });
  first(account);
  engine.stateChanged(now);
  const everyMs = (again?.everyMinutes ?? Number.POSITIVE_INFINITY) * 60_000;
  let againAt = startAt + everyMs;
  for (let next = engine.nextAt(); next !== undefined && next <= endAt; next = engine.nextAt()) {
    if (againAt <= next) {
      now = againAt;
      againAt += everyMs;
      again?.change(account);
      engine.stateChanged(now);
      continue;
    }
    now = Math.max(now, next);
    engine.runNext();
  }
  state.takenAt = isoTime(endAt);
  return state;
}
