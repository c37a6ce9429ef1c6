// What a case of a cause is, and the changes to the small account that cases of several families share.

import type { CauseClass } from '../../../src/contract/finding.ts';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { NOW_MS, theService } from '../../support/account-builder.ts';

export interface CauseCase {
  readonly class: CauseClass;
  readonly verdict: 'proven' | 'likely';
  readonly ill: (s: Snapshot) => void;
  /** Looks like it and is not. */
  readonly decoy: (s: Snapshot) => void;
  /** Reads that are refused; then the class must not be proven. Left out for causes that the service itself shows. */
  readonly denied?: readonly string[];
  readonly fix?: string;
  /** Whether the fix helps cannot be worked out beforehand, such as another revision. */
  readonly unverifiable?: boolean;
}

/** A moment before the account was looked at. */
export const iso = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1_000).toISOString();

/** The scheduler's words in the service's events, and nothing runs. */
export function complains(s: Snapshot, text: string, secondsAgo = 120): void {
  const service = theService(s);
  service.events = [{ id: 'e1', createdAt: iso(secondsAgo), message: `(service api) ${text}` }];
}

/** One task of two is missing. */
export function short(s: Snapshot): void {
  Object.assign(theService(s), { runningCount: 1 });
  s.ecs.tasks.pop();
}
