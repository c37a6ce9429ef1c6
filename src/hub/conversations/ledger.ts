// Writes to a conversation, one after the other. Whoever appends something that may change where a conversation stands
// (the end of a turn, the end of a call, the end of a watch) does it here, so that events, state and the decision whether a
// waiting turn goes on are taken together and are one commit.

import type { AuditEntry } from '../../contract/audit-event.ts';
import type { ChatEvent, ChatEventDraft } from '../../contract/chat.ts';
import type { Committed, Store, Write } from '../../store/port.ts';
import { isReadyToResume, isWaiting, stateOf, subtitleOf } from './progress.ts';

const PAGE = 1_000;

export interface Entry {
  readonly writes?: readonly Write[];
  readonly events: readonly ChatEventDraft[];
  readonly audit?: readonly AuditEntry[];
}

/** `because` is told when the turn goes on. */
export interface EndOfCall extends Entry {
  readonly because: string;
}

export interface Ledger {
  events(conversation: string): Promise<readonly ChatEvent[]>;
  /** Appends in order with other writers of the same conversation. `make` sees the events so far and may decline with null. */
  append(
    conversation: string,
    make: (events: readonly ChatEvent[]) => Entry | null | Promise<Entry | null>,
  ): Promise<Committed | null>;
  /**
   * Ends a call that waited for people. When it was the last one its turn waited for, the turn is resumed in the same
   * commit; the result says so.
   */
  endCall(
    conversation: string,
    turn: string,
    make: (events: readonly ChatEvent[]) => EndOfCall | null | Promise<EndOfCall | null>,
  ): Promise<{ readonly resumed: boolean }>;
}

export function createLedger(store: Store): Ledger {
  const tails = new Map<string, Promise<unknown>>();

  /** Runs `task` after everything that was queued for this conversation, whether that went well or not. */
  function inOrder<T>(conversation: string, task: () => Promise<T>): Promise<T> {
    const before = tails.get(conversation) ?? Promise.resolve();
    const run = before.then(task, task);
    const tail = run
      .catch(() => undefined)
      .then(() => {
        if (tails.get(conversation) === tail) tails.delete(conversation);
      });
    tails.set(conversation, tail);
    return run;
  }

  async function events(conversation: string): Promise<readonly ChatEvent[]> {
    const all: ChatEvent[] = [];
    for (;;) {
      const page = await store.events(conversation, all.at(-1)?.seq ?? 0, PAGE);
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  async function commit(
    conversation: string,
    before: readonly ChatEvent[],
    entry: Entry,
  ): Promise<Committed> {
    const after: readonly ChatEventDraft[] = [...before, ...entry.events];
    const state = stateOf(after);
    return store.commit(
      [
        ...(entry.writes ?? []),
        ...(entry.events.length === 0
          ? []
          : [{ kind: 'events.append', conversation, events: entry.events } as const]),
        {
          kind: 'conversation.update',
          id: conversation,
          patch: { state, subtitle: subtitleOf(after, state) },
        },
      ],
      entry.audit ?? [],
    );
  }

  return {
    events,
    append: (conversation, make) =>
      inOrder(conversation, async () => {
        const before = await events(conversation);
        const entry = await make(before);
        return entry === null ? null : commit(conversation, before, entry);
      }),
    endCall: (conversation, turn, make) =>
      inOrder(conversation, async () => {
        const before = await events(conversation);
        const entry = await make(before);
        if (entry === null) return { resumed: false };
        const waited = isWaiting(before, turn);
        const resumed = waited && isReadyToResume([...before, ...entry.events], turn);
        await commit(conversation, before, resumed ? withResumption(entry, { conversation, turn }) : entry);
        return { resumed };
      }),
  };
}

/** The same entry with the turn's resumption told before the call's end. */
function withResumption(
  entry: EndOfCall,
  at: { readonly conversation: string; readonly turn: string },
): Entry {
  const told = entry.events.findIndex((event) => event.type === 'call.finished');
  const cut = told < 0 ? entry.events.length : told;
  return {
    ...entry,
    events: [
      ...entry.events.slice(0, cut),
      { turn: at.turn, type: 'turn.resumed', because: entry.because },
      ...entry.events.slice(cut),
    ],
    audit: [...(entry.audit ?? []), resumption(at, entry.because)],
  };
}

/** The audit record of a turn that goes on. */
export function resumption(
  at: { readonly conversation: string; readonly turn: string },
  because: string,
): AuditEntry {
  return {
    event: 'turn.resumed',
    actor: { kind: 'hub', id: 'hub' },
    conversation: at.conversation,
    turn: at.turn,
    data: { because },
  };
}
