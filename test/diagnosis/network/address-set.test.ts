import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AddressSet,
  addressSet,
  covers,
  intersect,
  isEmpty,
  parseCidr,
  subtract,
  union,
} from '../../../src/diagnosis/network/address-set.ts';

/** A small line of 64 addresses, so that sets collide often and can be compared address by address. */
const interval = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 63 }))
  .map(([a, b]) => ({ low: BigInt(Math.min(a, b)), high: BigInt(Math.max(a, b)) }));
const set = fc.array(interval, { maxLength: 6 }).map((intervals) => union(intervals));
const members = (of: AddressSet) =>
  Array.from({ length: 64 }, (_, n) => of.some(({ low, high }) => low <= BigInt(n) && BigInt(n) <= high));

describe('address sets', () => {
  it('intersect, subtract and cover as sets of single addresses do', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const [a, b] = [members(left), members(right)];
        expect(members(intersect(left, right))).toEqual(a.map((inA, n) => inA && b[n]));
        expect(members(subtract(left, right))).toEqual(a.map((inA, n) => inA && !b[n]));
        expect(covers(left, right)).toBe(b.every((inB, n) => !inB || a[n]));
      }),
      { numRuns: 500 },
    );
  });

  it('keep their intervals sorted and apart', () => {
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const joined = union(intervals);
        for (const [index, one] of joined.entries()) {
          const next = joined[index + 1];
          if (next !== undefined) expect(next.low).toBeGreaterThan(one.high + 1n);
        }
      }),
    );
  });

  it('read IPv4 and IPv6 blocks and ignore host bits', () => {
    expect(parseCidr('10.0.0.7/8')).toEqual(parseCidr('10.0.0.0/8'));
    expect(covers(addressSet(['fd00::/8']), addressSet(['fd12:3456::1']))).toBe(true);
    expect(covers(addressSet(['::ffff:10.0.0.0/104']), addressSet(['::ffff:10.1.2.3']))).toBe(true);
    expect(covers(addressSet(['0.0.0.0/0']), addressSet(['2001:db8::1']))).toBe(false);
  });

  it('read nothing from what is no block', () => {
    for (const text of [
      '',
      '10.0.0.0/33',
      '10.0.0/8',
      'sg-1',
      '10.0.0.0/-1',
      'fe80::1%eth0',
      '1.2.3.4/8/9',
      '010.0.0.1x',
    ])
      expect(parseCidr(text), text).toBeUndefined();
    expect(isEmpty(addressSet(['nonsense']))).toBe(true);
  });
});
