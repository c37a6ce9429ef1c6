// A whole house for tests: a real hub over real SQLite in a folder of its own, a real node over a real socket, and the simulated
// account behind it. Only the planner is a puppet that does what the test tells it.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ChatEvent } from '../../../src/contract/chat.ts';
import type { ProposalView } from '../../../src/contract/proposal.ts';
import { type HubOptions, type RunningHub, startHub } from '../../../src/hub/compose.ts';
import type { Json } from '../../../src/kernel/canonical-json.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLog } from '../../../src/kernel/log.ts';
import { type NodeOptions, type RunningNode, startNode } from '../../../src/node/compose.ts';
import type { Planner, PlannerRequest, PlannerStep } from '../../../src/planner/port.ts';
import { demoSnapshot } from '../../../src/simulator/demo-account.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { allTools } from '../../../tools/index.ts';

const policiesDir = path.resolve('policies');
const noUsage = {
  planner: 'puppet',
  model: null,
  roundTrips: 1,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  costUsd: 0,
};

/** What a puppet says: calls to make, or the answer. */
export type Line =
  | { readonly calls: readonly { readonly tool: string; readonly input: Record<string, Json> }[] }
  | { readonly answer: string };

/** A planner that answers with what `script` makes of the request. */
export function puppet(script: (request: PlannerRequest) => Line | Promise<Line>): Planner {
  return {
    name: 'puppet',
    model: null,
    async step(request): Promise<PlannerStep> {
      const line = await script(request);
      if ('answer' in line) {
        request.onText(line.answer);
        return { text: line.answer, calls: [], raw: null, suggestions: [], usage: noUsage };
      }
      const calls = line.calls.map((call) => ({ id: request.newCallId(), ...call }));
      return { text: '', calls, raw: { private: 'thinking' }, suggestions: [], usage: noUsage };
    },
  };
}

/** Says `answer` to everything. */
export const echo = puppet(({ transcript }) => {
  const asked = transcript.findLast((item) => item.kind === 'person');
  return { answer: `You said: ${asked?.kind === 'person' ? asked.text : ''}` };
});

/** Makes these calls in the first step of a turn and answers in the second with what became of them. */
export function calling(...calls: Extract<Line, { calls: unknown }>['calls']): Planner {
  return puppet(({ transcript }) => {
    const start = transcript.findLastIndex((item) => item.kind === 'person');
    const results = transcript
      .slice(start)
      .flatMap((item) => (item.kind === 'result' && item.result !== null ? [item.result] : []));
    const asked = transcript[start];
    if (asked?.kind === 'person' && asked.text.startsWith('only talk')) return { answer: 'Talked.' };
    if (results.length === 0) return { calls };
    return { answer: results.map((result) => `${result.status}: ${result.text}`).join('\n') };
  });
}

export function tempDir(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-hub-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export function openHub(dataDir: string, options: Partial<HubOptions> = {}): Promise<RunningHub> {
  return startHub({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    version: '0.0.0-test',
    demo: false,
    planner: echo,
    policiesDir,
    webDir: null,
    tools: allTools,
    ...options,
  });
}

export interface Account {
  readonly aws: NodeOptions['aws'];
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
}

/** The demo account, standing still unless `fast`. */
export async function openAccount(): Promise<Account> {
  const snapshot = demoSnapshot(systemClock.now());
  const simulator = await startSimulator({ snapshot, clock: systemClock, fastAfterChange: 600 });
  return {
    simulator,
    aws: {
      endpoints: { default: simulator.endpoint },
      region: snapshot.account.region,
      credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
    },
  };
}

export async function openNode(dataDir: string, hub: RunningHub, account: Account): Promise<RunningNode> {
  const node = await startNode({
    dataDir: path.join(dataDir, 'node'),
    hubUrl: hub.url,
    joinToken: async () => (await hub.createJoinToken()).token,
    name: 'test',
    clock: systemClock,
    log: silentLog,
    tools: allTools,
    policiesDir,
    build: '0.0.0-test',
    aws: account.aws,
  });
  await node.whenConnected();
  return node;
}

/** The HTTP API as the operator of the hub's machine uses it. */
export class Client {
  readonly #hub: RunningHub;
  constructor(hub: RunningHub) {
    this.#hub = hub;
  }

  async request(
    method: string,
    route: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: never }> {
    const response = await fetch(`${this.#hub.url}/api/v1${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#hub.operatorToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // The caller knows the shape of what it asked for.
    return { status: response.status, body: (await response.json()) as never };
  }

  async ask(
    text: string,
    conversation?: string,
  ): Promise<{ conversation: string; turn: string; after: number }> {
    const route = conversation === undefined ? '/conversations' : `/conversations/${conversation}/messages`;
    const { status, body } = await this.request('POST', route, { text, channel: 'cli' });
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async events(conversation: string): Promise<ChatEvent[]> {
    const { body } = await this.request('GET', `/conversations/${conversation}`);
    return (body as { events: ChatEvent[] }).events;
  }

  async proposal(id: string): Promise<ProposalView> {
    return (await this.request('GET', `/proposals/${id}`)).body;
  }

  /** Polls until `reached` says so; the store is the truth, so nothing is missed in between. */
  async until(conversation: string, reached: (events: ChatEvent[]) => boolean): Promise<ChatEvent[]> {
    for (let tries = 0; tries < 600; tries++) {
      const events = await this.events(conversation);
      if (reached(events)) return events;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const events = await this.events(conversation);
    throw new Error(
      `not reached; the events are ${JSON.stringify(events.map((event) => event.type))} ${JSON.stringify(events.at(-1))}`,
    );
  }
}

export const ended = (turn: string) => (events: readonly ChatEvent[]) => {
  const last = events.findLast(
    (event) =>
      event.turn === turn &&
      (event.type === 'turn.ended' || event.type === 'turn.started' || event.type === 'turn.resumed'),
  );
  return last?.type === 'turn.ended';
};

export const answered = (turn: string) => (events: readonly ChatEvent[]) =>
  events.some((event) => event.type === 'turn.ended' && event.turn === turn && event.status !== 'waiting');
