// The hub's secrets on disk: its signing key, the operator token, the key behind redaction marks.
// Each is a file only its owner may read, written once and read ever after; nothing else in the hub touches them.

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../contract/errors.ts';
import { messageOf } from '../kernel/errors.ts';
import { generateSigningKey, importSigningKey, type SigningKey } from '../kernel/keys.ts';

const TOKEN_BYTES = 32;
const REDACTION_KEY_BYTES = 32;
const OWNER_ONLY = 0o600;

/**
 * The hub's Ed25519 key, made at the first start. Throws `key-damaged` for a damaged file, and for one that is gone though it `hasSigned`:
 * neither is replaced.
 */
export function hubSigningKey(dataDir: string, { hasSigned }: { readonly hasSigned: boolean }): SigningKey {
  const file = path.join(dataDir, 'hub.key');
  if (hasSigned && !existsSync(file))
    throw fail('key-damaged', { path: file, detail: 'it is gone, and the audit log was signed with it' });
  const pem = readOrCreate(file, () => generateSigningKey().exportPem());
  try {
    return importSigningKey(pem);
  } catch (error) {
    throw fail('key-damaged', { path: file, detail: 'it is not an Ed25519 private key in PEM' }, error);
  }
}

/** What the command line on this machine signs in with. */
export function operatorTokenOf(dataDir: string): string {
  const file = path.join(dataDir, 'operator.token');
  const token = readOrCreate(file, () => `lko_${randomBytes(TOKEN_BYTES).toString('base64url')}`).trim();
  if (/^lko_[\w-]{43}$/.test(token)) return token;
  throw fail('config-invalid', {
    path: file,
    where: 'the top',
    detail: 'it does not hold an operator token',
  });
}

/** The key that makes equal secrets recognisable as equal after redaction, and nothing else. */
export function redactionKeyOf(dataDir: string): Uint8Array {
  const file = path.join(dataDir, 'redaction.key');
  const text = readOrCreate(file, () => randomBytes(REDACTION_KEY_BYTES).toString('base64url')).trim();
  const key = Buffer.from(text, 'base64url');
  if (key.length === REDACTION_KEY_BYTES) return key;
  throw fail('key-damaged', { path: file, detail: 'it does not hold a redaction key' });
}

function readOrCreate(file: string, make: () => string): string {
  try {
    if (!existsSync(file)) createWhole(file, make());
    chmodSync(file, OWNER_ONLY);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('data-unwritable', { path: file, detail: messageOf(error) }, error);
  }
}

/** Writes beside the place and links into it, so that a crash leaves either no file or a whole one. */
function createWhole(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: OWNER_ONLY, flag: 'wx', flush: true });
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
