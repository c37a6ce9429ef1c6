// Changes that are prepared again because a restart of their node voided what had been prepared: the same call, a new proposal
// that names the one it replaces. When that cannot be, the call ends and its turn goes on to say so.

import { limits } from '../kernel/limits.ts';
import type { ApprovalPorts } from './approvals.ts';
import { voidedCalls } from './conversations/progress.ts';
import { callerOf } from './conversations/turn.ts';

export interface Preparation {
  /** Prepares what is voided in a conversation. Needs the node, so a report of the node must not wait for it. */
  prepareAgain(conversation: string): Promise<void>;
  /** The same for every conversation with voided proposals of a node. */
  prepareAllAgain(node: string): Promise<void>;
}

export function createPreparation(ports: ApprovalPorts, signal: AbortSignal): Preparation {
  const underWay = new Set<string>();

  async function prepareAgain(conversation: string): Promise<void> {
    const events = await ports.ledger.events(conversation);
    for (const voided of voidedCalls(events)) {
      const { call, turn, proposal: supersedes } = voided;
      if (underWay.has(call.id) || signal.aborted) continue;
      underWay.add(call.id);
      try {
        const person = await callerOf(ports, events, turn);
        const { name: agent, level } = ports.agent;
        const request = { call, conversation, turn, person, agent, level, signal, supersedes };
        await ports.dispatch.call(request);
        const because = 'The change could not be prepared again.';
        const { resumed } = await ports.ledger.endCall(conversation, turn, () => ({ events: [], because }));
        if (resumed) ports.conversations.goOn(conversation);
      } finally {
        underWay.delete(call.id);
      }
    }
  }

  return {
    prepareAgain,
    async prepareAllAgain(node) {
      const voided = await ports.store.proposals({ state: 'voided', node }, null, limits.http.pageMax);
      for (const conversation of new Set(voided.items.map((proposal) => proposal.conversation))) {
        await prepareAgain(conversation);
      }
    },
  };
}
