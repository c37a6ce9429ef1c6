// The whole product in one process: simulated account, hub and node on real sockets and a real data folder.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import { toolSchemaSha256 } from '../../src/catalog/model-schema.ts';
import { createHubClient, type HubClient } from '../../src/cli/hub-client.ts';
import type { SnapshotInput } from '../../src/contract/snapshot.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import { startHub } from '../../src/hub/compose.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { type RunningNode, startNode } from '../../src/node/compose.ts';
import { hasJoined } from '../../src/node/identity.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import type { Planner } from '../../src/planner/port.ts';
import { loadPolicies } from '../../src/policy/policy-set.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { allTools } from '../../tools/index.ts';
import { hurriedClock } from './hurried-clock.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

export interface StackOptions {
  /** How many times faster than real time everything runs; 6 unless given. */
  readonly factor?: number;
  readonly planner?: Planner;
  readonly snapshot?: SnapshotInput;
  /** Reused and kept when given; otherwise a fresh folder that `close` removes. */
  readonly dataDir?: string;
  /** An account that is already served. */
  readonly simulator?: Simulator;
}

export interface Stack {
  readonly hub: RunningHub;
  readonly node: RunningNode;
  readonly simulator: Simulator;
  readonly client: HubClient;
  readonly clock: Clock;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** Starts everything and waits until the node is connected. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const clock = hurriedClock(options.factor ?? 6);
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-stack-'));
  const simulator =
    options.simulator ??
    (await startSimulator({
      snapshot: options.snapshot ?? demoSnapshot(clock.now()),
      clock,
      fastAfterChange: 60,
    }));
  const hub = await openHub({ clock, dataDir, planner: options.planner ?? createPlaybookPlanner() });
  const node = await openStackNode({
    hub,
    clock,
    dataDir: path.join(dataDir, 'node'),
    endpoint: simulator.endpoint,
  });
  await node.whenConnected();
  return {
    hub,
    node,
    simulator,
    clock,
    dataDir,
    client: createHubClient(hub.url, hub.operatorToken),
    async close() {
      await node.close();
      await hub.close();
      if (options.simulator === undefined) await simulator.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface StackHubOptions {
  readonly clock: Clock;
  readonly dataDir: string;
  readonly planner: Planner;
  readonly port?: number;
}

export function openHub({ clock, dataDir, planner, port = 0 }: StackHubOptions): Promise<RunningHub> {
  return startHub({
    dataDir,
    host: '127.0.0.1',
    port,
    clock,
    log: silentLog,
    version: 'test',
    demo: true,
    planner,
    policiesDir: path.join(root, 'policies'),
    webDir: path.join(root, 'dist', 'web'),
    tools: allTools,
  });
}

export interface StackNodeOptions {
  readonly hub: RunningHub;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly endpoint: string;
}

export async function openStackNode({
  hub,
  clock,
  dataDir,
  endpoint,
}: StackNodeOptions): Promise<RunningNode> {
  return startNode({
    dataDir,
    hubUrl: hub.url,
    joinToken: hasJoined(dataDir) ? undefined : (await hub.createJoinToken()).token,
    name: 'test',
    clock,
    log: silentLog,
    tools: allTools,
    policy: await loadPolicies({ dir: path.join(root, 'policies') }),
    renderCli: renderAwsCli,
    toolSchemaSha256,
    redact: createRedactor({ key: new Uint8Array(32).fill(7) }),
    build: 'test',
    aws: {
      endpoints: { default: endpoint },
      region: 'us-east-1',
      credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
    },
  });
}
