// Runs an account's engine ahead as fast as the processor allows, without a server and without waiting.

import type { Snapshot } from '../contract/snapshot.ts';
import { isoTime } from '../kernel/clock.ts';
import { createAccount, type SimulatedAccount } from './account.ts';
import { createEngine } from './engine/engine.ts';

/** A change to the state at a moment, such as a fault. What it calls `changed` for is in CloudTrail. */
export type StateChange = (account: SimulatedAccount) => void;

/**
 * What becomes of `snapshot` within `minutes` when `change` happens at once. The given snapshot is left as it is; the answer's
 * `takenAt` is the end of that time.
 */
export function fastForward(snapshot: Snapshot, minutes: number, change: StateChange = () => {}): Snapshot {
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
  change(account);
  engine.stateChanged(now);
  for (let next = engine.nextAt(); next !== undefined && next <= endAt; next = engine.nextAt()) {
    now = Math.max(now, next);
    engine.runNext();
  }
  state.takenAt = isoTime(endAt);
  return state;
}
