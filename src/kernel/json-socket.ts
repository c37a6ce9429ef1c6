// One JSON object per WebSocket message, in both directions, bounded and checked by a schema.
// It owns a WebSocket from its first message to its last: heartbeat, one write per event-loop tick, and an end that is
// told exactly once. Whatever arrives that is not a valid frame ends the connection; it never reaches the owner.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import type { Clock, Timer } from './clock.ts';
import { limits } from './limits.ts';
import { nestsDeeperThan } from './strict-json.ts';

/** For both ends: with its defaults `ws` lets tiny fragments pin far more memory than the message is long. */
export const webSocketLimits = {
  maxPayload: limits.wire.frameBytes,
  maxFragments: limits.wire.fragments,
  maxBufferedChunks: limits.wire.bufferedChunks,
  perMessageDeflate: false,
} as const;

export interface JsonSocketOptions<F> {
  readonly schema: z.ZodType<F>;
  readonly clock: Clock;
  /** The stream under the WebSocket, to join the writes of a tick; without it each frame is written alone. */
  readonly transport: Duplex | null;
  /** Gets each valid frame, one at a time and in order. Must not throw. */
  onFrame(frame: F): void;
  /** A message that is no valid frame. The owner says goodbye and closes. Must not throw. */
  onInvalid(detail: string): void;
  /** The connection is over; called once. Must not throw. */
  onEnd(because: string): void;
}

/** Bytes a frame may have before the other side has proven who it is. */
const HANDSHAKE_FRAME_BYTES = 128 * 1024;
/** How long the other side may take to answer a close before the connection is cut. */
const CLOSE_MS = 1_000;

export class JsonSocket<F> {
  readonly #socket: WebSocket;
  readonly #options: JsonSocketOptions<F>;
  #ended = false;
  #closing = false;
  #corked = false;
  #missed = 0;
  #trusted = false;
  #beat: Timer | null = null;
  #cut: Timer | null = null;

  constructor(socket: WebSocket, options: JsonSocketOptions<F>) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#missed = 0;
    });
    // An error is followed by 'close'; its text says why the connection ended.
    let problem: string | null = null;
    socket.on('error', (error) => {
      problem = error.message;
    });
    socket.on('close', (code) => this.#end(problem ?? `closed with code ${code}`));
    this.#scheduleBeat();
  }

  /** Bytes accepted by `send` that the operating system has not taken yet. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** From now on frames may have the full length. */
  trust(): void {
    this.#trusted = true;
  }

  /** Queues a frame. Dropped in silence when the connection is over: its end is reported on its own. */
  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Queues a frame that is text already. */
  sendText(text: string): void {
    if (this.#ended || this.#closing) return;
    this.#cork();
    this.#socket.send(text, () => {
      // A failed write ends the connection, which `onEnd` reports.
    });
  }

  /** Sends a last frame, if any, and closes; cuts the line when the other side does not answer. */
  close(last?: object): void {
    if (this.#ended || this.#closing) return;
    if (last !== undefined) this.send(last);
    this.#closing = true;
    this.#socket.close(1000);
    this.#cut = this.#options.clock.after(CLOSE_MS, () => this.terminate());
  }

  /** Cuts the line at once. */
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: WebSocket.RawData, isBinary: boolean): void {
    if (this.#closing || this.#ended) return;
    this.#missed = 0;
    if (isBinary) {
      this.#options.onInvalid('a binary message');
      return;
    }
    const text = data.toString();
    if (!this.#trusted && text.length > HANDSHAKE_FRAME_BYTES) {
      this.#options.onInvalid('a long message before the handshake ended');
      return;
    }
    const frame = parseFrame(this.#options.schema, text);
    if (frame.ok) this.#options.onFrame(frame.value);
    else this.#options.onInvalid(frame.detail);
  }

  #cork(): void {
    const transport = this.#options.transport;
    if (transport === null || this.#corked) return;
    this.#corked = true;
    transport.cork();
    setImmediate(() => {
      this.#corked = false;
      transport.uncork();
    });
  }

  #scheduleBeat(): void {
    this.#beat = this.#options.clock.after(limits.wire.heartbeatMs, () => {
      if (this.#ended) return;
      if (this.#missed >= limits.wire.heartbeatMissed) return this.terminate();
      this.#missed += 1;
      if (!this.#closing) this.#socket.ping();
      this.#scheduleBeat();
    });
  }

  #end(because: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#beat?.cancel();
    this.#cut?.cancel();
    this.#options.onEnd(because);
  }
}

type ParsedFrame<F> =
  | { readonly ok: true; readonly value: F }
  | { readonly ok: false; readonly detail: string };

/** Reads one message. Never throws, whatever the text. */
export function parseFrame<F>(schema: z.ZodType<F>, text: string): ParsedFrame<F> {
  if (nestsDeeperThan(text, limits.wire.depth)) return { ok: false, detail: 'a message nested too deep' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, detail: 'a message that is not JSON' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, detail: `a message that is no frame (${issue?.path.map(String).join('.') ?? ''})` };
}
