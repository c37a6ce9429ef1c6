// Reading the audit log for people: searching in their words, verifying it, taking it away as a file.

import type { AuditVerifyResponse } from '../contract/api.ts';
import type { Clock } from '../kernel/clock.ts';
import { CHAIN_START, chainHash } from '../kernel/hash-chain.ts';
import type { AuditFilter, Store } from '../store/port.ts';
import type { AuditReading } from './routes/services.ts';

const PAGE = 1_000;

export function createAuditReading(store: Store, clock: Clock): AuditReading {
  const monotonic = (): number => clock.monotonic();
  return {
    parse: (text): Partial<AuditFilter> => ({ q: text }),
    verify: () => verify(store, monotonic),
    export: (format) => exportRecords(store, format),
  };
}

async function verify(store: Store, monotonic: () => number): Promise<AuditVerifyResponse> {
  const begun = monotonic();
  let prev = CHAIN_START;
  let seq = 0;
  for (;;) {
    const page = await store.auditRange(seq + 1, PAGE);
    for (const record of page) {
      seq += 1;
      if (record.seq !== seq || record.prev !== prev || record.hash !== chainHash(seq, prev, record.body)) {
        return {
          ok: false,
          records: seq,
          ms: monotonic() - begun,
          problem: { seq, detail: 'the record does not follow from the one before' },
        };
      }
      prev = record.hash;
    }
    if (page.length < PAGE) return { ok: true, records: seq, ms: monotonic() - begun, problem: null };
  }
}

async function* exportRecords(store: Store, format: 'jsonl' | 'csv'): AsyncIterable<string> {
  let from = 1;
  for (;;) {
    const page = await store.auditRange(from, PAGE);
    for (const record of page)
      yield format === 'jsonl' ? `${JSON.stringify(record)}\n` : `${record.seq},${record.hash}\n`;
    if (page.length < PAGE) return;
    from = (page.at(-1)?.seq ?? from) + 1;
  }
}
