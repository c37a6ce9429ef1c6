// A small world for tests of hub link and node: a real HTTP server with the hub's link on a real store, the simulated
// account, and nodes that dial in over loopback. What a hub would do with reports is recorded instead.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signApproval } from '../../src/approval/approval.ts';
import { openProposal } from '../../src/approval/document.ts';
import type { AwsCall, Evidence } from '../../src/contract/call.ts';
import type { Approval, ProposalOutcome, ProposalState } from '../../src/contract/proposal.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { newId } from '../../src/kernel/ids.ts';
import { generateSigningKey, type SigningKey } from '../../src/kernel/keys.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { createLink, type Link } from '../../src/link/link.ts';
import type { NodeCall, NodeCallResult, NodeReports } from '../../src/link/port.ts';
import { type NodeOptions, type RunningNode, startNode } from '../../src/node/compose.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { allTools } from '../../tools/index.ts';
import { createHybridClock, type HybridClock } from './hybrid-clock.ts';
import { easyPolicy } from './policy.ts';

export const EGRESS = {
  group_id: 'sg-0f3a9b1c7d2e48650',
  protocol: 'tcp',
  from_port: 5432,
  peer: { group_id: 'sg-08c5d7e12f9a4b360' },
  description: 'orders database',
} as const;

export interface Recorded {
  readonly outcomes: ProposalOutcome[];
  readonly alive: { node: string; live: readonly string[] }[];
  readonly aws: AwsCall[];
  readonly evidence: Evidence[];
}

export interface World {
  readonly clock: HybridClock;
  readonly store: Store;
  readonly hubKey: SigningKey;
  readonly simulator: Simulator;
  readonly recorded: Recorded;
  readonly url: string;
  /** A folder of this world that goes with it. */
  readonly dir: string;
  link: Link;
  /** Set to make the hub's audit log refuse. */
  refuseAws: boolean;
  node(overrides?: Partial<NodeOptions>): Promise<RunningNode>;
  nodeOptions(overrides?: Partial<NodeOptions>): NodeOptions;
  /** Runs a tool through the directory on the connected node. */
  run(
    tool: string,
    input: Readonly<Record<string, Json>>,
    overrides?: Partial<NodeCall>,
  ): Promise<NodeCallResult>;
  /** A proposal to allow the database port, or the one of `overrides`. */
  propose(overrides?: Partial<NodeCall>): Promise<Proposed>;
  decide(proposed: Proposed, overrides?: Partial<Approval>, key?: SigningKey): Promise<void>;
  /** Resolves with the first outcome of a proposal in `state` that `matches`. */
  outcome(
    id: string,
    state: ProposalState,
    matches?: (outcome: ProposalOutcome) => boolean,
  ): Promise<ProposalOutcome>;
  /** How often the egress rule was really asked for. */
  executions(): number;
  closeHub(): Promise<void>;
  openHub(): Promise<void>;
  close(): Promise<void>;
}

export interface Proposed {
  readonly id: string;
  readonly digest: string;
  readonly document: ReturnType<typeof openProposal>['document'];
  readonly signed: Parameters<typeof openProposal>[0];
}

