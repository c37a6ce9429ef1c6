// The proposals this node has made: their bytes, their state, and everything that happens to one, one thing at a time.
// Each move is on disk before it counts and is then reported to the hub until the hub has it. A proposal that was waiting
// when the process ended is void; one that was claimed waits to be reconciled; an outcome nobody has heard is told again.

import type { OpenedProposal, PreparedProposal } from '../approval/document.ts';
import { openProposal } from '../approval/document.ts';
import { assertMove, isSettled } from '../approval/states.ts';
import type {
  ProposalDocument,
  ProposalOutcome,
  ProposalState,
  SignedApproval,
} from '../contract/proposal.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import { clip } from './bounded-json.ts';
import type { HubLine } from './hub-line.ts';
import type { Journal, JournalEvent } from './journal.ts';
import type { Redactor } from './parts.ts';

export interface LedgerEntry extends OpenedProposal {
  readonly id: string;
  readonly state: ProposalState;
  /** Ids of the people whose approvals were counted. */
  readonly counted: readonly string[];
  /** Monotonic time at which it was made; null for one of an earlier process. */
  readonly madeAt: number | null;
}

export interface MoveDetail {
  /** One sentence for people. */
  readonly detail: string;
  readonly awsRequestId?: string | null;
  readonly error?: { readonly code: string; readonly message: string } | null;
}

interface Mutable {
  id: string;
  document: ProposalDocument;
  bytes: Uint8Array;
  digest: string;
  state: ProposalState;
  counted: string[];
  madeAt: number | null;
  outcome: ProposalOutcome | null;
  heard: boolean;
  expiry: Timer | null;
  work: Promise<unknown>;
}

export interface LedgerParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly journal: Journal;
  readonly line: HubLine;
  readonly redact: Redactor;
}

/** How many settled proposals are remembered, to answer a late decision with what became of them. */
const SETTLED_KEPT = 200;
const DETAIL_CHARS = 2_000;

/** Gathers proposals from the journal's entries, before there is a journal to write to. */
export class LedgerReplay {
  readonly entries = new Map<string, Mutable>();

  add(entry: JournalEvent): void {
    if (entry.event === 'proposal.prepared') {
      this.entries.set(entry.proposal, fresh(openProposal(entry.signed), null));
    } else if (entry.event === 'proposal.moved') {
      const known = this.entries.get(entry.outcome.proposal);
      if (known === undefined) return;
      known.state = entry.outcome.state;
      known.outcome = entry.outcome;
      if (isSettled(known.state)) this.#forgetOld();
    } else if (entry.event === 'outcome.acknowledged') {
      const known = this.entries.get(entry.proposal);
      if (known !== undefined) known.heard = true;
    }
  }

  #forgetOld(): void {
    forgetOld(this.entries);
  }
}

export class Ledger {
  readonly #parts: LedgerParts;
  readonly #entries: Map<string, Mutable>;

  constructor(parts: LedgerParts, replay: LedgerReplay = new LedgerReplay()) {
    this.#parts = parts;
    this.#entries = replay.entries;
  }

