// Where the audit log of a data folder lies, and its verification without a running hub.

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AuditProblem } from '../audit/audit-problem.ts';
import type { VerifyResult } from '../audit/verify.ts';
import { verifyAuditFile } from '../audit/verify-file.ts';
import { fail } from '../contract/errors.ts';
import { importSigningKey } from '../kernel/keys.ts';
import { scenarios } from '../simulator/scenario-list.ts';
import { demoDataDir, readRunFile } from './run-file.ts';
import { oneLine } from './terminal/terminal.ts';

const DATABASE = 'lockkeeper.db';

/** Checks the whole log against its chain and its signed checkpoints. Throws `audit-missing` when the folder holds no log. */
export async function verifyAuditLog(dataDir: string): Promise<VerifyResult> {
  const database = path.join(dataDir, DATABASE);
  if (!existsSync(database)) throw fail('audit-missing', { path: dataDir });
  const keyFile = path.join(dataDir, 'hub.key');
  const publicKey = existsSync(keyFile) ? publicKeyIn(keyFile) : undefined;
  return verifyAuditFile({ database, checkpoints: path.join(dataDir, 'checkpoints.jsonl'), publicKey });
}

/** What `problem` of the log in `folder` is, in one line; with what to do when the file as a whole is the problem. */
export function problemLine({ seq, kind, detail }: AuditProblem, folder: string): string {
  if (seq > 0) return `record ${seq}: ${kind}. ${detail}`;
  const todo = 'Keep a copy as it is and put your last backup in its place.';
  return oneLine(`${path.join(folder, DATABASE)}: ${kind}. ${detail}. ${todo}`);
}

function publicKeyIn(file: string): string {
  try {
    return importSigningKey(readFileSync(file, 'utf8')).publicKey;
  } catch (error) {
    throw fail('key-damaged', { path: file, detail: 'it is not an Ed25519 private key in PEM' }, error);
  }
}

/**
 * The folder whose log is meant by `dataDir`: the one of the hub that runs, the real one's before a demo's; when none runs, the
 * folder itself, or the demo of it that wrote last. `demo` says that it is not the folder itself.
 */
export function auditFolder(dataDir: string): { readonly folder: string; readonly demo: boolean } {
  const demos = scenarios.map(({ name }) => demoDataDir(dataDir, name));
  const running = [dataDir, ...demos].find((folder) => readRunFile(folder) !== null);
  const written = [dataDir, ...demos.sort((a, b) => writtenAt(b) - writtenAt(a))];
  const folder = running ?? written.find((one) => writtenAt(one) > 0) ?? dataDir;
  return { folder, demo: folder !== dataDir };
}

/** When the log in `folder` was last written, in epoch milliseconds; 0 when there is none, or a file stands on the way to it. */
function writtenAt(folder: string): number {
  try {
    return statSync(path.join(folder, DATABASE)).mtimeMs;
  } catch {
    // Whoever opens the folder that is chosen in the end says what is wrong with it.
    return 0;
  }
}
