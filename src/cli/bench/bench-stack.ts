// The product around one account: hub and node as they always are, in a folder of their own, and the account served over HTTP.
// The account stands still while it is asked about; its engine runs on when the scorer lets it.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Snapshot } from '../../contract/snapshot.ts';
import type { Clock } from '../../kernel/clock.ts';
import { silentLog } from '../../kernel/log.ts';
import type { Planner } from '../../planner/port.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import type { Context } from '../context.ts';
import { createHubClient, type HubClient } from '../hub-client.ts';
import { openHub } from '../open-hub.ts';
import { openNode } from '../open-node.ts';

export interface BenchStack {
  readonly simulator: Simulator;
  readonly client: HubClient;
  close(): Promise<void>;
}

/** Starts everything around `snapshot` and waits until the node is connected. */
export async function startBenchStack(
  base: Context,
  snapshot: Snapshot,
  planner: Planner,
): Promise<BenchStack> {
  const clock = clockFrom(base.clock, Date.parse(snapshot.takenAt));
  const context: Context = { ...base, clock, log: silentLog };
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-bench-'));
  const closing: (() => Promise<void>)[] = [
    () => Promise.resolve(rmSync(dataDir, { recursive: true, force: true })),
  ];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const simulator = await startSimulator({ snapshot, clock, static: true });
    closing.push(() => simulator.close());
    const hub = await openHub(context, { dataDir, host: '127.0.0.1', port: 0, demo: true, planner });
    closing.push(() => hub.close());
    const node = await openNode(context, {
      dataDir: path.join(dataDir, 'node'),
      hubUrl: hub.url,
      joinToken: async () => (await hub.createJoinToken()).token,
      name: 'bench',
      policies: hub.policies,
      aws: {
        endpoints: { default: simulator.endpoint },
        region: snapshot.account.region,
        credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
      },
    });
    closing.push(() => node.close());
    await node.whenConnected();
    return { simulator, client: createHubClient(hub.url, hub.operatorToken), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Real time that begins at `startMs`, so that the product and the account agree on what time it is. */
function clockFrom(real: Clock, startMs: number): Clock {
  const began = real.monotonic();
  return {
    now: () => Math.floor(startMs + real.monotonic() - began),
    monotonic: () => real.monotonic(),
    after: (delayMs, task) => real.after(delayMs, task),
  };
}
