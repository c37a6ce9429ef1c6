// Tells open event streams of this process that a conversation has grown, and passes on text as it streams.
// It carries no events itself: a stream always reads them from the store by number, so nothing is lost when a wake-up is,
// and a second hub over the same store would only have to poll.

import type { ChatDelta } from '../contract/chat.ts';
import type { Store } from '../store/port.ts';

export interface FeedListener {
  /** There may be new events. Must not throw. */
  grown(): void;
  /** Text of a running answer; may be dropped. Must not throw. */
  delta(delta: ChatDelta): void;
}

export interface Feed {
  wake(conversation: string): void;
  delta(conversation: string, delta: ChatDelta): void;
  /** Returns what ends the subscription. */
  subscribe(conversation: string, listener: FeedListener): () => void;
}

export function createFeed(): Feed {
  const listeners = new Map<string, Set<FeedListener>>();
  return {
    wake(conversation) {
      for (const listener of listeners.get(conversation) ?? []) listener.grown();
    },
    delta(conversation, delta) {
      for (const listener of listeners.get(conversation) ?? []) listener.delta(delta);
    },
    subscribe(conversation, listener) {
      const own = listeners.get(conversation) ?? new Set();
      listeners.set(conversation, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(conversation);
      };
    },
  };
}

/** `store`, with a wake-up of the feed after every commit that appended events. */
export function announcing(store: Store, feed: Feed): Store {
  const commit: Store['commit'] = async (writes, audit) => {
    const committed = await store.commit(writes, audit);
    const grown = new Set(
      writes.flatMap((write) => (write.kind === 'events.append' ? [write.conversation] : [])),
    );
    for (const conversation of grown) feed.wake(conversation);
    return committed;
  };
  return new Proxy(store, {
    get(target, key) {
      if (key === 'commit') return commit;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
