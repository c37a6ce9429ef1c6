// Random choices that can be made again: LOCKKEEPER_SEED repeats a run whose seed was printed.

/** The seed of this run, or the one that is asked for. */
export function nextSeed(): number {
  const asked = Number(process.env.LOCKKEEPER_SEED);
  return Number.isSafeInteger(asked) && asked > 0 ? asked : 1 + Math.floor(Math.random() * 2 ** 31);
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` whole numbers below `below`. */
export function pick(seed: number, count: number, below: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => Math.floor(random() * below));
}
