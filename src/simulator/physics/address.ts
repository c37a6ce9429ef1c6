// IPv4 addresses and blocks as numbers. Whatever is not IPv4 belongs to no block here.

const ZERO = '0'.charCodeAt(0);
const DOT = '.'.charCodeAt(0) - ZERO;

/** The address as an unsigned 32-bit number, or undefined when `text` is not a dotted quad. */
export function addressNumber(text: string): number | undefined {
  // Read digit by digit: every packet of the simulation passes here several times.
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = at === text.length ? DOT : text.charCodeAt(at) - ZERO;
    if (digit === DOT) {
      if (octet < 0 || octets === 4) return undefined;
      value = value * 256 + octet;
      octets += 1;
      octet = -1;
    } else if (digit < 0 || digit > 9 || octet === 0) {
      return undefined;
    } else {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    }
  }
  return octets === 4 ? value : undefined;
}

/** The dotted quad of a number. */
export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export interface Block {
  readonly first: number;
  readonly size: number;
  readonly prefix: number;
}

/** The block that CIDR text means; undefined when it is not IPv4 CIDR. Host bits are ignored, as AWS does. */
export function blockOf(cidr: string): Block | undefined {
  const slash = cidr.indexOf('/');
  const prefix = slash < 0 ? Number.NaN : Number(cidr.slice(slash + 1));
  if (!(prefix >= 0 && prefix <= 32) || cidr.length > slash + 3 || cidr.length === slash + 1)
    return undefined;
  const start = addressNumber(cidr.slice(0, slash));
  if (start === undefined || !Number.isInteger(prefix)) return undefined;
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(start / size) * size, size, prefix };
}

export function isInBlock(address: string, cidr: string | undefined): boolean {
  const value = addressNumber(address);
  const block = cidr === undefined ? undefined : blockOf(cidr);
  return (
    value !== undefined && block !== undefined && value >= block.first && value < block.first + block.size
  );
}
