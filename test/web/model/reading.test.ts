// When a part of a card has been read: never by a jump over its middle, always by going on.

import { describe, expect, it } from 'vitest';
import { type Read, readNow, wayOn } from '../../../src/web/model/reading.ts';

const view = { top: 50, bottom: 650 };

/** Reads a part of `height` pixels that stands at each of `tops` in turn. */
function readAt(height: number, tops: readonly number[]): Read {
  return tops.reduce<Read>((read, top) => readNow(read, { top, bottom: top + height }, view), null);
}

describe('a part of a card', () => {
  it('is read when all of it has been in view at once', () => {
    expect(readAt(40, [100])).toBe('all');
    expect(readAt(40, [630])).not.toBe('all');
    expect(readAt(40, [700])).toBe(null);
  });

  it('is read step by step, downwards and upwards, when it is higher than the window', () => {
    expect(readAt(1_500, [60, -400, -860])).toBe('all');
    expect(readAt(1_500, [-860, -400, 60])).toBe('all');
  });

  it('is not read by a jump from its beginning to its end', () => {
    expect(readAt(1_500, [60, -860])).not.toBe('all');
    expect(readAt(1_500, [60, -860, -400, 60])).toBe('all');
  });

  it('stays read when it is moved away', () => {
    expect(readAt(40, [100, 5_000])).toBe('all');
  });

  it('is read to its end by going on from where the reader is, however high it is', () => {
    for (const height of [30, 600, 601, 1_500, 40_000]) {
      let top = -200;
      let read: Read = null;
      let steps = 0;
      for (; read !== 'all' && steps < 200; steps++) {
        read = readNow(read, { top, bottom: top + height }, view);
        if (read !== 'all') top -= wayOn(read, { top, bottom: top + height }, view);
      }
      expect(read).toBe('all');
    }
  });
});
