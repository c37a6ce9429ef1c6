// IPv4 addresses and blocks as numbers. Whatever is not IPv4 belongs to no block here.

/** The address as an unsigned 32-bit number, or undefined when `text` is not a dotted quad. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
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
  const [address = '', length = ''] = cidr.split('/');
  const start = addressNumber(address);
  if (start === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  return { first: Math.floor(start / size) * size, size, prefix: Number(length) };
}

export function isInBlock(address: string, cidr: string | undefined): boolean {
  const value = addressNumber(address);
  const block = cidr === undefined ? undefined : blockOf(cidr);
  return (
    value !== undefined && block !== undefined && value >= block.first && value < block.first + block.size
  );
}
