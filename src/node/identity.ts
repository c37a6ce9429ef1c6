// Who this node is: the Ed25519 key it generated, the hub it joined, the id that hub gave it, and the lock that keeps a
// second process out of its folder. The key never leaves the file; the hub's key, once pinned, is never replaced.

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fail } from '../contract/errors.ts';
import { base64url, firstIssue } from '../contract/json.ts';
import { messageOf } from '../kernel/errors.ts';
import { generateSigningKey, importSigningKey, type SigningKey } from '../kernel/keys.ts';

const membership = z.strictObject({ v: z.literal(1), node: z.string(), hubKey: base64url });
/** The hub this node belongs to, and its id there. */
export type Membership = z.infer<typeof membership>;

export interface Identity {
  readonly key: SigningKey;
  /** Null until the node has joined a hub. */
  membership(): Membership | null;
  /** Writes down the hub that accepted this node. */
  join(joined: { node: string; hubKey: string }): void;
  /** Lets another process use the folder. */
  release(): void;
}

/** Opens or makes the identity in `dataDir`. Throws `data-unwritable`, `data-locked`, `key-damaged` or `config-invalid`. */
export function openIdentity(dataDir: string): Identity {
  const files = {
    key: path.join(dataDir, 'node-key.pem'),
    hub: path.join(dataDir, 'hub.json'),
    lock: path.join(dataDir, 'node.lock'),
  };
  writable(dataDir, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
    // A copy or a restore may have left them open to others.
    for (const file of [files.key, files.hub]) if (existsSync(file)) chmodSync(file, 0o600);
  });
  lock(dataDir, files.lock);
  try {
    let joined = readMembership(files.hub);
    return {
      key: openKey(dataDir, files.key),
      membership: () => joined,
      join({ node, hubKey }) {
        joined = { v: 1, node, hubKey };
        writeWhole(dataDir, files.hub, `${JSON.stringify(joined, null, 2)}\n`);
      },
      release: () => rmSync(files.lock, { force: true }),
    };
  } catch (error) {
    rmSync(files.lock, { force: true });
    throw error;
  }
}

/** Whether the node of this folder has joined a hub, so that it needs no join token. */
export function hasJoined(dataDir: string): boolean {
  return existsSync(path.join(dataDir, 'hub.json'));
}

function openKey(dataDir: string, file: string): SigningKey {
  if (!existsSync(file)) {
    const key = generateSigningKey();
    writeWhole(dataDir, file, key.exportPem());
    return key;
  }
  try {
    return importSigningKey(readFileSync(file, 'utf8'));
  } catch (error) {
    throw fail('key-damaged', { path: file, detail: 'it is not an Ed25519 private key in PEM' }, error);
  }
}

function readMembership(file: string): Membership | null {
  if (!existsSync(file)) return null;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw fail('config-invalid', { path: file, where: 'the top', detail: messageOf(error) }, error);
  }
  const parsed = membership.safeParse(value);
  if (!parsed.success) throw fail('config-invalid', { path: file, ...firstIssue(parsed.error) });
  return parsed.data;
}

/** Takes the folder for this process; a lock left by a process that is gone is taken over. */
function lock(dataDir: string, file: string): void {
  const mine = () => writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
  try {
    mine();
    return;
  } catch {
    const pid = Number.parseInt(readIfThere(file), 10);
    // In a container every start has the same process id, so a lock of our own id is one we left behind.
    if (pid !== process.pid && isAlive(pid)) throw fail('data-locked', { pid, path: dataDir });
    rmSync(file, { force: true });
  }
  writable(dataDir, mine);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Replaces a file in one step, readable by its owner only. */
function writeWhole(dataDir: string, file: string, text: string): void {
  writable(dataDir, () => {
    writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  });
}

function writable(dataDir: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw fail('data-unwritable', { path: dataDir, detail: messageOf(error) }, error);
  }
}
