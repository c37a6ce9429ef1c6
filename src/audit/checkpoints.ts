// Signs the audit log's head every so many records and every so often, also when nothing happens, into the database and
// into a file beside it. Whoever cuts or rewrites the log afterwards has to forge a signature or leave a gap in the beats.
// A beat over the same head takes the place of the one before, so that an idle hub does not fill its disk.

import { fail } from '../contract/errors.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import type { DurableStore, StoredCheckpoint } from '../store/port.ts';
import { type CheckpointFile, lastCheckpointIn, openCheckpointFile } from './checkpoint-file.ts';

export interface CheckpointOptions {
  readonly store: DurableStore;
  /** The hub's key. */
  readonly key: SigningKey;
  /** The checkpoint file, or null for a store without a folder. */
  readonly file: string | null;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Checkpoints {
  /** Signs the head once more and ends; call it before the store closes. */
  stop(): Promise<void>;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What is signed begins with this, so that no other signature of the hub can be taken for a checkpoint. */
const CONTEXT = 'lockkeeper/checkpoint/v1\0';

/** Checks the log against its newest checkpoints, then keeps signing it. Throws `audit-broken` when they do not agree. */
export async function startCheckpoints(options: CheckpointOptions): Promise<Checkpoints> {
  const { store, clock } = options;
  const stored = await store.lastCheckpoint();
  const filed = options.file === null ? null : lastCheckpointIn(options.file);
  await checkAgainst(store, stored);
  await checkAgainst(store, filed);
  // A log this long was signed many times over: whoever took all signatures away may have written it anew.
  if (stored === null && filed === null && (await store.auditHead()).seq > limits.audit.unsignedRecords)
    throw fail('audit-broken', { seq: 1, detail: 'every checkpoint of the log is gone' });
  const file = options.file === null ? null : openCheckpointFile(options.file);
  const sign = createSigner(options, file);
  let askedSeq = 0;
  let work: Promise<void> = Promise.resolve();
  let timer: Timer | null = null;
  let stopping: Promise<void> | null = null;

  function beat(): void {
    timer?.cancel();
    timer = clock.after(limits.audit.checkpointMs, beat);
    work = work.then(sign);
  }

  const unsubscribe = store.onAuditHead((head) => {
    if (head.seq - askedSeq < limits.audit.checkpointRecords) return;
    askedSeq = head.seq;
    beat();
  });
  askedSeq = (await store.auditHead()).seq;
  beat();
  await work;
  return {
    stop() {
      stopping ??= (async () => {
        unsubscribe();
        timer?.cancel();
        await work;
        await sign();
        file?.close();
      })();
      return stopping;
    },
  };
}

/** The line of a checkpoint over `head`, signed by `key`. */
export function signedLine(head: Head, key: SigningKey, atMs: number): string {
  const content = { v: 1, log: key.thumbprint, seq: head.seq, hash: head.hash, at: atMs };
  const signature = key.sign(Buffer.from(CONTEXT + canonicalJson(content)));
  return canonicalJson({ ...content, key: key.publicKey, signature });
}

function createSigner({ store, key, clock, log }: CheckpointOptions, file: CheckpointFile | null) {
  let signedSeq = 0;
  return async (): Promise<void> => {
    try {
      const head = await store.auditHead();
      if (head.seq === 0) return;
      const line = signedLine(head, key, clock.now());
      file?.write(line, head.seq === signedSeq);
      signedSeq = head.seq;
      await store.commit([{ kind: 'checkpoint.save', checkpoint: { seq: head.seq, line } }], []);
    } catch (thrown) {
      log.warn({ detail: messageOf(thrown) }, 'a checkpoint of the audit log could not be written');
    }
  };
}

async function checkAgainst(store: DurableStore, checkpoint: StoredCheckpoint | null): Promise<void> {
  if (checkpoint === null) return;
  const { seq, line } = checkpoint;
  const record = await store.auditRecord(seq);
  if (record === null)
    throw fail('audit-broken', { seq, detail: 'it was signed, but the log ends before it' });
  if (!line.includes(`"hash":"${record.hash}"`))
    throw fail('audit-broken', { seq, detail: 'a checkpoint was signed over another hash' });
}
