// Which nodes there are and which of them are connected right now.
// A node has at most one session: the newest one, which ended the one before it.

import type { NodeView } from '../contract/api.ts';
import { fail } from '../contract/errors.ts';
import type { SignedApproval } from '../contract/proposal.ts';
import type { Store, StoredNode } from '../store/port.ts';
import { failed } from './calls-in-flight.ts';
import type { ConnectedNode } from './connected-node.ts';
import type { NodeCall, NodeCallObserver, NodeCallResult, NodeDirectory } from './port.ts';

export class Directory implements NodeDirectory {
  readonly #store: Store;
  readonly #connected = new Map<string, ConnectedNode>();

  constructor(store: Store) {
    this.#store = store;
  }

  async list(): Promise<readonly NodeView[]> {
    const stored = await this.#store.nodes();
    const views = stored.map((node) => this.#view(node));
    return views.sort((a, b) => Number(b.connected) - Number(a.connected));
  }

  connected(account: string | null): NodeView | null {
    for (const node of this.#connected.values()) {
      if (node.session.state !== 'open') continue;
      if (account === null || node.stored.inventory.account === account) return this.#view(node.stored);
    }
    return null;
  }

  async run(
    node: string,
    call: NodeCall,
    observer: NodeCallObserver,
    signal: AbortSignal,
  ): Promise<NodeCallResult> {
    const target = this.#open(node);
    return target === null ? failed('node-offline') : target.run(call, observer, signal);
  }

  async submitApproval(node: string, proposal: string, approval: SignedApproval): Promise<void> {
    const target = this.#open(node);
    if (target === null) throw fail('node-offline');
    target.session.send({ type: 'approval.submit', proposal, approval });
  }

  /** Makes `node` the one session of its id and returns the one it replaces, if any. */
  enter(node: ConnectedNode): ConnectedNode | null {
    const before = this.#connected.get(node.id) ?? null;
    this.#connected.set(node.id, node);
    return before;
  }

  /** `stored` with what a session still open has already seen, so that a quick reconnect repeats nothing. */
  resumed(stored: StoredNode): StoredNode {
    const live = this.#connected.get(stored.id)?.stored;
    if (live === undefined) return stored;
    const { journal } = live;
    if (live.inventory.bootEpoch !== stored.inventory.bootEpoch) return { ...stored, journal };
    return { ...stored, journal, lastSeq: Math.max(stored.lastSeq, live.lastSeq) };
  }

  /** Takes `node` out unless a newer session has its place; returns whether it did. */
  leave(node: ConnectedNode): boolean {
    return this.#connected.get(node.id) === node && this.#connected.delete(node.id);
  }

  all(): readonly ConnectedNode[] {
    return [...this.#connected.values()];
  }

  view(node: ConnectedNode): NodeView {
    return { ...this.#view(node.stored), connected: true, connectedAt: node.connectedAt };
  }

  #open(node: string): ConnectedNode | null {
    const found = this.#connected.get(node);
    return found?.session.state === 'open' ? found : null;
  }

  #view(stored: StoredNode): NodeView {
    const live = this.#open(stored.id);
    const { id, inventory, enrolledAt, lastSeenAt, journal } = live?.stored ?? stored;
    return {
      id,
      inventory,
      enrolledAt,
      lastSeenAt,
      connected: live !== null,
      journalProblem: journal?.problem ?? null,
      connectedAt: live?.connectedAt ?? null,
    };
  }
}
