// One connection on the hub's side, from the first byte to the last:
//
//   connecting ─hello─► challenged ─proof─► proven ─admitted─► open ─► closing ─► closed
//
// Until a node has proven its key it gets one challenge, a few seconds, and no memory beyond this object.
// A frame that does not belong to the state it arrives in ends the connection.

import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type HandshakeParts, handshakeBytes, handshakeNonce } from '../contract/handshake.ts';
import { type FrameOf, type HubFrame, type NodeFrame, nodeFrame, wireVersion } from '../contract/wire.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { JsonSocket } from '../kernel/json-socket.ts';
import { type SigningKey, verifySignature } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { StoredNode } from '../store/port.ts';
import type { Candidate } from './enrolment.ts';

export type SessionState = 'connecting' | 'challenged' | 'proven' | 'open' | 'closing' | 'closed';
type WorkFrame = Exclude<NodeFrame, { type: 'hello' | 'proof' | 'bye' }>;

export interface SessionOptions {
  readonly socket: WebSocket;
  readonly transport: Duplex;
  readonly hubKey: SigningKey;
  readonly clock: Clock;
  /** Finds or enrols the node; a rejection ends the connection with its code. */
  admit(candidate: Candidate): Promise<StoredNode>;
  /** The session is open; called before `welcome` is sent. A rejection ends the connection. */
  onOpen(session: Session, node: StoredNode): Promise<void>;
  /** Frames of an open session, in order. Must not throw. */
  onFrame(frame: WorkFrame): void;
  /** The connection was refused. Must not throw. */
  onRefused(code: string, detail: string): void;
  /** Something of the hub's own failed. Must not throw. */
  onFault(detail: string): void;
  /** Called once. Must not throw. */
  onEnd(because: string): void;
}

const NONCE_BYTES = 32;

export class Session {
  readonly #options: SessionOptions;
  readonly #wire: JsonSocket<NodeFrame>;
  readonly #deadline: Timer;
  #state: SessionState = 'connecting';
  #parts: HandshakeParts | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#wire = new JsonSocket<NodeFrame>(options.socket, {
      schema: nodeFrame,
      clock: options.clock,
      transport: options.transport,
      onFrame: (frame) => this.#receive(frame),
      onInvalid: (detail) => this.#refuse('frame-invalid', detail),
      onEnd: (because) => {
        this.#state = 'closed';
        this.#deadline.cancel();
        options.onEnd(because);
      },
    });
    this.#deadline = options.clock.after(limits.wire.handshakeMs, () => {
      this.#refuse('handshake-slow', 'the handshake took too long');
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether the node reads more slowly than the hub writes; no new calls go to it while that is so. */
  get congested(): boolean {
    return this.#wire.bufferedBytes > limits.wire.backpressureBytes;
  }

  /** Sends a frame of an open session; dropped when it is over, which `onEnd` has told or will tell. */
  send(frame: HubFrame): void {
    if (this.#state === 'open') this.#wire.send(frame);
  }

  /** Ends the connection in an orderly way. */
  close(code: string, message: string): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    this.#wire.close({ type: 'bye', code, message } satisfies HubFrame);
  }

  #receive(frame: NodeFrame): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    if (frame.type === 'bye') {
      this.close('bye', 'The node said goodbye.');
      return;
    }
    if (frame.type === 'hello' && this.#state === 'connecting') {
      this.#challenge(frame);
      return;
    }
    if (frame.type === 'proof' && this.#state === 'challenged') {
      this.#prove(frame);
      return;
    }
    if (this.#state === 'open' && frame.type !== 'hello' && frame.type !== 'proof') {
      this.#options.onFrame(frame);
      return;
    }
    this.#refuse('frame-unexpected', `${frame.type} while ${this.#state}`);
  }

  #challenge(frame: FrameOf<NodeFrame, 'hello'>): void {
    if (!handshakeNonce.safeParse(frame.nonce).success) {
      this.#refuse('frame-invalid', 'a short nonce');
      return;
    }
    const { hubKey } = this.#options;
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const parts = {
      hubKey: hubKey.publicKey,
      nodeKey: frame.nodeKey,
      hubNonce: nonce,
      nodeNonce: frame.nonce,
    };
    this.#parts = parts;
    this.#state = 'challenged';
    this.#wire.send({
      type: 'challenge',
      v: wireVersion,
      hubKey: hubKey.publicKey,
      nonce,
      signature: hubKey.sign(handshakeBytes('hub', parts)),
    } satisfies HubFrame);
  }

  #prove(frame: FrameOf<NodeFrame, 'proof'>): void {
    const parts = this.#parts;
    if (parts === null || !holds(parts, frame.signature)) {
      this.#refuse('proof-invalid', 'the node does not hold the key it names');
      return;
    }
    this.#state = 'proven';
    const candidate = { key: parts.nodeKey, joinToken: frame.joinToken, inventory: frame.inventory };
    this.#admit(candidate).catch((error: unknown) => {
      // What went wrong inside the hub is no business of whoever is at the other end.
      if (error instanceof LockkeeperError) return this.#refuse(error.code, error.message);
      this.#options.onFault(messageOf(error));
      this.close('hub-failed', 'The hub could not admit the node.');
    });
  }

  async #admit(candidate: Candidate): Promise<void> {
    const node = await this.#options.admit(candidate);
    if (this.#state !== 'proven') return;
    await this.#options.onOpen(this, node);
    // The connection may have ended, or been refused as too slow, while the store was written.
    if (this.state !== 'proven') return;
    this.#deadline.cancel();
    this.#state = 'open';
    this.#wire.trust();
    const journal = node.journal === null ? null : { seq: node.journal.seq, hash: node.journal.hash };
    this.#wire.send({ type: 'welcome', node: node.id, lastSeq: node.lastSeq, journal } satisfies HubFrame);
  }

  #refuse(code: string, detail: string): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#options.onRefused(code, detail);
    this.close(code, detail);
  }
}

function holds(parts: HandshakeParts, signature: string): boolean {
  try {
    return verifySignature(parts.nodeKey, handshakeBytes('node', parts), signature);
  } catch {
    // Key bytes that are no point on the curve make the verification throw.
    return false;
  }
}
