// The second implementation of the audit log's proof. It shares no code with what writes the log, on purpose: a mistake
// made once must not be made again where it is looked for. It reads records in order and names the first that is wrong.
//
// A record's hash is SHA-256(0x01 || seq as 8 bytes || previous hash || SHA-256(body)). A checkpoint is the hub's Ed25519
// signature over a record's number and hash: it tells a log whose end was cut, or which was written anew from some record on.

import { hash as digest } from 'node:crypto';
import { limits } from '../kernel/limits.ts';
import type { AuditProblem } from './audit-problem.ts';
import { type Checkpoint, readCheckpoints } from './verify-checkpoints.ts';

export interface VerifyResult {
  readonly ok: boolean;
  readonly records: number;
  readonly ms: number;
  readonly problem: AuditProblem | null;
  /** The newest checkpoint and when it was signed: how far, and until when, the signatures vouch. */
  readonly checkpoint: { readonly seq: number; readonly at: number } | null;
}

export interface RawRecord {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: string | Uint8Array;
}

export type RawRecords = Iterable<RawRecord> | AsyncIterable<RawRecord>;

export interface VerifyOptions {
  /** The lines of checkpoints, in any order; the same may occur twice. */
  readonly checkpoints?: readonly string[];
  /** The hub's public key (raw, base64url). Without it, checkpoints only have to agree on one. */
  readonly publicKey?: string | undefined;
  /** The records are a part of a log: the first may be any, and later ones may be missing. */
  readonly partial?: boolean | undefined;
  /** Nobody signs this log: prove its chain alone. A hub's log is never one of those. */
  readonly unsigned?: boolean | undefined;
}

/** Exit code of the command line for each class of result: 0 proven, 3 records missing, 4 bad signature, 6 unreadable or damaged elsewhere, 7 altered. 2 is wrong usage alone. */
export function verifyExitCode(result: Pick<VerifyResult, 'problem'>): number {
  const codes = {
    altered: 7,
    order: 7,
    gap: 3,
    truncated: 3,
    signature: 4,
    unreadable: 6,
    damaged: 6,
  } as const;
  return result.problem === null ? 0 : codes[result.problem.kind];
}

/** Verifies `records`, oldest first, against each other and against the checkpoints. */
export async function verifyRecords(records: RawRecords, options: VerifyOptions = {}): Promise<VerifyResult> {
  const started = performance.now();
  const checkpoints = await readCheckpoints(options.checkpoints ?? [], options.publicKey);
  const chain = createChain(checkpoints.list, options);
  const problem = checkpoints.problem ?? (await walk(records, chain)) ?? chain.end();
  const newest = checkpoints.list.at(-1);
  return {
    ok: problem === null,
    records: chain.count(),
    ms: performance.now() - started,
    problem,
    checkpoint: newest === undefined ? null : { seq: newest.seq, at: newest.at },
  };
}

async function walk(records: RawRecords, chain: Chain): Promise<AuditProblem | null> {
  let problem: AuditProblem | null = null;
  try {
    // A synchronous source is not awaited record by record: that alone would cost more than the hashing.
    if (Symbol.iterator in records)
      for (const record of records) {
        problem = chain.add(record);
        if (problem !== null) break;
      }
    else
      for await (const record of records) {
        problem = chain.add(record);
        if (problem !== null) break;
      }
    return problem;
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return { seq: chain.expected(), kind: 'unreadable', detail: `the record cannot be read: ${detail}` };
  }
}

interface Chain {
  add(record: RawRecord): AuditProblem | null;
  end(): AuditProblem | null;
  count(): number;
  expected(): number;
}

const PREV_AT = 9;
const BODY_AT = 41;

function createChain(checkpoints: readonly Checkpoint[], options: VerifyOptions): Chain {
  const partial = options.partial === true;
  // What is hashed for a record; the hash of the record before it stays in place as bytes.
  const message = Buffer.alloc(73);
  message[0] = 1;
  let expected = 1;
  let prev = '0'.repeat(64);
  let count = 0;
  let next = 0;

  function beginAnywhere(record: RawRecord): void {
    expected = record.seq;
    prev = record.prev;
    message.write(prev, PREV_AT, 'hex');
    while ((checkpoints[next]?.seq ?? Number.MAX_SAFE_INTEGER) < expected) next++;
  }

  function checkSigned(record: RawRecord): AuditProblem | null {
    for (; checkpoints[next]?.seq === record.seq; next++)
      if (checkpoints[next]?.hash !== record.hash)
        return altered(
          record.seq,
          `a checkpoint was signed over another hash${agreedUntil(checkpoints, next)}`,
        );
    return null;
  }

  return {
    add(record) {
      if (partial && count === 0) beginAnywhere(record);
      if (record.seq !== expected) return misplaced(record.seq, expected);
      if (record.prev !== prev)
        return altered(record.seq, 'it does not name the hash of the record before it');
      message.writeUInt32BE(Math.floor(record.seq / 2 ** 32), 1);
      message.writeUInt32BE(record.seq % 2 ** 32, 5);
      // Digests as hex text cost half of what they cost as buffers.
      message.write(digest('sha256', record.body, 'hex'), BODY_AT, 'hex');
      const found = digest('sha256', message, 'hex');
      if (found !== record.hash) return altered(record.seq, 'its hash is not the one of its content');
      message.write(found, PREV_AT, 'hex');
      prev = record.hash;
      expected++;
      count++;
      return checkSigned(record);
    },
    end() {
      const missing = checkpoints[next];
      if (partial) return null;
      if (missing !== undefined)
        return truncated(
          expected,
          `the log ends at record ${expected - 1}, but record ${missing.seq} was signed`,
        );
      if (count === 0 && options.publicKey !== undefined)
        return truncated(1, 'a hub has a key, but its log holds no record at all');
      return options.unsigned === true ? null : unsigned(checkpoints.at(-1)?.seq ?? 0, count);
    },
    count: () => count,
    expected: () => expected,
  };
}

function misplaced(seq: number, expected: number): AuditProblem {
  if (seq > expected)
    return { seq: expected, kind: 'gap', detail: `records ${expected} to ${seq - 1} are missing` };
  return { seq, kind: 'order', detail: `it stands where record ${expected} should` };
}

function truncated(seq: number, detail: string): AuditProblem {
  return { seq, kind: 'truncated', detail };
}

/** A chain alone can be made anew by whoever can write the file, so no long part of a log may rest on it alone. */
function unsigned(signedSeq: number, count: number): AuditProblem | null {
  if (count - signedSeq <= limits.audit.unsignedRecords) return null;
  const detail = `no checkpoint vouches for it and the ${count - signedSeq - 1} records after it, though a hub signs every ${limits.audit.checkpointRecords}`;
  return { seq: signedSeq + 1, kind: 'signature', detail };
}

function altered(seq: number, detail: string): AuditProblem {
  return { seq, kind: 'altered', detail };
}

function agreedUntil(checkpoints: readonly Checkpoint[], index: number): string {
  const agreed = checkpoints[index - 1];
  return agreed === undefined ? '' : `; up to record ${agreed.seq} they agree`;
}
