// The hub's side of every node connection: takes over WebSocket upgrades, proves and admits nodes, keeps the directory.
// Nobody who has not proven a key costs more than a socket and a few seconds; how many may try at once is bounded.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AuditEntry } from '../contract/audit-event.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import { webSocketLimits } from '../kernel/json-socket.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import type { Store, StoredNode } from '../store/port.ts';
import { ConnectedNode } from './connected-node.ts';
import { Directory } from './directory.ts';
import { createEnrolment, type Enrolment } from './enrolment.ts';
import type { NodeDirectory, NodeReports } from './port.ts';
import { RefusalLog } from './refusal-log.ts';
import { Session } from './session.ts';

export interface LinkOptions {
  readonly store: Store;
  readonly hubKey: SigningKey;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reports: NodeReports;
}

export interface Link {
  readonly directory: NodeDirectory;
  /** Takes over an HTTP upgrade request meant for nodes. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A join token for one node, good for limits.joinToken.lifeMs. */
  createJoinToken(): Promise<{ token: string; expiresAt: number }>;
  /** Ends every connection and resolves when what they had reported is stored. */
  close(): Promise<void>;
}

export function createLink(options: LinkOptions): Link {
  return new HubLink(options);
}

class HubLink implements Link {
  readonly directory: Directory;
  readonly #options: LinkOptions;
  readonly #enrolment: Enrolment;
  readonly #refusals: RefusalLog;
  readonly #server = new WebSocketServer({ noServer: true, ...webSocketLimits });
  readonly #sessions = new Set<Session>();
  readonly #endings = new Set<Promise<void>>();
  #unproven = 0;
  #closing = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.directory = new Directory(options.store);
    this.#enrolment = createEnrolment(options);
    this.#refusals = new RefusalLog(options);
  }

  createJoinToken(): Promise<{ token: string; expiresAt: number }> {
    return this.#enrolment.createJoinToken();
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Browsers always send Origin on a WebSocket and nodes never do: no web page can pose as a node.
    if (request.headers.origin !== undefined) {
      reject(socket, '403 Forbidden');
      return;
    }
    if (this.#closing || this.#unproven >= limits.wire.unprovenConnections) {
      reject(socket, '503 Service Unavailable');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, socket, request.socket.remoteAddress ?? 'an unknown address');
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const session of this.#sessions) session.close('hub-closing', 'The hub is shutting down.');
    while (this.#endings.size > 0) await Promise.all(this.#endings);
  }

  #accept(socket: WebSocket, transport: Duplex, address: string): void {
    const { hubKey, clock, log } = this.#options;
    let node: ConnectedNode | null = null;
    let unproven = true;
    const settle = () => {
      if (unproven) this.#unproven -= 1;
      unproven = false;
    };
    this.#unproven += 1;
    let ended: () => void = () => {};
    const ending = new Promise<void>((resolve) => {
      ended = resolve;
    });
    this.#endings.add(ending);
    const session = new Session({
      socket,
      transport,
      hubKey,
      clock,
      admit: async (candidate) => this.directory.resumed(await this.#enrolment.admit(candidate)),
      onOpen: async (opened, stored) => {
        settle();
        node = new ConnectedNode({ ...this.#options, session: opened, node: stored });
        await this.#open(node);
      },
      onFrame: (frame) => node?.receive(frame),
      onRefused: (code, detail) => this.#refusals.add({ address, code, detail }),
      onFault: (detail) => log.error({ because: detail }, 'a node could not be admitted'),
      onEnd: (because) => {
        settle();
        this.#sessions.delete(session);
        void this.#end(node, because).finally(() => {
          this.#endings.delete(ending);
          ended();
        });
      },
    });
    this.#sessions.add(session);
  }

  async #open(node: ConnectedNode): Promise<void> {
    const { store, reports } = this.#options;
    await store.commit([{ kind: 'node.save', node: node.stored }], [connectedEntry(node.stored)]);
    // A connection that ended meanwhile must not take a place in the directory that nothing would clear.
    if (node.session.state !== 'proven') return;
    const replaced = this.directory.enter(node);
    replaced?.session.close('replaced', 'The node connected again.');
    await reports.connected(this.directory.view(node));
  }

  /** Never rejects: there is nobody left to tell. */
  async #end(node: ConnectedNode | null, because: string): Promise<void> {
    if (node === null) return;
    const { store, reports, log } = this.#options;
    const last = this.directory.leave(node);
    try {
      await node.end({ save: last });
      const actor = { kind: 'node', id: node.id } as const;
      await store.commit([], [{ event: 'node.disconnected', actor, node: node.id, data: { because } }]);
      if (last) await reports.disconnected(node.id, because);
    } catch (error) {
      log.error({ node: node.id, because: messageOf(error) }, 'the end of a connection was not recorded');
    }
  }
}

function connectedEntry(node: StoredNode): AuditEntry {
  const { name, account, region, identity, endpoint, build, bootEpoch } = node.inventory;
  return {
    event: 'node.connected',
    actor: { kind: 'node', id: node.id, name },
    node: node.id,
    data: { account, region, identity, endpoint, build, bootEpoch },
  };
}

function reject(socket: Duplex, status: string): void {
  socket.on('error', () => {
    // The other side is refused; whether it hears so does not matter.
  });
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
