// One conversation, loaded and kept live: its events, the text being written, and how the stream stands.

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChatEvent, ConversationSummary } from '../../contract/chat.ts';
import { type Api, type ApiError, asApiError } from '../api.ts';
import { type ConversationView, conversationView, withDelta } from '../model/conversation.ts';
import { openStream, type Stream, type StreamState } from '../stream.ts';

export interface LiveConversation {
  readonly view: ConversationView | null;
  readonly summary: ConversationSummary | null;
  readonly error: ApiError | null;
  readonly stream: StreamState;
  /** Loads again after an error, or tries the stream at once. */
  retry(): void;
}

interface Loaded {
  readonly events: readonly ChatEvent[];
  readonly summary: ConversationSummary;
}

// Events that arrive together are drawn together; short enough to read as at once.
const drawEveryMs = 40;

/** Loads conversation `id` and follows it until the part is taken off the page. */
export function useConversation(api: Api, id: string): LiveConversation {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [deltas, setDeltas] = useState<ReadonlyMap<string, string>>(new Map());
  const [error, setError] = useState<ApiError | null>(null);
  const [stream, setStream] = useState<StreamState>({ state: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const open = useRef<Stream | null>(null);

  // `attempt` is not read inside; changing it loads again.
  useEffect(() => {
    let gone = false;
    let arrived: ChatEvent[] = [];
    let text: ReadonlyMap<string, string> = new Map();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = (): void => {
      timer = null;
      const batch = arrived;
      arrived = [];
      if (batch.length > 0)
        setLoaded((known) => (known === null ? known : { ...known, events: [...known.events, ...batch] }));
      setDeltas(text);
    };
    const soon = (): void => {
      timer ??= setTimeout(draw, drawEveryMs);
    };
    setLoaded(null);
    setError(null);
    api.conversation(id).then(
      (detail) => {
        if (gone) return;
        setLoaded({ events: detail.events, summary: detail.conversation });
        open.current = openStream({
          conversation: id,
          after: detail.events.at(-1)?.seq ?? 0,
          connect: (url) => new EventSource(url),
          onState: setStream,
          onEvent: (event) => {
            arrived.push(event);
            if (event.type === 'answer' || event.type === 'planner.step') text = without(text, event.turn);
            soon();
          },
          onDelta: (delta) => {
            text = withDelta(text, delta);
            soon();
          },
        });
      },
      (reason: unknown) => {
        if (!gone) setError(asApiError(reason));
      },
    );
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
      open.current?.close();
      open.current = null;
    };
  }, [api, id, attempt]);

  const view = useMemo(
    () => (loaded === null ? null : conversationView(loaded.events, deltas)),
    [loaded, deltas],
  );
  const retry = useCallback(() => {
    if (open.current === null) setAttempt((n) => n + 1);
    else open.current.retryNow();
  }, []);
  return { view, summary: loaded?.summary ?? null, error, stream, retry };
}

function without(text: ReadonlyMap<string, string>, turn: string): ReadonlyMap<string, string> {
  const next = new Map(text);
  next.delete(turn);
  return next;
}
