// Reading the audit log for people: searching in their words, verifying it, taking it away as a file.
// Verification goes page by page, so that the hub keeps answering while it runs, and only one runs at a time.

import { readFileSync } from 'node:fs';
import { exportCsv, exportJsonl } from '../audit/export.ts';
import { parseAuditQuery } from '../audit/query.ts';
import { type RawRecord, verifyRecords } from '../audit/verify.ts';
import type { AuditVerifyResponse } from '../contract/api.ts';
import type { Clock } from '../kernel/clock.ts';
import type { DurableStore } from '../store/port.ts';
import type { AuditReading } from './routes/services.ts';

const PAGE = 1_000;

export interface AuditReadingOptions {
  readonly store: DurableStore;
  readonly clock: Clock;
  /** The hub's public key (raw, base64url), which signed the checkpoints. */
  readonly publicKey: string;
  /** The checkpoint file. */
  readonly checkpointFile: string;
}

export function createAuditReading(options: AuditReadingOptions): AuditReading {
  const { store, clock } = options;
  let running: Promise<AuditVerifyResponse> | null = null;
  return {
    parse: (text) => parseAuditQuery(text, clock.now()),
    verify() {
      running ??= verify(options).finally(() => {
        running = null;
      });
      return running;
    },
    export: (format) => (format === 'jsonl' ? exportJsonl(store) : exportCsv(store)),
  };
}

async function verify(options: AuditReadingOptions): Promise<AuditVerifyResponse> {
  // Signatures first: the log only grows, so every record they are over must be among those read after.
  const checkpoints = await checkpointLines(options);
  const last = (await options.store.auditHead()).seq;
  const { ok, records, ms, problem } = await verifyRecords(recordsOf(options.store, last), {
    checkpoints,
    publicKey: options.publicKey,
  });
  return { ok, records, ms, problem: problem === null ? null : { seq: problem.seq, detail: problem.detail } };
}

/** Up to `last` only: what is written meanwhile is signed by checkpoints that were not read. */
async function* recordsOf(store: DurableStore, last: number): AsyncGenerator<RawRecord> {
  for (let next = 1; next <= last; ) {
    const page = await store.auditRange(next, Math.min(PAGE, last - next + 1));
    yield* page;
    // By position and not by number: a record with a wrong number must not end or repeat the reading.
    next += page.length;
    if (page.length < PAGE) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function checkpointLines({ store, checkpointFile }: AuditReadingOptions): Promise<string[]> {
  const lines = linesOf(checkpointFile);
  for (let after = 0; ; ) {
    const page = await store.checkpoints(after, PAGE);
    lines.push(...page.map(({ line }) => line));
    if (page.length < PAGE) return lines;
    after = page.at(-1)?.seq ?? after;
  }
}

/** Complete lines only; what follows the last line end is being written. */
function linesOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No file yet: nothing has been signed.
    return [];
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}
