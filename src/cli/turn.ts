// One turn from the command line: send the message, follow the events until the turn ends or waits.

import { messageAccepted } from '../contract/api.ts';
import type { ChatDelta, ChatEvent } from '../contract/chat.ts';
import { fail } from '../contract/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { HubClient } from './hub-client.ts';

export interface TurnOptions {
  /** Goes on in this conversation; starts one when null. */
  readonly conversation: string | null;
  readonly text: string;
  onEvent(event: ChatEvent | ChatDelta): void;
  /** Stops following; the turn itself goes on in the hub. */
  readonly signal?: AbortSignal;
}

export interface FinishedTurn {
  readonly conversation: string;
  readonly turn: string;
  readonly events: readonly ChatEvent[];
}

/** Sends a message and returns the stored events of its turn, at its end or when it waits for an approval. Throws `usage` when it is too long. */
export async function takeTurn(client: HubClient, options: TurnOptions): Promise<FinishedTurn> {
  const { length } = options.text.trim();
  if (length > limits.turn.messageChars)
    throw fail('usage', {
      detail: `The message is ${length} characters long; at most ${limits.turn.messageChars} are taken.`,
    });
  const path =
    options.conversation === null
      ? '/conversations'
      : `/conversations/${encodeURIComponent(options.conversation)}/messages`;
  const accepted = await client.post(path, { text: options.text, channel: 'cli' }, messageAccepted);
  const events: ChatEvent[] = [];
  await followTurn(client, {
    ...accepted,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onEvent: (event) => {
      options.onEvent(event);
      if ('seq' in event) events.push(event);
    },
  });
  return { conversation: accepted.conversation, turn: accepted.turn, events };
}

/** Follows events of one turn after `after` until it ends or waits. */
export async function followTurn(
  client: HubClient,
  options: {
    readonly conversation: string;
    readonly turn: string;
    readonly after: number;
    onEvent(event: ChatEvent | ChatDelta): void;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  for await (const event of client.events(options.conversation, options.after, signal)) {
    if (event.turn !== options.turn) continue;
    options.onEvent(event);
    if (event.type === 'turn.ended') return stop.abort();
  }
}
