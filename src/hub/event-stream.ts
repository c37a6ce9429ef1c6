// One Server-Sent-Events stream of a conversation. It pulls from the store: a wake-up only says "look again", so whatever a
// reader missed is read when it comes back with the last number it saw. A reader that is slow slows only its own pulling.

import type { ServerResponse } from 'node:http';
import type { ChatDelta, ChatEvent } from '../contract/chat.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { limits } from '../kernel/limits.ts';
import type { Feed } from './feed.ts';

const PAGE = 200;
/** How long a reader may take nothing at all before it is hung up on. */
const STALLED_MS = 30_000;
const RECONNECT_MS = 1_000;

export interface EventStreamOptions {
  /** Head already written. The stream owns it from here and ends it. */
  readonly response: ServerResponse;
  readonly conversation: string;
  /** Events after this number are sent. */
  readonly after: number;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  read(afterSeq: number, limit: number): Promise<readonly ChatEvent[]>;
  /** Asked at every heartbeat: whether the reader may still read. */
  mayGoOn(): Promise<boolean>;
}

/** Streams until the reader leaves, may no longer read, or the hub closes. */
export async function streamEvents(options: EventStreamOptions): Promise<void> {
  const { response, conversation, feed } = options;
  const stream = openStream(options);
  const unsubscribe = feed.subscribe(conversation, { grown: stream.look, delta: stream.delta });
  try {
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    let after = options.after;
    while (stream.isOpen()) {
      stream.begin();
      const page = await options.read(after, PAGE);
      after = page.at(-1)?.seq ?? after;
      if (page.length > 0 && stream.isOpen()) response.write(page.map(frameOf).join(''));
      await stream.drained();
      if (page.length < PAGE) await stream.grown();
    }
  } finally {
    unsubscribe();
    stream.end();
  }
}

interface OpenStream {
  look(): void;
  delta(delta: ChatDelta): void;
  isOpen(): boolean;
  /** Forgets wake-ups so far: what they told of is read next. */
  begin(): void;
  grown(): Promise<void>;
  drained(): Promise<void>;
  end(): void;
}

function openStream(options: EventStreamOptions): OpenStream {
  const { response, clock, closing } = options;
  let open = true;
  let dirty = false;
  let wake: () => void = () => {};
  let beat: Timer | null = null;

  function close(): void {
    open = false;
    wake();
  }

  /** A beat keeps proxies from hanging up and notices a session that has ended. */
  function beatLater(): void {
    beat = clock.after(limits.wire.heartbeatMs, () => {
      void options.mayGoOn().then((may) => {
        if (!open) return;
        if (!may) return close();
        if (!response.writableNeedDrain) response.write(': beat\n\n');
        beatLater();
      }, close);
    });
  }

  response.once('close', close);
  response.once('error', close);
  closing.addEventListener('abort', close, { once: true });
  if (closing.aborted || response.destroyed) open = false;
  beatLater();

  function waitFor(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      wake = () => {
        if (!open || isReached()) resolve();
      };
      wake();
    });
  }

  return {
    look() {
      dirty = true;
      wake();
    },
    delta(delta) {
      // Lost text is no loss: the whole answer follows as an event.
      if (open && !response.writableNeedDrain) response.write(`data: ${JSON.stringify(delta)}\n\n`);
    },
    isOpen: () => open,
    begin() {
      dirty = false;
    },
    grown: () => waitFor(() => dirty),
    async drained() {
      if (!open || !response.writableNeedDrain) return;
      const stalled = clock.after(STALLED_MS, () => response.destroy());
      response.once('drain', () => wake());
      await waitFor(() => !response.writableNeedDrain);
      stalled.cancel();
    },
    end() {
      open = false;
      beat?.cancel();
      closing.removeEventListener('abort', close);
      response.end();
    },
  };
}

function frameOf(event: ChatEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(forReaders(event))}\n\n`;
}

/** An event as people's programs see it: a planner's raw form is between it and its model. */
export function forReaders(event: ChatEvent): ChatEvent {
  return event.type === 'planner.step' ? { ...event, raw: null } : event;
}
