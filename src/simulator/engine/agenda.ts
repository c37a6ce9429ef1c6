// What the engine has to do and when: entries in time order, those of one moment in the order they were added.

export interface Agenda {
  /** Adds `run` for the simulated time `at`. Returns a function that takes it off again. */
  add(at: number, run: () => void): () => void;
  /** When the next entry is due. */
  nextAt(): number | undefined;
  /** Takes the next entry out, or undefined when there is none. */
  take(): { at: number; run: () => void } | undefined;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export function createAgenda(): Agenda {
  const entries: Entry[] = [];
  let order = 0;
  return {
    add: (at, run) => {
      const entry = { at, order: order++, run };
      entries.splice(placeFor(entries, entry), 0, entry);
      return () => {
        const index = entries.indexOf(entry);
        if (index >= 0) entries.splice(index, 1);
      };
    },
    nextAt: () => entries[0]?.at,
    take: () => entries.shift(),
  };
}

/** Binary search for the first entry that is due later. */
function placeFor(entries: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.at ?? 0) <= entry.at) low = middle + 1;
    else high = middle;
  }
  return low;
}
