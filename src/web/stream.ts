// The live events of one conversation. It resumes after the last event it has seen, backs off when the hub is away,
// and says how it stands, so that the page never shows an old state as the present one.

import type { ChatDelta, ChatEvent, ChatEventType } from '../contract/chat.ts';

export type StreamState =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'waiting'; readonly retryAt: number };

export interface StreamOptions {
  readonly conversation: string;
  /** The seq after which events are wanted. */
  readonly after: number;
  readonly onEvent: (event: ChatEvent) => void;
  readonly onDelta: (delta: ChatDelta) => void;
  readonly onState: (state: StreamState) => void;
  readonly connect: (url: string) => EventSource;
}

export interface Stream {
  /** Tries at once instead of waiting out the back-off. */
  retryNow(): void;
  close(): void;
}

const backoffMs = [1_000, 2_000, 4_000, 8_000, 15_000];

// Events may come under their own name or without one; both are heard.
const eventTypes = [
  'turn.started',
  'planner.step',
  'call.started',
  'aws.started',
  'aws.finished',
  'call.finished',
  'proposal.created',
  'proposal.decided',
  'proposal.moved',
  'watch.started',
  'watch.looked',
  'watch.ended',
  'answer',
  'turn.resumed',
  'turn.ended',
] as const satisfies readonly ChatEventType[];

/** Opens the stream. The browser's own reconnecting is not used, because it gives up for good on an HTTP error. */
export function openStream(options: StreamOptions): Stream {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let after = options.after;
  let failures = 0;
  let closed = false;

  const hear = (message: MessageEvent<string>): void => {
    const event = parsed(message.data);
    if (event === null) return;
    if (event.type === 'answer.delta') {
      options.onDelta(event);
    } else if (event.seq > after) {
      after = event.seq;
      options.onEvent(event);
    }
  };
  const open = (): void => {
    if (closed) return;
    timer = null;
    options.onState({ state: 'connecting' });
    source = options.connect(
      `/api/v1/conversations/${encodeURIComponent(options.conversation)}/events?after=${after}`,
    );
    source.onopen = () => {
      failures = 0;
      options.onState({ state: 'live' });
    };
    source.onmessage = hear;
    for (const type of [...eventTypes, 'answer.delta']) source.addEventListener(type, hear);
    source.onerror = () => {
      source?.close();
      const delay = backoffMs[Math.min(failures, backoffMs.length - 1)] ?? 1_000;
      failures += 1;
      if (timer === null && !closed) timer = setTimeout(open, delay);
      options.onState({ state: 'waiting', retryAt: Date.now() + delay });
    };
  };
  open();
  return {
    retryNow() {
      if (timer === null) return;
      clearTimeout(timer);
      open();
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      source?.close();
    },
  };
}

function parsed(data: string): ChatEvent | ChatDelta | null {
  try {
    const event: unknown = JSON.parse(data);
    // The hub writes its stream with the contract's shapes; the type is what the page tells events apart by.
    return typeof event === 'object' && event !== null && 'type' in event
      ? (event as ChatEvent | ChatDelta)
      : null;
  } catch {
    return null;
  }
}
