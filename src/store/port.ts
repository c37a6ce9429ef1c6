// The store as its callers see it. SQL lives behind it; SQLite is the first adapter.
// One call of `commit` is one atomic, durable step: every write in it, and the audit records that tell of it, or nothing.
// Nothing here assumes one process: no callbacks run inside a transaction, and every list is paged by cursor.

import type { AuditEntry, AuditEventName, AuditRecord } from '../contract/audit-event.ts';
import type { Evidence } from '../contract/call.ts';
import type { ChatEvent, ChatEventDraft, ConversationSummary, WatchView } from '../contract/chat.ts';
import type { ProposalOutcome, ProposalState, ProposalView } from '../contract/proposal.ts';
import type { NodeInventory } from '../contract/wire.ts';

/** A change of stored state, as data, so that any adapter can run a list of them in one transaction. */
export type Write =
  | { readonly kind: 'conversation.create'; readonly conversation: ConversationSummary }
  | {
      readonly kind: 'conversation.update';
      readonly id: string;
      readonly patch: Partial<Pick<ConversationSummary, 'title' | 'state' | 'subtitle'>>;
    }
  | {
      readonly kind: 'events.append';
      readonly conversation: string;
      readonly events: readonly ChatEventDraft[];
    }
  | { readonly kind: 'evidence.save'; readonly evidence: Evidence }
  | { readonly kind: 'proposal.create'; readonly proposal: ProposalView }
  /** Fails the whole commit with `StoreConflict` unless the proposal is in one of `from`. */
  | {
      readonly kind: 'proposal.move';
      readonly id: string;
      readonly from: readonly ProposalState[];
      readonly to: ProposalState;
      readonly outcome: ProposalOutcome | null;
    }
  | {
      readonly kind: 'proposal.decide';
      readonly id: string;
      readonly decision: ProposalView['decisions'][number];
    }
  | { readonly kind: 'node.save'; readonly node: StoredNode }
  | { readonly kind: 'join-token.create'; readonly sha256: string; readonly expiresAt: number }
  /** Fails the whole commit with `StoreConflict` unless the token exists, is unused and has not expired at `now`. */
  | { readonly kind: 'join-token.use'; readonly sha256: string; readonly node: string; readonly now: number }
  | { readonly kind: 'person.save'; readonly person: StoredPerson }
  | {
      readonly kind: 'sign-in.create';
      readonly sha256: string;
      readonly person: string;
      readonly expiresAt: number;
    }
  /** Fails the whole commit with `StoreConflict` unless the code exists, is unused and has not expired at `now`. */
  | { readonly kind: 'sign-in.use'; readonly sha256: string; readonly now: number }
  | {
      readonly kind: 'session.create';
      readonly sha256: string;
      readonly person: string;
      readonly csrf: string;
      readonly expiresAt: number;
    }
  | { readonly kind: 'session.delete'; readonly sha256: string }
  | {
      readonly kind: 'watch.save';
      readonly watch: WatchView;
      readonly conversation: string;
      readonly turn: string;
    }
  | { readonly kind: 'checkpoint.save'; readonly checkpoint: StoredCheckpoint };

export interface StoredCheckpoint {
  /** The audit record the checkpoint is over. */
  readonly seq: number;
  /** The checkpoint as it was signed and as it stands in the checkpoint file: one line of JSON. */
  readonly line: string;
}

export interface StoredNode {
  readonly id: string;
  readonly key: string;
  readonly inventory: NodeInventory;
  readonly enrolledAt: number;
  readonly lastSeenAt: number | null;
  /** Highest acknowledged frame of the node's current boot epoch. */
  readonly lastSeq: number;
  /** How far the node's own journal goes, as it told last; null until it has. */
  readonly journal: WitnessedJournal | null;
}

export interface WitnessedJournal {
  readonly seq: number;
  readonly hash: string;
  /** What was wrong with it when it went back, and when that was; null when it only ever grew. */
  readonly problem: string | null;
}

