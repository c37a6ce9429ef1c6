// Reads the checkpoints for the verifier: strictly, with signatures checked here and not by the code that made them.

import { createPublicKey, hash as digest, type KeyObject, verify } from 'node:crypto';
import type { AuditProblem } from './audit-problem.ts';

export interface Checkpoint {
  readonly log: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly key: string;
  readonly signature: string;
}

/** Signatures under way at once; they are checked beside the main thread. */
const PARALLEL = 64;

/** The checkpoints of `lines` in order, or the first thing that is wrong with one. `publicKey` pins the signer. */
export async function readCheckpoints(
  lines: readonly string[],
  publicKey: string | undefined,
): Promise<{ readonly list: readonly Checkpoint[]; readonly problem: AuditProblem | null }> {
  const list: Checkpoint[] = [];
  for (const line of new Set(lines)) {
    const checkpoint = parseCheckpoint(line);
    if (checkpoint === null) return { list: [], problem: problem(0, 'a checkpoint cannot be read') };
    list.push(checkpoint);
  }
  list.sort((a, b) => a.seq - b.seq || a.at - b.at);
  const signer = publicKey ?? list[0]?.key ?? '';
  const foreign = list.find((checkpoint) => checkpoint.key !== signer);
  if (foreign !== undefined)
    return { list, problem: problem(foreign.seq, 'its checkpoint is signed by another key') };
  const forged = await firstForged(list, signer);
  return forged === null
    ? { list, problem: null }
    : { list, problem: problem(forged.seq, 'the signature of its checkpoint does not hold') };
}

async function firstForged(list: readonly Checkpoint[], signer: string): Promise<Checkpoint | null> {
  if (list.length === 0) return null;
  const raw = Buffer.from(signer, 'base64url');
  if (raw.length !== 32) return list[0] ?? null;
  const log = digest('sha256', raw, 'hex').slice(0, 32);
  const key = createPublicKey({ key: Buffer.concat([keyHeader, raw]), format: 'der', type: 'spki' });
  for (let at = 0; at < list.length; at += PARALLEL) {
    const some = list.slice(at, at + PARALLEL);
    const holds = await Promise.all(some.map((one) => one.log === log && isSigned(one, key)));
    const forged = some.find((_, i) => holds[i] !== true);
    if (forged !== undefined) return forged;
  }
  return null;
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo. */
const keyHeader = Buffer.from('302a300506032b6570032100', 'hex');

function isSigned({ log, seq, hash, at, signature }: Checkpoint, key: KeyObject): Promise<boolean> {
  const content = `lockkeeper/checkpoint/v1\0{"at":${at},"hash":"${hash}","log":"${log}","seq":${seq},"v":1}`;
  return new Promise((resolve) => {
    verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64url'), (error, holds) =>
      resolve(error === null && holds),
    );
  });
}

function parseCheckpoint(line: string): Checkpoint | null {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read !== 'object' || read === null) return null;
    // Each member is checked on the next lines; nothing else is relied on.
    const { v, log, seq, hash, at, key, signature } = read as Record<string, unknown>;
    if (v !== 1 || typeof log !== 'string' || typeof hash !== 'string' || typeof key !== 'string')
      return null;
    if (typeof signature !== 'string' || !isCount(seq) || !isCount(at)) return null;
    if (!/^[0-9a-f]{64}$/.test(hash) || !/^[0-9a-f]{32}$/.test(log)) return null;
    return { log, seq, hash, at, key, signature };
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function problem(seq: number, detail: string): AuditProblem {
  return { seq, kind: 'signature', detail };
}
