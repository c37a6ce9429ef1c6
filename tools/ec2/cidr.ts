// Address blocks in CIDR notation, IPv4 and IPv6. Only canonical blocks are accepted: with host bits set,
// EC2 would silently store another block than the one people approved.

import { BlockList, isIPv4, isIPv6 } from 'node:net';

export interface Cidr {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** Undefined unless `text` is address/prefix with no host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([0-9a-f.:]{2,45})\/(\d{1,3})$/i.exec(text);
  const [, address, digits] = match ?? [];
  if (address === undefined || digits === undefined) return undefined;
  const prefix = Number(digits);
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  if (family === undefined || String(prefix) !== digits || prefix > bitsOf(family)) return undefined;
  const hostBits = BigInt(bitsOf(family) - prefix);
  const value = family === 'ipv4' ? ipv4Value(address) : ipv6Value(address);
  return value === undefined || (value >> hostBits) << hostBits !== value
    ? undefined
    : { family, address, prefix };
}

/** Whether every address of `inner` lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.prefix <= inner.prefix && hasAddress(outer, inner.address);
}

/** Whether `address` lies in `cidr`. */
export function hasAddress(cidr: Cidr, address: string): boolean {
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  if (family !== cidr.family) return false;
  const list = new BlockList();
  list.addSubnet(cidr.address, cidr.prefix, cidr.family);
  return list.check(address, family);
}

/**
 * Whether a block is the internet, or so much of it that it makes no difference: shorter than /8 (IPv4, the largest
 * private block) or than /16 (IPv6, larger than any single network).
 */
export function isInternet(cidr: Cidr): boolean {
  return cidr.prefix < (cidr.family === 'ipv4' ? 8 : 16);
}

function bitsOf(family: Cidr['family']): number {
  return family === 'ipv4' ? 32 : 128;
}

function ipv4Value(address: string): bigint {
  return address.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

/** The eight groups of an address, with `::` filled up. Undefined for the mixed form with a dotted IPv4 tail. */
function ipv6Value(address: string): bigint | undefined {
  if (address.includes('.')) return undefined;
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}
