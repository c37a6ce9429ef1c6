// Run as a process of its own: commits without end and prints, for each commit that has resolved, the number and hash of
// its last record. What stands on the output is what a caller was told is safe.

import { writeSync } from 'node:fs';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { conversation, entry, evidence } from './samples.ts';

const [dataDir = '', first = '1'] = process.argv.slice(2);
const store = await openSqliteStore({ dataDir, clock: systemClock, log: silentLog });

async function worker(lane: number): Promise<void> {
  for (let n = Number(first) + lane; ; n += 8) {
    const { audit } = await store.commit(
      [
        { kind: 'conversation.create', conversation: conversation(n) },
        { kind: 'evidence.save', evidence: evidence(n, 'x'.repeat(3_000)) },
      ],
      [entry({ data: { n } }), entry({ event: 'aws.started', data: { n, text: 'y'.repeat(500) } })],
    );
    // Straight to the descriptor: what a stream still holds would die with the process.
    writeSync(1, `${n} ${audit[1]?.seq} ${audit[1]?.hash}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => worker(lane)));
