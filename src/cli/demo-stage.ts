// What stands behind `lockkeeper up --demo`: a simulated account and the node that reads it. Another incident is another account and
// the same node anew, as if somebody had gone home and the next morning's trouble had begun. Conversations and audit log go on.

import type { RunningHub } from '../hub/compose.ts';
import type { DemoStage } from '../hub/scenario-switch.ts';
import { invariant } from '../kernel/assert.ts';
import type { RunningNode } from '../node/compose.ts';
import { scenarios } from '../simulator/scenario-list.ts';
import type { Context } from './context.ts';
import type { DemoAccount } from './demo-account.ts';

/** Why moments in the account may lie ahead of the wall clock. */
export const SIMULATED_TIME =
  'after a change the simulated time runs 60 times as fast until the services are steady, at most half an hour of it, and stays ahead of the clock';

export interface LocalDemo extends DemoStage {
  /** Starts the account and its node at the hub. Throws what keeps either from starting. */
  open(hub: RunningHub): Promise<RunningNode>;
  /** Ends both. */
  close(): Promise<void>;
}

/** How a node is started against an account. */
export type StartNode = (hub: RunningHub, account: DemoAccount) => Promise<RunningNode>;

/** The stage of a demo that begins with the scenario `first`. */
export function createLocalDemo(context: Context, first: string, startNode: StartNode): LocalDemo {
  let shown: { account: DemoAccount; node: RunningNode } | null = null;
  /** What is shown, or what was tried last. */
  let latest = first;
  let place: RunningHub | null = null;

  async function accountOf(name: string): Promise<DemoAccount> {
    // The simulated account is loaded for the demo alone.
    const { startDemoAccount } = await import('./demo-account.ts');
    return startDemoAccount(context, name);
  }

  async function enter(name: string, hub: RunningHub): Promise<RunningNode> {
    const account = await accountOf(name);
    latest = name;
    try {
      // The node before has to be gone: there is one identity, and the hub keeps the newer of two sessions.
      await shown?.node.close();
      await shown?.account.close();
      shown = null;
      const node = await startNode(hub, account);
      shown = { account, node };
      return node;
    } catch (error) {
      await account.close();
      throw error;
    }
  }

  return {
    scenarios,
    current: () => ({ name: latest, questions: [...(shown?.account.questions ?? [])] }),
    open(hub) {
      place = hub;
      return enter(first, hub);
    },
    async show(name) {
      invariant(place !== null, 'a demo is opened before another incident is chosen');
      const node = await enter(name, place);
      await node.whenConnected();
    },
    async close() {
      await shown?.node.close();
      await shown?.account.close();
      shown = null;
    },
  };
}
