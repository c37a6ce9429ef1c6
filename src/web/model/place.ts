// Where the observations of a conversation came from. A node may be in another account by the time somebody reads the
// conversation again, so the present state of the node is not the answer; the audit log has every connection it made.

import type { NodeView } from '../../contract/api.ts';
import type { AuditRecord } from '../../contract/audit-event.ts';
import type { ConversationView } from './conversation.ts';
import { currentService } from './current.ts';

export interface Place {
  readonly node: string;
  readonly account: string;
  readonly region: string;
  /** Null when requests went to AWS itself. */
  readonly endpoint: string | null;
}

export interface LastRead {
  readonly node: string;
  readonly at: number;
}

/** What the conversation shows of its service, or else its newest observation: which node made it and when. */
export function lastRead(view: ConversationView): LastRead | null {
  const facts = currentService(view);
  if (facts !== null && facts.node !== null) return { node: facts.node, at: facts.at };
  let last: LastRead | null = null;
  for (const { node, at } of view.calls.values())
    if (node !== null && (last === null || at >= last.at)) last = { node, at };
  return last;
}

/** The place of a node as it is now. */
export function placeNow({ id, inventory }: NodeView): Place {
  return { node: id, account: inventory.account, region: inventory.region, endpoint: inventory.endpoint };
}

/** Whether the node is still in the session in which it made the observation: then it has not moved since. */
export function isSameSession(node: NodeView, read: LastRead): boolean {
  return node.connected && node.connectedAt !== null && node.connectedAt <= read.at;
}

/** The place that `records`, newest first and none newer than the observation, say the node was in; null when none of them does. */
export function placeThen(records: readonly AuditRecord[], read: LastRead): Place | null {
  for (const { body } of records) {
    const place = connectionOf(body);
    if (place?.node === read.node) return place;
  }
  return null;
}

/** Whether two places are one. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.account === b.account && a.region === b.region && a.endpoint === b.endpoint;
}

function connectionOf(body: string): Place | null {
  try {
    const { node, data } = JSON.parse(body) as { node?: unknown; data?: Record<string, unknown> };
    const { account, region, endpoint } = data ?? {};
    if (typeof node !== 'string' || typeof account !== 'string' || typeof region !== 'string') return null;
    return { node, account, region, endpoint: typeof endpoint === 'string' ? endpoint : null };
  } catch {
    return null;
  }
}
