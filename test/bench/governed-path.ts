// The governed path without a hub's web side: store, dispatch and link here, a node and an account elsewhere or here.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openProposal } from '../../src/approval/document.ts';
import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import { toolSchemaSha256 } from '../../src/catalog/model-schema.ts';
import { createRegistry } from '../../src/catalog/registry.ts';
import type { ToolResult } from '../../src/contract/call.ts';
import { createDispatch } from '../../src/dispatch/dispatch.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { createLink } from '../../src/link/link.ts';
import type { NodeDirectory } from '../../src/link/port.ts';
import { startNode } from '../../src/node/compose.ts';
import { loadPolicies } from '../../src/policy/policy-set.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { allTools } from '../../tools/index.ts';

export const packageDir = process.cwd();
export const simulatedCredentials = { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' };

export interface GovernedPath {
  call(tool: string, input: Record<string, string | string[]>): Promise<ToolResult>;
  readonly directory: NodeDirectory;
  /** Lets so much of the node's time pass that it asks AWS again for everything it was asked before. */
  letAnswersAge(): void;
  close(): Promise<void>;
}

/** More than a node keeps any answer. */
const AGE_MS = 10 * 60_000;

/** With `canned`, calls go to that directory instead of a node. */
export async function openGovernedPath(endpoint: string, canned?: NodeDirectory): Promise<GovernedPath> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-bench-'));
  const clock = systemClock;
  let leaptMs = 0;
  const nodeClock: Clock = { ...clock, monotonic: () => clock.monotonic() + leaptMs };
  const store = await openSqliteStore({ dataDir, clock, log: silentLog });
  const policy = await loadPolicies({ dir: path.join(packageDir, 'policies') });
  const redact = createRedactor({ key: new Uint8Array(32).fill(1) });
  const nothing = async (): Promise<void> => {};
  const link = createLink({
    store,
    hubKey: generateSigningKey(),
    clock,
    log: silentLog,
    reports: { proposalMoved: nothing, proposalsAlive: nothing, connected: nothing, disconnected: nothing },
  });
  const server = createServer().on('upgrade', link.handleUpgrade.bind(link));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const node =
    canned === undefined
      ? await startNode({
          dataDir: path.join(dataDir, 'node'),
          hubUrl: `ws://127.0.0.1:${port}`,
          joinToken: (await link.createJoinToken()).token,
          name: 'bench',
          clock: nodeClock,
          log: silentLog,
          tools: allTools,
          policy,
          renderCli: renderAwsCli,
          toolSchemaSha256,
          redact,
          build: 'bench',
          aws: { endpoints: { default: endpoint }, region: 'us-east-1', credentials: simulatedCredentials },
          limits: unlimited,
        })
      : null;
  await node?.whenConnected();
  const directory = canned ?? link.directory;
  const tools = createRegistry(allTools);
  const dispatch = createDispatch({
    store,
    policy,
    directory,
    tools,
    clock,
    log: silentLog,
    redact,
    openProposal,
  });
  const conversation = newId('conv', clock.now());
  const turn = newId('turn', clock.now());
  // One turn, which nobody interrupts.
  const { signal } = new AbortController();
  await store.commit(
    [
      {
        kind: 'conversation.create',
        conversation: {
          id: conversation,
          title: 'bench',
          state: 'working',
          subtitle: '',
          person: 'person_bench',
          createdAt: clock.now(),
          updatedAt: clock.now(),
        },
      },
    ],
    [],
  );
  return {
    directory,
    letAnswersAge() {
      leaptMs += AGE_MS;
    },
    call: (tool, input) =>
      dispatch.call({
        call: { id: newId('call', clock.now()), tool, input },
        conversation,
        turn,
        person: { id: 'person_bench', name: 'bench', roles: ['operator', 'approver'] },
        agent: 'lockkeeper',
        level: 'propose',
        signal,
      }),
    async close() {
      await node?.close();
      await link.close();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The bench asks far more than one person would. */
const unlimited = {
  callsPerMinutePerConversation: Number.MAX_SAFE_INTEGER,
  callsPerMinute: Number.MAX_SAFE_INTEGER,
  bytesPerHour: Number.MAX_SAFE_INTEGER,
  changesPerHour: Number.MAX_SAFE_INTEGER,
  logWindowMs: Number.MAX_SAFE_INTEGER,
  pendingProposalsPerConversation: 5,
};