  /** Voids what waited in an earlier process, repeats outcomes nobody heard, and returns the claims left open. */
  async recover(): Promise<readonly LedgerEntry[]> {
    const open: LedgerEntry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.state === 'claimed') open.push(entry);
      else if (!isSettled(entry.state)) {
        await this.move(entry.id, 'voided', {
          detail: 'The node restarted before the proposal was carried out. Nothing ran.',
        });
      } else if (!entry.heard && entry.outcome !== null) this.#report(entry, entry.outcome);
    }
    return open;
  }

  /** Keeps a new proposal; it is on disk when this resolves. `onExpiry` runs when its time is over. */
  async add(prepared: PreparedProposal, onExpiry: (id: string) => void): Promise<void> {
    const { clock, journal } = this.#parts;
    const entry = fresh(prepared, clock.monotonic());
    await journal.append({ event: 'proposal.prepared', proposal: entry.id, signed: prepared.signed });
    const { iat, exp } = prepared.document;
    entry.expiry = clock.after(exp - iat, () => onExpiry(entry.id));
    this.#entries.set(entry.id, entry);
  }

  get(id: string): LedgerEntry | null {
    return this.#entries.get(id) ?? null;
  }

  /** The last thing that was told about a proposal. */
  outcomeOf(id: string): ProposalOutcome | null {
    return this.#entries.get(id)?.outcome ?? null;
  }

  pendingOf(conversation: string): number {
    let count = 0;
    for (const { state, document } of this.#entries.values()) {
      if (state === 'pending' && document.conversation === conversation) count += 1;
    }
    return count;
  }

  /** Ids the hub must not treat as void: undecided, under way, or ended without the hub having heard it. */
  alive(): readonly string[] {
    return [...this.#entries.values()]
      .filter((entry) => !isSettled(entry.state) || !entry.heard)
      .map(({ id }) => id);
  }

  /** Runs `task` when everything before it on this proposal has ended. */
  exclusive<T>(id: string, task: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return task();
    const result = entry.work.then(task, task);
    entry.work = result.catch(() => {
      // Whoever started the task hears of its failure.
    });
    return result;
  }

  /** Resolves when no proposal has work under way. */
  async idle(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ work }) => work));
  }

  /** Counts a verified approval, durably. Returns how many there are now. */
  async count(id: string, person: string, approval: SignedApproval): Promise<number> {
    const entry = this.#require(id);
    await this.#parts.journal.append({ event: 'approval.counted', proposal: id, approval });
    entry.counted.push(person);
    return entry.counted.length;
  }

  /** Moves a proposal, durably, and reports it. Throws `audit-unwritable` with nothing moved. */
  async move(id: string, to: ProposalState, detail: MoveDetail): Promise<void> {
    const entry = this.#require(id);
    assertMove(entry.state, to);
    const outcome = this.#outcome(entry, to, detail);
    await this.#parts.journal.append({ event: 'proposal.moved', outcome });
    this.#settle(entry, outcome);
  }

  /**
   * Moves a claimed proposal to what became of it. The request was sent, so the hub is told even when the disk refuses;
   * after a restart without that record the claim is reconciled.
   */
  async conclude(id: string, to: 'done' | 'failed' | 'unknown', detail: MoveDetail): Promise<void> {
    const entry = this.#require(id);
    assertMove(entry.state, to);
    const outcome = this.#outcome(entry, to, detail);
    try {
      await this.#parts.journal.append({ event: 'proposal.moved', outcome });
    } catch (error) {
      this.#parts.log.error(
        { proposal: id, because: messageOf(error) },
        'the outcome of a change was not journaled',
      );
    }
    this.#settle(entry, outcome);
  }

  /** Tells the hub something about a proposal that does not move it, such as a refused decision. */
  tell(id: string, detail: MoveDetail): void {
    const entry = this.#require(id);
    this.#parts.line.report({ type: 'proposal.moved', outcome: this.#outcome(entry, entry.state, detail) });
  }

  close(): void {
    for (const { expiry } of this.#entries.values()) expiry?.cancel();
  }

  #settle(entry: Mutable, outcome: ProposalOutcome): void {
    entry.state = outcome.state;
    entry.outcome = outcome;
    if (outcome.state === 'claimed' || isSettled(outcome.state)) entry.expiry?.cancel();
    this.#report(entry, outcome);
    forgetOld(this.#entries);
  }

  #report(entry: Mutable, outcome: ProposalOutcome): void {
    const { line, journal, log } = this.#parts;
    line.report({ type: 'proposal.moved', outcome }, () => {
      if (!isSettled(outcome.state)) return;
      entry.heard = true;
      journal
        .append({ event: 'outcome.acknowledged', proposal: entry.id, state: outcome.state })
        .catch((error: unknown) =>
          log.warn({ because: messageOf(error) }, 'an acknowledgement was not journaled'),
        );
    });
  }

  /** What an outcome says may quote AWS or a tool. */
  #clean(text: string): string {
    return clip(this.#parts.redact.text(text).text, DETAIL_CHARS);
  }

  #outcome(entry: Mutable, state: ProposalState, move: MoveDetail): ProposalOutcome {
    const error = move.error ?? null;
    return {
      proposal: entry.id,
      state,
      at: Math.trunc(this.#parts.clock.now()),
      detail: this.#clean(move.detail),
      awsRequestId: move.awsRequestId ?? null,
      error: error === null ? null : { code: error.code, message: this.#clean(error.message) },
      approvals: entry.counted.length,
    };
  }

  #require(id: string): Mutable {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`no proposal ${id}`);
    return entry;
  }
}

function fresh(opened: OpenedProposal, madeAt: number | null): Mutable {
  const { document, bytes, digest } = opened;
  return {
    id: document.proposal,
    document,
    bytes,
    digest,
    state: 'pending',
    counted: [],
    madeAt,
    outcome: null,
    heard: false,
    expiry: null,
    work: Promise.resolve(),
  };
}

/** Drops the oldest settled proposals that the hub has heard of. */
function forgetOld(entries: Map<string, Mutable>): void {
  if (entries.size <= SETTLED_KEPT) return;
  for (const [id, entry] of entries) {
    if (entries.size <= SETTLED_KEPT) return;
    if (isSettled(entry.state) && entry.heard) entries.delete(id);
  }
}
