// What becomes of proposals after they were made: what nodes report, what expires, and what is prepared again.
//
// A node speaks only about its own proposals. What a node says it did outweighs what the hub had concluded from silence.
// When the last call a turn waited for has ended, the turn goes on in the same commit.

import type { ProposalOutcome, ProposalState, ProposalView } from '../contract/proposal.ts';
import type { Timer } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeReports } from '../link/port.ts';
import { StoreConflict } from '../store/port.ts';
import { type ApprovalPorts, deliver } from './approvals.ts';
import { originOf } from './decision-step.ts';
import { createPreparation } from './preparation.ts';
import { bounded, entryOf, expiredOutcome, goneOutcome, isNews } from './proposal-outcome.ts';
import type { Watches, WatchOpening } from './watches.ts';

/** The hub waits this much longer than the node before it calls a proposal expired by itself. */
const EXPIRY_GRACE_MS = 10_000;
const SWEEP_EVERY_MS = 5_000;

export interface ProposalReports extends Pick<NodeReports, 'proposalMoved' | 'proposalsAlive'> {
  /** Begins to look for proposals that nobody decided. */
  start(): void;
  close(): Promise<void>;
}

export function createProposalReports(ports: ApprovalPorts, watches: Watches): ProposalReports {
  const background = new Set<Promise<void>>();
  const abort = new AbortController();
  const preparation = createPreparation(ports, abort.signal);
  let sweep: Timer | null = null;

  /** Work that needs the node must not be waited for while the node's own report is being handled. */
  function inBackground(what: string, task: () => Promise<void>): void {
    const run = task()
      .catch((error: unknown) => ports.log.error({ error: messageOf(error) }, what))
      .finally(() => background.delete(run));
    background.add(run);
  }

  async function settle(proposal: ProposalView, outcome: ProposalOutcome): Promise<void> {
    const applied = await applyOutcome(ports, watches, { proposal, outcome });
    if (!applied) return;
    if (outcome.state === 'voided')
      inBackground('preparing again failed', () => preparation.prepareAgain(proposal.conversation));
  }

  async function expireOverdue(): Promise<void> {
    const now = ports.clock.now();
    for (const proposal of await allProposals(ports, { state: 'pending' })) {
      if (proposal.document.exp + EXPIRY_GRACE_MS < now)
        await settle(proposal, expiredOutcome(proposal, now));
    }
  }

  function sweepLater(): void {
    sweep = ports.clock.after(SWEEP_EVERY_MS, () => {
      inBackground('looking for expired proposals failed', expireOverdue);
      if (!abort.signal.aborted) sweepLater();
    });
  }

  return {
    async proposalMoved(node, outcome) {
      const proposal = await ports.store.proposal(outcome.proposal);
      if (proposal === null || proposal.node !== node) {
        return ports.log.warn(
          { node, proposal: outcome.proposal.slice(0, 64) },
          'a node reported a proposal that is not its own',
        );
      }
      if (outcome.state !== 'pending') return settle(proposal, bounded(ports.redact, outcome));
      // Still pending with an error: the node did not accept a decision. Without one it only counts.
      if (outcome.error !== null) await recordNodeRefusal(ports, proposal, bounded(ports.redact, outcome));
    },
    async proposalsAlive(node, live) {
      const alive = new Set(live);
      const now = ports.clock.now();
      for (const state of ['pending', 'approved'] as const) {
        for (const proposal of await allProposals(ports, { state, node })) {
          if (!alive.has(proposal.id)) await settle(proposal, goneOutcome(proposal, now));
        }
      }
      inBackground('delivering decisions failed', () => deliverTo(ports, node, live));
      // What was voided and not replaced before the hub itself went away.
      inBackground('preparing again failed', () => preparation.prepareAllAgain(node));
    },
    start: () => sweepLater(),
    async close() {
      abort.abort('closing');
      sweep?.cancel();
      await Promise.all(background);
    },
  };
}

/** Puts a move on record with all that follows from it. False when it tells nothing new or cannot follow on what is. */
async function applyOutcome(
  ports: ApprovalPorts,
  watches: Watches,
  move: { readonly proposal: ProposalView; readonly outcome: ProposalOutcome },
): Promise<boolean> {
  const { proposal, outcome } = move;
  let opening: WatchOpening | null = null;
  let applied = false;
  try {
    const { resumed } = await ports.ledger.endCall(proposal.conversation, proposal.turn, async (events) => {
      const now = (await ports.store.proposal(proposal.id)) ?? proposal;
      if (!isNews(now, outcome)) return null;
      applied = true;
      opening = outcome.state === 'done' ? watches.opening(now) : null;
      const isOpen = !events.some((event) => event.type === 'call.finished' && event.call === now.call);
      return entryOf({ proposal: now, outcome, opening, isOpen, nowMs: ports.clock.now() });
    });
    if (resumed) ports.conversations.goOn(proposal.conversation);
  } catch (error) {
    // Somebody moved it in the same moment; what the node says comes again with its next report.
    if (!(error instanceof StoreConflict)) throw error;
    ports.log.warn({ proposal: proposal.id, error: error.message }, 'a proposal moved twice at once');
    return false;
  }
  if (opening !== null) watches.begin(opening);
  return applied;
}

async function recordNodeRefusal(
  ports: ApprovalPorts,
  proposal: ProposalView,
  outcome: ProposalOutcome,
): Promise<void> {
  const { detail, error } = outcome;
  await ports.store.commit(
    [],
    [
      {
        ...originOf(proposal),
        event: 'approval.refused',
        actor: { kind: 'node', id: proposal.node },
        data: { proposal: proposal.id, detail, error },
      },
    ],
  );
}

async function deliverTo(ports: ApprovalPorts, node: string, live: readonly string[]): Promise<void> {
  for (const id of live) {
    const proposal = await ports.store.proposal(id);
    if (proposal?.node !== node || !['pending', 'approved', 'denied'].includes(proposal.state)) continue;
    await deliver(ports, proposal);
  }
}

async function allProposals(
  ports: ApprovalPorts,
  filter: { readonly state: ProposalState; readonly node?: string },
): Promise<readonly ProposalView[]> {
  const all: ProposalView[] = [];
  let cursor: string | null = null;
  do {
    const page = await ports.store.proposals(filter, cursor, limits.http.pageMax);
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}
