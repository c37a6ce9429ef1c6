// Hub and node as processes of their own that are killed and started again on the same data and port, with the simulated
// account in the process of the test: its recorder says what AWS really received, whatever hub and node believe.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ChatEvent } from '../../../src/contract/chat.ts';
import type { ProposalView } from '../../../src/contract/proposal.ts';
import { groups } from '../../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { bundleEntry } from '../../support/bundle-entry.ts';
import type { ChildSettings, Death, FromChild, ToChild } from './child.ts';
import { type SharedTime, sharedClock } from './shared-clock.ts';

const policiesDir = path.resolve(import.meta.dirname, '..', '..', '..', 'policies');
/** How fast time runs: enough to wait for a dialling node, and slow enough that a busy machine answers within every deadline. */
export const FACTOR = 3;

export interface Asked {
  readonly conversation: string;
  readonly turn: string;
}

type Kind = 'hub' | 'node' | 'both';

/** A child that loads at once and starts when it is told. */
class Child {
  readonly process: ChildProcess;
  readonly gone: Promise<string>;
  constructor(entry: string) {
    this.process = spawn(process.execPath, [entry], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    this.gone = once(this.process, 'exit').then(([code, signal]) => String(signal ?? code));
  }

  /** Sends a message and resolves with its answer. Rejects when the child ends first. */
  async say(message: ToChild): Promise<FromChild> {
    const answer = once(this.process, 'message').then(([value]) => value as FromChild); // Children send nothing else.
    this.process.send(message);
    const said = await Promise.race([answer, this.gone]);
    if (typeof said === 'string') throw new Error(`the child ended with ${said}`);
    if (said.type === 'broken') throw new Error(said.because);
    return said;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone;
  }
}

export class World {
  readonly simulator: Simulator;
  readonly dir: string;
  readonly #entries = new Map<Kind, Promise<string>>();
  readonly #standby = new Map<Kind, Promise<Child>>();
  readonly #time: SharedTime;
  readonly #children = new Set<Child>();
  #address: { url: string; port: number; token: string; key: string } | null = null;
  hub: Child | null = null;
  node: Child | null = null;
  #rules: string;

  static async open(): Promise<World> {
    const startMs = Date.now();
    const clock = sharedClock({ startMs, factor: FACTOR });
    const simulator = await startSimulator({
      snapshot: demoSnapshot(clock.now()),
      clock,
      fastAfterChange: 60,
    });
    return new World({ time: { startMs, factor: FACTOR }, simulator });
  }

  private constructor(given: { readonly time: SharedTime; readonly simulator: Simulator }) {
    this.#time = given.time;
    this.simulator = given.simulator;
    this.dir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-crash-'));
    this.#rules = JSON.stringify(this.#group()?.IpPermissionsEgress);
  }

  /** Starts the hub (again). */
  async startHub(dieAt: Death | null = null): Promise<void> {
    this.hub = await this.#start('hub', dieAt);
  }

  /** Starts the node (again) and waits until it is connected. */
  async startNode(dieAt: Death | null = null): Promise<void> {
    this.node = await this.#start('node', dieAt);
  }

  /** Starts both in one process, as `lockkeeper up` does. */
  async startBoth(dieAt: Death | null = null): Promise<void> {
    this.hub = this.node = await this.#start('both', dieAt);
  }

  /** Tells a running process where to die. */
  async arm(who: 'hub' | 'node', dieAt: Death | null): Promise<void> {
    await this[who]?.say({ type: 'arm', dieAt });
  }

  /** Has the hub's SQLite refuse every commit from now on, or no longer. */
  async refuseCommits(refuses: boolean): Promise<void> {
    await this.hub?.say({ type: 'disk', refuses });
  }

