// How the hub stands, for the page, the command line and scripts.

import type { StatusResponse } from '../contract/api.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeDirectory } from '../link/port.ts';
import type { DurableStore } from '../store/port.ts';
import type { HubOptions } from './hub-options.ts';

export async function statusOf(
  options: HubOptions,
  parts: {
    readonly store: DurableStore;
    readonly directory: NodeDirectory;
    readonly hubKey: SigningKey;
    readonly startedAt: number;
  },
): Promise<StatusResponse> {
  const { store, directory, hubKey, startedAt } = parts;
  const [nodes, head, pending] = await Promise.all([
    directory.list(),
    store.auditHead(),
    store.proposals({ state: 'pending' }, null, limits.http.pageMax),
  ]);
  return {
    version: options.version,
    hub: { key: hubKey.thumbprint, startedAt },
    planner: { name: options.planner.name, model: options.planner.model },
    nodes: [...nodes],
    endpoints: nodes.flatMap(({ id, inventory }) =>
      inventory.endpoint === null ? [] : [{ node: id, endpoint: inventory.endpoint }],
    ),
    demo: options.demo,
    audit: { seq: head.seq, hash: head.hash, writable: store.writable() },
    pendingProposals: pending.items.length,
  };
}
