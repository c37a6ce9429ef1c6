// One link of a hash chain: SHA-256(0x01 || u64be(seq) || prev || SHA-256(body)).
// The body's exact bytes are what is hashed and stored; nothing is ever re-serialised.

import { createHash } from 'node:crypto';

/** What the first record has in place of a previous hash. */
export const CHAIN_START = '0'.repeat(64);

/** Hash (hex) of record `seq` (1, 2, …) with `body`, following the record whose hash is `prev` (hex). */
export function chainHash(seq: number, prev: string, body: string): string {
  const head = Buffer.alloc(9);
  head[0] = 1;
  head.writeBigUInt64BE(BigInt(seq), 1);
  return createHash('sha256')
    .update(head)
    .update(Buffer.from(prev, 'hex'))
    .update(createHash('sha256').update(body).digest())
    .digest('hex');
}
