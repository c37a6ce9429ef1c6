// What the hub does with what nodes report by themselves: proposals, AWS calls of approved changes, where requests go.

import type { NodeView } from '../contract/api.ts';
import { fail } from '../contract/errors.ts';
import type { Logger } from '../kernel/log.ts';
import type { NodeReports } from '../link/port.ts';
import type { Store } from '../store/port.ts';
import { recordChangeCalls } from './change-calls.ts';
import type { ProposalReports } from './proposal-reports.ts';

/** `reports.target` is filled in before the hub listens; a report without it is rejected and comes again. */
export function linkReports(
  store: Store,
  on: { readonly log: Logger; readonly reports: { readonly target: ProposalReports | null } },
): NodeReports {
  const target = (): ProposalReports => {
    if (on.reports.target === null) throw fail('node-offline');
    return on.reports.target;
  };
  return {
    ...recordChangeCalls({ store, log: on.log }),
    proposalMoved: (node, outcome) => target().proposalMoved(node, outcome),
    proposalsAlive: (node, live) => target().proposalsAlive(node, live),
    connected: (node) => tellOverride(store, node),
    async disconnected(node, because) {
      on.log.info({ node, because }, 'a node is gone');
    },
  };
}

/** Requests that go anywhere but to AWS are told each time their node connects. */
async function tellOverride(store: Store, node: NodeView): Promise<void> {
  const { endpoint } = node.inventory;
  if (endpoint === null) return;
  await store.commit(
    [],
    [
      {
        event: 'endpoint.overridden',
        actor: { kind: 'node', id: node.id, name: node.inventory.name },
        node: node.id,
        data: { endpoint },
      },
    ],
  );
}
