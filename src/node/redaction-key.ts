// The key behind this node's redaction marks: equal secrets get equal marks here, and nowhere else.

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../contract/errors.ts';
import { messageOf } from '../kernel/errors.ts';

const KEY_BYTES = 32;

/** Reads or makes the key. Throws `data-unwritable`, or `key-damaged` for a damaged file, which is never replaced. */
export function redactionKeyOf(dataDir: string): Uint8Array {
  const file = path.join(dataDir, 'redaction.key');
  let key: Buffer;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (!existsSync(file)) writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
    chmodSync(file, 0o600);
    key = readFileSync(file);
  } catch (error) {
    throw fail('data-unwritable', { path: dataDir, detail: messageOf(error) }, error);
  }
  if (key.length === KEY_BYTES) return key;
  throw fail('key-damaged', { path: file, detail: 'it does not hold a redaction key' });
}
