// One connection to the hub, from dialling to its end. It owns the handshake and hands open frames on; what happens after
// it ends is the dialler's business.

import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { type HubFrame, hubFrame, type NodeFrame } from '../contract/wire.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { JsonSocket, webSocketLimits } from '../kernel/json-socket.ts';
import { limits } from '../kernel/limits.ts';
import { type HandshakeFacts, type NodeHandshake, startHandshake } from './handshake.ts';
import type { Wire } from './hub-line.ts';
import type { JournalHead } from './journal-file.ts';

export interface ConnectionOptions {
  readonly facts: HandshakeFacts;
  readonly clock: Clock;
  /** The hub has accepted this node. Must not throw. */
  onOpen(wire: Wire, welcome: Accepted): void;
  /** Frames after the welcome. Must not throw. */
  onFrame(frame: WorkFrame): void;
}

/** What the hub said when it accepted this node. */
export interface Accepted {
  readonly node: string;
  readonly hubKey: string;
  readonly lastSeq: number;
  /** The head of the node's journal as the hub remembers it. */
  readonly journal: JournalHead | null;
}

export type WorkFrame = Exclude<HubFrame, { type: 'challenge' | 'welcome' | 'bye' }>;

/** Why a connection ended; `code` is the hub's, or one of ours. */
export interface ConnectionEnd {
  readonly code: string;
  readonly detail: string;
  readonly opened: boolean;
}

export interface Connection {
  /** Resolves when it is over, however it went. Never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  close(): void;
}

/** Dials the hub and shakes hands. */
export function dialHub(options: ConnectionOptions): Connection {
  const socket = new WebSocket(options.facts.url, {
    ...webSocketLimits,
    handshakeTimeout: limits.wire.handshakeMs,
    followRedirects: false,
  });
  let settle: (end: ConnectionEnd) => void = () => {};
  const ended = new Promise<ConnectionEnd>((resolve) => {
    settle = resolve;
  });
  let talk: Conversation | null = null;
  let problem = 'the connection could not be made';
  socket.on('error', (error) => {
    problem = error.message;
  });
  socket.once('upgrade', (response) => {
    talk = new Conversation({ ...options, socket, transport: response.socket, onEnd: settle });
  });
  // Before the upgrade nobody else listens for the end.
  socket.once('close', () => {
    if (talk === null) settle({ code: 'hub-unreachable', detail: problem, opened: false });
  });
  socket.once('open', () => talk?.begin());
  return {
    ended,
    close() {
      if (talk === null) socket.terminate();
      else talk.close();
    },
  };
}

interface ConversationOptions extends ConnectionOptions {
  readonly socket: WebSocket;
  readonly transport: Duplex;
  onEnd(end: ConnectionEnd): void;
}

type State = 'greeting' | 'proving' | 'open' | 'closing';

class Conversation {
  readonly #options: ConversationOptions;
  readonly #wire: JsonSocket<HubFrame>;
  readonly #handshake: NodeHandshake;
  readonly #deadline: Timer;
  #state: State = 'greeting';
  #opened = false;
  #end: { code: string; detail: string } | null = null;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#handshake = startHandshake(options.facts);
    this.#wire = new JsonSocket<HubFrame>(options.socket, {
      schema: hubFrame,
      clock: options.clock,
      transport: options.transport,
      onFrame: (frame) => this.#receive(frame),
      onInvalid: (detail) => this.#leave('frame-invalid', detail),
      onEnd: (because) => {
        this.#deadline.cancel();
        options.onEnd({
          ...(this.#end ?? { code: 'connection-lost', detail: because }),
          opened: this.#opened,
        });
      },
    });
    this.#deadline = options.clock.after(limits.wire.handshakeMs, () => {
      this.#leave('handshake-slow', 'the hub did not answer the handshake in time');
    });
  }

  begin(): void {
    this.#wire.send(this.#handshake.hello);
  }

  close(): void {
    this.#leave('closing', 'The node is stopping.');
  }

  #receive(frame: HubFrame): void {
    if (this.#state === 'closing') return;
    if (frame.type === 'bye') {
      this.#state = 'closing';
      this.#end = { code: frame.code.slice(0, 64), detail: frame.message.slice(0, 500) };
      this.#wire.close();
    } else if (frame.type === 'challenge' && this.#state === 'greeting') this.#prove(frame);
    else if (frame.type === 'welcome' && this.#state === 'proving') this.#open(frame);
    else if (this.#state === 'open' && frame.type !== 'challenge' && frame.type !== 'welcome') {
      this.#options.onFrame(frame);
    } else this.#leave('frame-unexpected', `${frame.type} while ${this.#state}`);
  }

  #prove(frame: Extract<HubFrame, { type: 'challenge' }>): void {
    try {
      this.#wire.send(this.#handshake.prove(frame));
      this.#state = 'proving';
    } catch (error) {
      this.#leave(error instanceof LockkeeperError ? error.code : 'handshake-failed', messageOf(error));
    }
  }

  #open({ node, lastSeq, journal = null }: Extract<HubFrame, { type: 'welcome' }>): void {
    const hubKey = this.#handshake.hubKey();
    if (hubKey === null) return;
    this.#deadline.cancel();
    this.#state = 'open';
    this.#opened = true;
    this.#wire.trust();
    const wire = this.#wire;
    this.#options.onOpen(
      {
        get bufferedBytes() {
          return wire.bufferedBytes;
        },
        send: (out: NodeFrame) => wire.send(out),
      },
      { node, hubKey, lastSeq, journal },
    );
  }

  #leave(code: string, detail: string): void {
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    this.#end = { code, detail };
    this.#wire.close({ type: 'bye', code, message: detail } satisfies NodeFrame);
  }
}
