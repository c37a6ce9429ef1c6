// Sets of IP addresses as intervals on one number line: IPv4 first, IPv6 behind it, so that both families share the maths.
// A set is sorted, its intervals neither touch nor overlap. Knowing an address exactly is a set of one.

import { isIPv4, isIPv6 } from 'node:net';

export interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

export type AddressSet = readonly Interval[];

/** Where IPv6 begins on the line. */
const V6_START = 1n << 32n;
const V6_BITS = 128;

/** The addresses of a CIDR such as `10.0.0.0/16`, `fd00::/8`, or of a bare address. Undefined when it is neither. */
export function parseCidr(text: string): Interval | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const four = parseV4(address);
  if (four !== undefined) {
    const prefix = slash === -1 ? 32 : parsePrefix(text.slice(slash + 1), 32);
    if (prefix === undefined) return undefined;
    // Plain numbers: security groups hold thousands of IPv4 blocks, and big integers are slow.
    const size = 2 ** (32 - prefix);
    const low = four - (four % size);
    return { low: BigInt(low), high: BigInt(low + size - 1) };
  }
  if (!isIPv6(address) || address.includes('%')) return undefined;
  const prefix = slash === -1 ? V6_BITS : parsePrefix(text.slice(slash + 1), V6_BITS);
  if (prefix === undefined) return undefined;
  const value = parseV6(address);
  const size = 1n << BigInt(V6_BITS - prefix);
  const low = V6_START + value - (value % size);
  return { low, high: low + size - 1n };
}

/** The set of every address in `cidrs`; texts that are no CIDR are left out. */
export function addressSet(cidrs: Iterable<string>): AddressSet {
  const intervals: Interval[] = [];
  for (const cidr of cidrs) {
    const interval = parseCidr(cidr);
    if (interval !== undefined) intervals.push(interval);
  }
  return union(intervals);
}

/** Sorts and joins intervals into a set. */
export function union(intervals: readonly Interval[]): AddressSet {
  const sorted = [...intervals].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const joined: { low: bigint; high: bigint }[] = [];
  for (const { low, high } of sorted) {
    const last = joined.at(-1);
    // The two families stay apart although their ends touch on the line.
    if (last !== undefined && low <= last.high + 1n && low !== V6_START) {
      if (high > last.high) last.high = high;
    } else joined.push({ low, high });
  }
  return joined;
}

export function intersect(left: AddressSet, right: AddressSet): AddressSet {
  const common: Interval[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (a === undefined || b === undefined) return common;
    const low = a.low > b.low ? a.low : b.low;
    const high = a.high < b.high ? a.high : b.high;
    if (low <= high) common.push({ low, high });
    if (a.high < b.high) i += 1;
    else j += 1;
  }
}

/** What is in `left` and not in `right`. */
export function subtract(left: AddressSet, right: AddressSet): AddressSet {
  const rest: Interval[] = [];
  let j = 0;
  for (const { low, high } of left) {
    let start = low;
    while ((right[j]?.high ?? start) < start) j += 1;
    for (let k = j; start <= high; k += 1) {
      const hole = right[k];
      if (hole === undefined || hole.low > high) {
        rest.push({ low: start, high });
        break;
      }
      if (hole.low > start) rest.push({ low: start, high: hole.low - 1n });
      start = hole.high + 1n;
    }
  }
  return rest;
}

export function isEmpty(set: AddressSet): boolean {
  return set.length === 0;
}

export function overlaps(interval: Interval, set: AddressSet): boolean {
  return set.some(({ low, high }) => interval.low <= high && low <= interval.high);
}

/** True when every address of `inner` is in `outer`. */
export function covers(outer: AddressSet, inner: AddressSet): boolean {
  return isEmpty(subtract(inner, outer));
}

/** The smallest IPv4 CIDR that holds all of these; undefined when one of them is none. */
export function commonBlock(cidrs: readonly string[]): string | undefined {
  const intervals = cidrs.map(parseCidr);
  if (intervals.length === 0) return undefined;
  let low = V6_START;
  let high = 0n;
  for (const interval of intervals) {
    if (interval === undefined || interval.low >= V6_START) return undefined;
    if (interval.low < low) low = interval.low;
    if (interval.high > high) high = interval.high;
  }
  let prefix = 32;
  while (prefix > 0 && low >> BigInt(32 - prefix) !== high >> BigInt(32 - prefix)) prefix -= 1;
  const first = Number((low >> BigInt(32 - prefix)) << BigInt(32 - prefix));
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/** Every IPv4 address. */
export const ipv4: AddressSet = [{ low: 0n, high: V6_START - 1n }];

/** IPv4 addresses of the public internet: everything outside RFC 1918, RFC 6598, loopback, link-local and multicast. */
export const publicInternet: AddressSet = subtract(
  addressSet(['0.0.0.0/0']),
  addressSet([
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/3',
  ]),
);

function parsePrefix(text: string, bits: number): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const prefix = Number(text);
  return prefix <= bits ? prefix : undefined;
}

function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null || !isIPv4(text)) return undefined;
  const [, a, b, c, d] = match;
  return ((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d);
}

function parseV6(text: string): bigint {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain =
    dotted === null
      ? text
      : `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const words = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return words.reduce((value, word) => (value << 16n) | BigInt(Number.parseInt(word, 16)), 0n);
}

/** RFC 1918 and RFC 6598: addresses of other networks that are not on the internet. */
const privateNetworks: AddressSet = addressSet([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);

/** True for addresses of private networks alone; link-local ones and loopback never leave their host. */
export function isPrivate(set: AddressSet): boolean {
  return !isEmpty(set) && covers(privateNetworks, set);
}