export async function createWorld(): Promise<World> {
  const clock = createHybridClock();
  const dir = mkdtempSync(path.join(tmpdir(), 'lockkeeper-node-'));
  const store = await openSqliteStore({ dataDir: ':memory:', clock, log: silentLog });
  const hubKey = generateSigningKey();
  const simulator = await startSimulator({
    snapshot: demoSnapshot(clock.now()),
    static: true,
    unthrottled: true,
  });
  const recorded: Recorded = { outcomes: [], alive: [], aws: [], evidence: [] };
  const waiting = new Set<() => void>();
  const nodes: RunningNode[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket, head) => world.link.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;

  const reports: NodeReports = {
    async proposalMoved(_node, outcome) {
      recorded.outcomes.push(outcome);
      for (const look of [...waiting]) look();
    },
    async proposalsAlive(node, live) {
      recorded.alive.push({ node, live });
    },
    async connected() {},
    async disconnected() {},
    async awsStarted(_node, aws) {
      if (world.refuseAws) throw new Error('the log is full');
      recorded.aws.push(aws);
    },
    awsFinished(_node, aws, evidence) {
      recorded.aws.push(aws);
      if (evidence !== null) recorded.evidence.push(evidence);
    },
  };
  const openLink = () => createLink({ store, hubKey, clock, log: silentLog, reports });

  const world: World = {
    clock,
    store,
    hubKey,
    simulator,
    recorded,
    url: `ws://127.0.0.1:${port}/node`,
    dir,
    link: openLink(),
    refuseAws: false,
    nodeOptions: (overrides = {}) => ({
      dataDir: path.join(dir, 'node'),
      hubUrl: `ws://127.0.0.1:${port}/node`,
      joinToken: async () => (await world.link.createJoinToken()).token,
      name: 'test node',
      clock,
      log: silentLog,
      tools: allTools,
      aws: awsSettings(simulator),
      policy: easyPolicy,
      build: 'test',
      ...overrides,
    }),
    async node(overrides = {}) {
      const node = await startNode(world.nodeOptions(overrides));
      nodes.push(node);
      await node.whenConnected();
      return node;
    },
    run(tool, input, overrides = {}) {
      const view = world.link.directory.connected(null);
      if (view === null) throw new Error('no node is connected');
      const call = callOf(clock, tool, input, overrides);
      return world.link.directory.run(view.id, call, observer(world, recorded), new AbortController().signal);
    },
    async propose(overrides = {}) {
      const result = await world.run('ec2_authorize_security_group_egress', EGRESS, overrides);
      if (result.status !== 'prepared') throw new Error(JSON.stringify(result));
      const { document, digest } = openProposal(result.signed);
      return { id: result.proposal, digest, document, signed: result.signed };
    },
    async decide(proposed, overrides = {}, key = hubKey) {
      const view = world.link.directory.connected(null);
      if (view === null) throw new Error('no node is connected');
      const approval = approvalOf(clock, proposed, overrides);
      await world.link.directory.submitApproval(view.id, proposed.id, signApproval(approval, key));
    },
    outcome(id, state, matches = () => true) {
      const find = () =>
        recorded.outcomes.find((one) => one.proposal === id && one.state === state && matches(one));
      return new Promise((resolve) => {
        const look = () => {
          const found = find();
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    executions: () =>
      simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress').filter(({ input }) => input.DryRun !== true)
        .length,
    closeHub: () => world.link.close(),
    async openHub() {
      world.link = openLink();
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await world.link.close();
      server.close();
      await simulator.close();
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return world;
}

export function awsSettings(simulator: Simulator): NodeOptions['aws'] {
  return {
    endpoints: { default: simulator.endpoint },
    region: simulator.state.account.region,
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
  };
}

export function callOf(
  clock: HybridClock,
  tool: string,
  input: Readonly<Record<string, Json>>,
  overrides: Partial<NodeCall> = {},
): NodeCall {
  return {
    call: newId('call', clock.now()),
    tool,
    input,
    origin: {
      conversation: 'conv_1',
      turn: 'turn_1',
      person: 'person_1',
      agent: 'keeper',
      roles: ['operator'],
      level: 'propose',
    },
    deadlineMs: 30_000,
    approvals: 1,
    level: 'click',
    supersedes: null,
    ...overrides,
  };
}

function approvalOf(clock: HybridClock, proposed: Proposed, overrides: Partial<Approval>): Approval {
  return {
    v: 1,
    typ: 'approval',
    id: newId('appr', clock.now()),
    decision: 'approve',
    level: 'click',
    proposal: proposed.id,
    digest: proposed.digest,
    person: { id: 'person_2', name: 'Ada' },
    reason: null,
    at: Math.trunc(clock.now()),
    ...overrides,
  };
}

function observer(world: World, recorded: Recorded) {
  return {
    async awsStarted(aws: AwsCall) {
      if (world.refuseAws) throw new Error('the log is full');
      recorded.aws.push(aws);
    },
    awsFinished(aws: AwsCall, evidence: Evidence | null) {
      recorded.aws.push(aws);
      if (evidence !== null) recorded.evidence.push(evidence);
    },
  };
}
