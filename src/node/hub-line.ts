// What the node says to the hub, over however many connections it takes. Numbered reports wait here until the hub has
// acknowledged them and are repeated on the next connection. An AWS request is announced and goes on only when the hub
// answers that it is recorded; a lost connection answers no.

import type { AwsCall, Evidence } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import type { ProposalOutcome } from '../contract/proposal.ts';
import type { FrameOf, NodeFrame } from '../contract/wire.ts';
import { limits } from '../kernel/limits.ts';

/** A report before it has its number. */
export type Report =
  | {
      readonly type: 'call.done';
      readonly call: string;
      readonly result: FrameOf<NodeFrame, 'call.done'>['result'];
    }
  | { readonly type: 'proposal.moved'; readonly outcome: ProposalOutcome };

/** One open connection, as far as this file uses it. */
export interface Wire {
  readonly bufferedBytes: number;
  send(frame: NodeFrame): void;
}

interface Unacknowledged {
  readonly seq: number;
  readonly frame: NodeFrame;
  onAcknowledged(): void;
}

interface Announced {
  resolve(): void;
  reject(error: unknown): void;
}

export class HubLine {
  #wire: Wire | null = null;
  #seq = 0;
  #outbox: Unacknowledged[] = [];
  readonly #announced = new Map<string, Announced>();

  /** Whether more work may be taken on: its reports must find room. */
  get hasRoom(): boolean {
    const congested = (this.#wire?.bufferedBytes ?? 0) > limits.wire.backpressureBytes;
    return !congested && this.#outbox.length < limits.wire.outboxFrames;
  }

  /** Starts to use a connection on which the hub has seen every report up to `lastSeq`. */
  attach(wire: Wire, lastSeq: number): void {
    this.#wire = wire;
    this.acknowledged(lastSeq);
    for (const { frame } of this.#outbox) wire.send(frame);
  }

  /**
   * The connection is over. Announced requests that were not recorded must not be sent, and nobody waits any more for the
   * result of a call: whoever asks again, under the same id too, is to get an answer of then.
   */
  detach(): void {
    this.#wire = null;
    this.#outbox = this.#outbox.filter(({ frame }) => frame.type !== 'call.done');
    for (const { reject } of this.#announced.values()) {
      reject(fail('audit-unwritable', { detail: 'the connection to the hub was lost' }));
    }
    this.#announced.clear();
  }

  /** Tells the hub something that must arrive; `onAcknowledged` runs when it has. */
  report(report: Report, onAcknowledged: () => void = () => {}): void {
    this.#seq += 1;
    const frame: NodeFrame = { ...report, seq: this.#seq };
    this.#outbox.push({ seq: this.#seq, frame, onAcknowledged });
    this.#wire?.send(frame);
  }

  /** Tells the hub something that is of no use later. */
  mention(frame: NodeFrame): void {
    this.#wire?.send(frame);
  }

  /** Announces an AWS request; resolves when the hub has it in its audit log. Throws `audit-unwritable` when it has not. */
  announce(aws: AwsCall): Promise<void> {
    const wire = this.#wire;
    if (wire === null) return Promise.reject(fail('audit-unwritable', { detail: 'no hub is connected' }));
    return new Promise((resolve, reject) => {
      this.#announced.set(aws.id, { resolve, reject });
      wire.send({ type: 'aws.started', aws });
    });
  }

  /** Tells how an announced request ended. */
  finished(aws: AwsCall, evidence: Evidence | null): void {
    this.mention({ type: 'aws.finished', aws, evidence });
  }

  /** The hub's answer to `announce`. Answers to nothing are ignored. */
  recorded(id: string, ok: boolean): void {
    const waiting = this.#announced.get(id);
    this.#announced.delete(id);
    if (ok) waiting?.resolve();
    else waiting?.reject(fail('audit-unwritable', { detail: 'the hub could not record the request' }));
  }

  /** The hub has every report up to `seq`. */
  acknowledged(seq: number): void {
    const done = this.#outbox.filter((entry) => entry.seq <= seq);
    this.#outbox = this.#outbox.filter((entry) => entry.seq > seq);
    for (const { onAcknowledged } of done) onAcknowledged();
  }
}
