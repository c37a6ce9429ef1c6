// One link of a hash chain: SHA-256(0x01 || u64be(seq) || prev || SHA-256(body)).
// The body's exact bytes are what is hashed and stored; nothing is ever re-serialised.

import { hash } from 'node:crypto';

/** What the first record has in place of a previous hash. */
export const CHAIN_START = '0'.repeat(64);

/** Hash (hex) of record `seq` (1, 2, …) with `body`, following the record whose hash is `prev` (hex). */
export function chainHash(seq: number, prev: string, body: string): string {
  // One buffer and the one-shot hash: a hub does this for every record, and incremental hashes cost twice as much.
  const link = Buffer.allocUnsafe(73);
  link[0] = 1;
  link.writeUInt32BE(Math.floor(seq / 2 ** 32), 1);
  link.writeUInt32BE(seq % 2 ** 32, 5);
  link.write(prev, 9, 'hex');
  link.write(hash('sha256', body, 'binary'), 41, 'latin1');
  return hash('sha256', link, 'hex');
}