export interface StoredPerson {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** A record's place in the chain. */
export type AuditPlace = Pick<AuditRecord, 'seq' | 'hash'>;

export interface Committed {
  /** The numbers of the appended events in their conversations, in the order of the writes. */
  readonly events: readonly number[];
  /** Where the sealed records stand. Their text is read from the store by whoever wants it: most do not. */
  readonly audit: readonly AuditPlace[];
}

/** Thrown by `commit` when a condition of a write does not hold; nothing was written. `write` says which. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  readonly write: Write['kind'];
  constructor(write: Write['kind'], detail: string) {
    super(detail);
    this.write = write;
  }
}

/** Beyond this many matches a filtered `total` is no longer counted. */
export const AUDIT_TOTAL_MAX = 1_000;

export interface AuditFilter {
  /** Newest first, strictly before this seq. */
  readonly before?: number | undefined;
  /** Words that must all occur (full text). */
  readonly q?: string | undefined;
  readonly event?: AuditEventName | undefined;
  readonly conversation?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Store {
  /**
   * Writes everything or nothing; resolves when it is on disk. Commits of one event-loop tick share a transaction, each in
   * a savepoint of its own. Throws `StoreConflict`, or `audit-unwritable` when the disk refuses. An id that exists already,
   * or one that does not exist where it must, is a conflict as well.
   */
  commit(writes: readonly Write[], audit: readonly AuditEntry[]): Promise<Committed>;

  auditHead(): Promise<AuditPlace>;
  auditRecord(seq: number): Promise<AuditRecord | null>;
  /**
   * `total` is how many records match without `before`: exact for no filter and for an event alone, otherwise exact below
   * `AUDIT_TOTAL_MAX` and that number from there on.
   */
  auditPage(filter: AuditFilter): Promise<{
    readonly items: readonly AuditRecord[];
    readonly next: number | null;
    readonly total: number;
  }>;
  /** Oldest first from `fromSeq`, for export and verification. */
  auditRange(fromSeq: number, limit: number): Promise<readonly AuditRecord[]>;

  conversation(id: string): Promise<ConversationSummary | null>;
  /** Newest first. */
  conversations(cursor: string | null, limit: number): Promise<Page<ConversationSummary>>;
  /** Conversations whose state is `working`: what a restart has to resume. */
  workingConversations(): Promise<readonly ConversationSummary[]>;
  events(conversation: string, afterSeq: number, limit: number): Promise<readonly ChatEvent[]>;

  evidence(id: string): Promise<Evidence | null>;

  proposal(id: string): Promise<ProposalView | null>;
  proposals(
    filter: {
      readonly state?: ProposalState | undefined;
      readonly conversation?: string | undefined;
      readonly node?: string | undefined;
    },
    cursor: string | null,
    limit: number,
  ): Promise<Page<ProposalView>>;

  node(id: string): Promise<StoredNode | null>;
  nodeByKey(key: string): Promise<StoredNode | null>;
  nodes(): Promise<readonly StoredNode[]>;

  person(id: string): Promise<StoredPerson | null>;
  /** The person a sign-in code stands for, only to be used together with `sign-in.use`. */
  signInPerson(sha256: string): Promise<string | null>;
  session(
    sha256: string,
    nowMs: number,
  ): Promise<{ readonly person: StoredPerson; readonly csrf: string } | null>;

  openWatches(): Promise<
    readonly { readonly watch: WatchView; readonly conversation: string; readonly turn: string }[]
  >;

  /** Finishes what was accepted and closes. */
  close(): Promise<void>;
}

/** What the adapter offers to the parts of the hub that look after the log itself. */
export interface DurableStore extends Store {
  /** The newest checkpoint of the audit log. */
  lastCheckpoint(): Promise<StoredCheckpoint | null>;
  /** Oldest first, after record `afterSeq`. */
  checkpoints(afterSeq: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  /** False from the moment a commit was refused by the disk until one went through again. */
  writable(): boolean;
  /** Calls `listener` after every commit that grew the audit log. It must not throw. Returns what ends it. */
  onAuditHead(listener: (head: AuditPlace) => void): () => void;
}
