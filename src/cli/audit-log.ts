// Where the audit log of a data folder lies, and its verification without a running hub.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { VerifyResult } from '../audit/verify.ts';
import { verifyAuditFile } from '../audit/verify-file.ts';
import { fail } from '../contract/errors.ts';
import { importSigningKey } from '../kernel/keys.ts';

/** Checks the whole log against its chain and its signed checkpoints. Throws `usage` when the folder holds no log. */
export async function verifyAuditLog(dataDir: string): Promise<VerifyResult> {
  const database = path.join(dataDir, 'lockkeeper.db');
  if (!existsSync(database))
    throw fail('usage', {
      detail: `There is no audit log in ${dataDir}; name the hub's data folder with --data.`,
    });
  const keyFile = path.join(dataDir, 'hub.key');
  const publicKey = existsSync(keyFile) ? publicKeyIn(keyFile) : undefined;
  return verifyAuditFile({ database, checkpoints: path.join(dataDir, 'checkpoints.jsonl'), publicKey });
}

function publicKeyIn(file: string): string {
  try {
    return importSigningKey(readFileSync(file, 'utf8')).publicKey;
  } catch (error) {
    throw fail('key-damaged', { path: file, detail: 'it is not an Ed25519 private key in PEM' }, error);
  }
}
