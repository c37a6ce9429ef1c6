// A hub, a node, or both in one process, as a child that can be told to end itself the hard way. It loads first and waits
// for its settings, so that the next one is ready by the time this one is gone. Each entry brings only what it runs.

import type { RunningHub, startHub } from '../../../src/hub/compose.ts';
import { limits } from '../../../src/kernel/limits.ts';
import { silentLog } from '../../../src/kernel/log.ts';
import type { startNode } from '../../../src/node/compose.ts';
import { allTools } from '../../../tools/index.ts';
import { type CommitDeath, type FailingDisk, failingDisk } from './failing-disk.ts';
import { scriptedPlanner } from './script.ts';
import { type SharedTime, sharedClock } from './shared-clock.ts';

/** At a commit of the hub, or at a step of the node. */
export type Death = CommitDeath | { readonly point: string };

export interface ChildSettings {
  readonly time: SharedTime;
  readonly policiesDir: string;
  /** A file that gets a line for each commit of the hub. */
  readonly trace: string;
  readonly hub: {
    readonly dataDir: string;
    readonly port: number;
  } | null;
  /** Without a `hubUrl` it joins the hub of this process. */
  readonly node: {
    readonly dataDir: string;
    readonly hubUrl: string | null;
    readonly joinToken: string | null;
    readonly endpoint: string;
  } | null;
  readonly dieAt: Death | null;
}

export type ToChild =
  | { readonly type: 'start'; readonly settings: ChildSettings }
  | { readonly type: 'arm'; readonly dieAt: Death | null }
  | { readonly type: 'disk'; readonly refuses: boolean }
  | { readonly type: 'join-token' };

export type FromChild =
  | { readonly type: 'ready'; readonly hub: { url: string; port: number; token: string; key: string } | null }
  | { readonly type: 'done' }
  | { readonly type: 'join-token'; readonly token: string }
  | { readonly type: 'broken'; readonly because: string };

/** What the child of an entry can run. */
export interface Kinds {
  readonly startHub?: typeof startHub;
  readonly startNode?: typeof startNode;
}

/** Runs in the child until it ends. */
export function serve(kinds: Kinds): void {
  const child = new Child(kinds);
  process.on('message', (message: ToChild) => {
    void child
      .handle(message)
      .catch((error: unknown): FromChild => ({ type: 'broken', because: String(error) }))
      .then((answer) => process.send?.(answer));
  });
  // A parent that is gone will never end this process.
  process.on('disconnect', () => process.exit(1));
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

class Child {
  readonly #kinds: Kinds;
  #point: string | null = null;
  #disk: FailingDisk | null = null;
  #hub: RunningHub | null = null;

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  async handle(message: ToChild): Promise<FromChild> {
    switch (message.type) {
      case 'start':
        return this.#start(message.settings);
      case 'arm':
        this.#arm(message.dieAt);
        return { type: 'done' };
      case 'disk':
        this.#disk?.refuse(message.refuses);
        return { type: 'done' };
      case 'join-token':
        return { type: 'join-token', token: (await this.#hub?.createJoinToken())?.token ?? '' };
    }
  }

  #arm(dieAt: Death | null): void {
    this.#point = dieAt !== null && 'point' in dieAt ? dieAt.point : null;
    this.#disk?.dieAt(dieAt !== null && 'commit' in dieAt ? dieAt : null);
  }

  async #start(settings: ChildSettings): Promise<FromChild> {
    this.#disk = failingDisk(settings.trace, die);
    this.#arm(settings.dieAt);
    if (settings.hub !== null) await this.#startHub(settings, settings.hub);
    if (settings.node !== null) await this.#startNode(settings, settings.node);
    const hub = this.#hub;
    return {
      type: 'ready',
      hub: hub === null ? null : { url: hub.url, port: hub.port, token: hub.operatorToken, key: hub.hubKey },
    };
  }

  async #startHub(
    { time, policiesDir }: ChildSettings,
    { dataDir, port }: NonNullable<ChildSettings['hub']>,
  ): Promise<void> {
    this.#hub =
      (await this.#kinds.startHub?.({
        dataDir,
        port,
        host: '127.0.0.1',
        clock: sharedClock(time),
        log: silentLog,
        tools: allTools,
        version: 'test',
        demo: true,
        planner: scriptedPlanner(),
        policiesDir,
        webDir: null,
      })) ?? null;
  }

  async #startNode(
    { time, policiesDir }: ChildSettings,
    { dataDir, hubUrl, joinToken, endpoint }: NonNullable<ChildSettings['node']>,
  ): Promise<void> {
    const hub = this.#hub;
    const node = await this.#kinds.startNode?.({
      dataDir,
      hubUrl: hubUrl ?? hub?.url ?? '',
      joinToken: joinToken ?? (async () => (await hub?.createJoinToken())?.token ?? 'no hub to join'),
      name: 'test',
      clock: sharedClock(time),
      log: silentLog,
      tools: allTools,
      build: 'test',
      policiesDir,
      aws: {
        endpoints: { default: endpoint },
        region: 'us-east-1',
        credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
      },
      // Many changes in a row are what these tests are made of.
      limits: { ...limits.node, changesPerHour: 10_000, callsPerMinute: 100_000, bytesPerHour: 2 ** 40 },
      failpoint: async (reached) => {
        if (reached !== this.#point) return;
        die();
        // The signal is on its way; nothing after this line may run.
        await new Promise(() => {});
      },
    });
    await node?.whenConnected();
  }
}
