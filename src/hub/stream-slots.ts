// How many event streams a person may hold open at once. Each is a connection and a place in the feed.

import { fail } from '../contract/errors.ts';
import { limits } from '../kernel/limits.ts';

export interface StreamSlots {
  /** Takes a slot and returns what gives it back (calling it twice is harmless). Throws `too-many-streams`. */
  take(person: string): () => void;
}

export function createStreamSlots(): StreamSlots {
  const open = new Map<string, number>();
  return {
    take(person) {
      const count = open.get(person) ?? 0;
      if (count >= limits.http.ssePerPerson)
        throw fail('too-many-streams', { limit: limits.http.ssePerPerson });
      open.set(person, count + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const left = (open.get(person) ?? 1) - 1;
        if (left > 0) open.set(person, left);
        else open.delete(person);
      };
    },
  };
}