  async close(): Promise<void> {
    await Promise.all(this.#standby.values());
    for (const child of this.#children) await child.kill();
    await this.simulator.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** What the hub has committed since it was told where to die. */
  trace(): string[] {
    return readFileSync(this.#trace, 'utf8').trimEnd().split('\n');
  }

  get hubDir(): string {
    return path.join(this.dir, 'hub');
  }

  get #trace(): string {
    return path.join(this.dir, 'trace');
  }

  /** Answers of the HTTP API; rejects when there is no hub. */
  async request(method: string, route: string, body?: unknown): Promise<{ status: number; body: never }> {
    const response = await fetch(`${this.#address?.url}/api/v1${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#address?.token}`,
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // The caller knows the shape of what it asked for.
    return { status: response.status, body: (await response.json()) as never };
  }

  async ask(text: string, conversation?: string): Promise<Asked> {
    const route = conversation === undefined ? '/conversations' : `/conversations/${conversation}/messages`;
    const { status, body } = await this.request('POST', route, { text, channel: 'cli' });
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async conversation(id: string): Promise<{ state: string; events: ChatEvent[] }> {
    const { body } = await this.request('GET', `/conversations/${id}`);
    const { conversation, events } = body as { conversation: { state: string }; events: ChatEvent[] };
    return { state: conversation.state, events };
  }

  async proposals(conversation: string): Promise<ProposalView[]> {
    const ids = (await this.conversation(conversation)).events.flatMap((event) =>
      event.type === 'proposal.created' ? [event.proposal.id] : [],
    );
    return Promise.all(
      ids.map(async (id) => (await this.request('GET', `/proposals/${id}`)).body as ProposalView),
    );
  }

  approve({ id, digest }: ProposalView): Promise<{ status: number; body: never }> {
    return this.request('POST', `/proposals/${id}/decision`, { decision: 'approve', digest });
  }

  /** The bodies of a conversation's audit records, oldest first. */
  async audited(conversation: string): Promise<{ event: string; data: Record<string, unknown> }[]> {
    const { body } = await this.request('GET', `/audit?conversation=${conversation}&limit=200`);
    return (body as { items: { body: string }[] }).items.map((item) => JSON.parse(item.body)).reverse();
  }

  get hubKey(): string {
    return this.#address?.key ?? '';
  }

  /** How often AWS was asked to open `port`. */
  opened(port: number): number {
    return this.simulator.recorder
      .of('ec2:AuthorizeSecurityGroupEgress')
      .filter(({ input }) => JSON.stringify(input).includes(`"FromPort":${port}`)).length;
  }

  /** Whether the account has the rule now. */
  isOpen(port: number): boolean {
    return (this.#group()?.IpPermissionsEgress ?? []).some((rule) => rule.FromPort === port);
  }

  /** Takes every added rule away again, behind everybody's back. */
  forgetRules(): void {
    const group = this.#group();
    if (group === undefined) return;
    group.IpPermissionsEgress = JSON.parse(this.#rules);
    this.simulator.stateChanged();
  }

  #group() {
    return this.simulator.state.ec2.SecurityGroups.find(({ GroupId }) => GroupId === groups.app);
  }

  /** A child that has begun to load. */
  async #spawn(kind: Kind): Promise<Child> {
    const entry = this.#entries.get(kind) ?? bundleEntry(path.join(import.meta.dirname, `${kind}-entry.ts`));
    this.#entries.set(kind, entry);
    const child = new Child(await entry);
    this.#children.add(child);
    void child.gone.then(() => this.#children.delete(child));
    return child;
  }

  async #start(kind: Kind, dieAt: Death | null): Promise<Child> {
    const child = await (this.#standby.get(kind) ?? this.#spawn(kind));
    const isOwnHub = kind !== 'node';
    const settings: ChildSettings = {
      time: this.#time,
      policiesDir,
      trace: this.#trace,
      hub: isOwnHub ? { dataDir: this.hubDir, port: this.#address?.port ?? 0 } : null,
      node:
        kind === 'hub'
          ? null
          : {
              dataDir: path.join(this.dir, 'node'),
              hubUrl: isOwnHub ? null : (this.#address?.url ?? ''),
              joinToken: isOwnHub ? null : await this.#joinToken(),
              endpoint: this.simulator.endpoint,
            },
      dieAt,
    };
    const ready = await child.say({ type: 'start', settings });
    if (ready.type === 'ready' && ready.hub !== null) this.#address = ready.hub;
    this.#standby.set(kind, this.#spawn(kind));
    return child;
  }

  #token: Promise<string> | null = null;
  #joinToken(): Promise<string> {
    this.#token ??= (async () => {
      const said = await this.hub?.say({ type: 'join-token' });
      return said?.type === 'join-token' ? said.token : '';
    })();
    return this.#token;
  }
}

export function pause(ms = 50): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Polls until `look` returns something. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null>,
  withinMs = 30_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause();
  }
}
