// Bench rows about single calls: what governance costs on one, and how many a hub takes to disk in a second.

import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { toolSchemaSha256 } from '../../src/catalog/model-schema.ts';
import type { NodeView } from '../../src/contract/api.ts';
import { CHAIN_START, chainHash } from '../../src/kernel/hash-chain.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import type { NodeDirectory } from '../../src/link/port.ts';
import { allTools } from '../../tools/index.ts';
import { openGovernedPath, simulatedCredentials } from './governed-path.ts';
import { interleave, median, ms, type Row } from './measure.ts';
import { openPromiseFloor } from './promise-floor.ts';

const QUESTION = { cluster: 'production-cluster', services: ['my-web-service'] };
const OVERHEAD_TARGET_MS = 0.5;
const OVERHEAD_TARGET_RATIO = 1.6;
const AUDITED_TARGET_SHARE = 0.3;
const BURST = 1_000;
const ROWS_A_COMMAND = 2;

/**
 * One governed read against the same read with the bare SDK client, and against the least that its promises cost, in turn, one after the
 * other. Each goes to AWS: none is answered from what the node read moments ago.
 */
export async function overheadRows(endpoint: string): Promise<Row[]> {
  const governedPath = await openGovernedPath(endpoint);
  const promises = await openPromiseFloor();
  const ecs = new ECSClient({ endpoint, region: 'us-east-1', credentials: simulatedCredentials });
  const ask = () => ecs.send(new DescribeServicesCommand({ ...QUESTION, include: ['TAGS'] }));
  try {
    const times = await interleave(
      { warmUp: 200, counted: 600 },
      {
        governed: () => {
          governedPath.letAnswersAge();
          return governedPath.call('ecs_describe_services', QUESTION).then(mustSucceed);
        },
        promised: () => promises.call(ask),
        direct: ask,
      },
    );
    const [ours, promised, direct] = [median(times.governed), median(times.promised), median(times.direct)];
    return [
      {
        name: 'governed tool call that asks AWS, over the same call of the bare SDK, serial, p50',
        value: `${ms(ours)} (+${ms(ours - direct)})`,
        floor: `${ms(direct)}; one fdatasync of this disk now: ${ms(syncFloor())}`,
        ratio: ours / direct,
        target: `+${OVERHEAD_TARGET_MS} ms, ${OVERHEAD_TARGET_RATIO}×`,
        met: ours - direct <= OVERHEAD_TARGET_MS && ours / direct <= OVERHEAD_TARGET_RATIO,
      },
      {
        name: 'the same call over the least that its promises cost: five messages, two durable commits, a journal',
        value: ms(ours),
        floor: `${ms(promised)} (+${ms(promised - direct)} over the bare SDK)`,
        ratio: ours / promised,
        target: 'none, to compare',
        met: null,
      },
    ];
  } finally {
    ecs.destroy();
    await promises.close();
    await governedPath.close();
  }
}

/** Commands through dispatch with an answer ready, against raw durable group commits of as many rows. */
export async function auditedRow(): Promise<Row> {
  const governedPath = await openGovernedPath('', cannedDirectory());
  const burst = () =>
    Promise.all(
      Array.from({ length: BURST }, () => governedPath.call('sts_get_caller_identity', {}).then(mustSucceed)),
    );
  const raw = rawGroupCommit();
  try {
    const times = await interleave(
      { warmUp: 2, counted: 7 },
      { ours: burst, floor: async () => raw.commit(BURST * ROWS_A_COMMAND) },
    );
    const perSecond = BURST / (median(times.ours) / 1_000);
    const floorPerSecond = BURST / (median(times.floor) / 1_000);
    return {
      name: `audited commands a second, burst of ${BURST}, ${ROWS_A_COMMAND} durable audit rows each`,
      value: `${Math.round(perSecond)}/s`,
      floor: `${Math.round(floorPerSecond)}/s raw SQLite, chained, synchronous=FULL`,
      ratio: perSecond / floorPerSecond,
      target: `≥ ${AUDITED_TARGET_SHARE}`,
      met: perSecond / floorPerSecond >= AUDITED_TARGET_SHARE,
    };
  } finally {
    raw.close();
    await governedPath.close();
  }
}

/** What one small durable write costs on this disk right now: the governed path waits for several, one after the other. */
function syncFloor(): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-sync-'));
  const file = openSync(path.join(folder, 'sync'), 'w');
  const block = Buffer.alloc(4_096, 1);
  const times: number[] = [];
  for (let write = 0; write < 200; write++) {
    const started = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - started);
  }
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
  return median(times);
}

function mustSucceed(result: { status: string }): void {
  if (result.status !== 'ok')
    throw new Error(
      `the bench measures working calls, and this one ended ${JSON.stringify(result).slice(0, 400)}`,
    );
}

/** A directory whose one node answers at once, so that the hub's own work is what is measured. */
function cannedDirectory(): NodeDirectory {
  const node: NodeView = {
    id: 'node_bench',
    inventory: {
      name: 'bench',
      account: '123456789012',
      region: 'us-east-1',
      identity: 'arn:aws:sts::123456789012:assumed-role/bench/bench',
      problem: null,
      endpoint: null,
      build: 'bench',
      bootEpoch: 'boot_bench',
      tools: allTools.map((tool) => ({ name: tool.name, schemaSha256: toolSchemaSha256(tool) })),
    },
    connected: true,
    journalProblem: null,
    connectedAt: 0,
    lastSeenAt: 0,
    enrolledAt: 0,
  };
  const output = {
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/bench/bench',
    userId: 'AROABENCH:bench',
    region: 'us-east-1',
    evidence: [],
  };
  return {
    list: async () => [node],
    connected: () => node,
    run: async () => ({ status: 'ok', output, evidence: [] }),
    submitApproval: async () => {},
  };
}

/** The floor: rows of the usual size, made JSON, hash-chained, inserted 100 to a transaction with synchronous=FULL. */
function rawGroupCommit() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-floor-'));
  const db = new Sqlite(path.join(folder, 'floor.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(
    'CREATE TABLE audit (seq INTEGER PRIMARY KEY, prev TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL) STRICT',
  );
  const insert = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?)');
  const filler = 'x'.repeat(430);
  let seq = 0;
  let prev = CHAIN_START;
  return {
    commit(rows: number) {
      for (let left = rows; left > 0; left -= 100) {
        db.transaction(() => {
          for (let row = 0; row < Math.min(100, left); row++) {
            seq += 1;
            const body = JSON.stringify({ v: 1, seq, event: 'call.started', filler });
            const hash = chainHash(seq, prev, body);
            insert.run(seq, prev, hash, body);
            prev = hash;
          }
        })();
      }
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
