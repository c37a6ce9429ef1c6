// Numbers, names and ids that look random and are the same for the same seed, so that an account can be made again.

import { createHash } from 'node:crypto';

export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number between both ends, ends included. */
  int(min: number, max: number): number;
  /** One of `items`; throws for an empty list. */
  pick<T>(items: readonly T[]): T;
  /** `count` different ones of `items`, in random order; all of them when there are fewer. */
  sample<T>(items: readonly T[], count: number): T[];
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
  /** `length` decimal digits, the first not 0. */
  digits(length: number): string;
  /** An AWS id such as `sg-0f3a9b1c7d2e48650`. */
  id(prefix: string): string;
}

const ID_HEX = 16;

/** A generator for `seed`; two with the same seed give the same. */
export function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  // Mulberry32: 32 bits of state are plenty for names and choices.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  };
  const hex = (length: number) => Array.from({ length }, () => int(0, 15).toString(16)).join('');
  return {
    next,
    int,
    pick,
    hex,
    chance: (probability) => next() < probability,
    sample: (items, count) => {
      const rest = [...items];
      return Array.from(
        { length: Math.min(count, items.length) },
        () => rest.splice(int(0, rest.length - 1), 1)[0] as (typeof items)[number],
      );
    },
    digits: (length) => `${int(1, 9)}${Array.from({ length: length - 1 }, () => int(0, 9)).join('')}`,
    id: (prefix) => `${prefix}-0${hex(ID_HEX)}`,
  };
}
