// A node with an open session: what it is working on and the frames it reports.
// Frames are handled one after the other. A frame with a number is acknowledged only when what it tells is durable,
// and a number that was seen in this boot epoch is acknowledged again but not acted on twice.

import type { AwsCall, Evidence } from '../contract/call.ts';
import type { FrameOf, NodeFrame } from '../contract/wire.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import type { Store, StoredNode, WitnessedJournal } from '../store/port.ts';
import { CallsInFlight, failed } from './calls-in-flight.ts';
import { witness } from './journal-witness.ts';
import type { NodeCall, NodeCallObserver, NodeCallResult, NodeReports } from './port.ts';
import type { Session } from './session.ts';

export interface ConnectedNodeParts {
  readonly session: Session;
  readonly node: StoredNode;
  readonly store: Store;
  readonly reports: NodeReports;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ConnectedNode {
  readonly connectedAt: number;
  readonly #parts: ConnectedNodeParts;
  readonly #calls: CallsInFlight;
  #lastSeq: number;
  #journal: WitnessedJournal | null;
  #recording = 0;
  #lastSeenAt: number;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: ConnectedNodeParts) {
    this.#parts = parts;
    this.connectedAt = parts.clock.now();
    this.#lastSeenAt = this.connectedAt;
    this.#lastSeq = parts.node.lastSeq;
    this.#journal = parts.node.journal;
    this.#calls = new CallsInFlight(parts.clock, (frame) => parts.session.send(frame));
  }

  get id(): string {
    return this.#parts.node.id;
  }

  get session(): Session {
    return this.#parts.session;
  }

  /** The node as it is to be stored. */
  get stored(): StoredNode {
    const { node } = this.#parts;
    return { ...node, lastSeq: this.#lastSeq, lastSeenAt: this.#lastSeenAt, journal: this.#journal };
  }

  run(call: NodeCall, observer: NodeCallObserver, signal: AbortSignal): Promise<NodeCallResult> {
    if (this.session.congested || this.#calls.size >= limits.call.inFlight) {
      return Promise.resolve(failed('node-busy', { node: this.id, what: 'calls are waiting to be sent' }));
    }
    return this.#calls.run(call, observer, signal);
  }

  /** Handles one frame of the open session. Never throws. */
  receive(frame: Exclude<NodeFrame, { type: 'hello' | 'proof' | 'bye' }>): void {
    this.#lastSeenAt = this.#parts.clock.now();
    switch (frame.type) {
      case 'aws.started':
        this.#awsStarted(frame.aws);
        return;
      case 'aws.finished':
        this.#awsFinished(frame.aws, frame.evidence);
        return;
      case 'call.done':
        this.#inOrder(() => this.#numbered(frame, async () => this.#calls.done(frame)));
        return;
      case 'proposal.moved':
        this.#inOrder(() => this.#numbered(frame, () => this.#proposalMoved(frame)));
        return;
      case 'proposal.list':
        this.#inOrder(() => this.#parts.reports.proposalsAlive(this.id, frame.live));
        return;
      case 'journal.head':
        this.#inOrder(() => this.#journalHead(frame));
    }
  }

  /** The connection is over; resolves when what had arrived is dealt with and, with `save`, the node is stored. */
  async end({ save }: { save: boolean }): Promise<void> {
    this.#calls.lose(this.id);
    await this.#work;
    // A newer session of the same node has stored newer facts.
    if (save) await this.#parts.store.commit([{ kind: 'node.save', node: this.stored }], []);
  }

  #awsStarted(aws: AwsCall): void {
    const { session } = this.#parts;
    if (this.#recording >= limits.wire.outboxFrames) {
      session.send({ type: 'aws.recorded', id: aws.id, ok: false });
      return;
    }
    this.#recording += 1;
    this.#record(aws).then(
      () => this.#recorded(aws.id, true),
      (error: unknown) => {
        this.#parts.log.warn(
          { node: this.id, aws: aws.id, because: messageOf(error) },
          'an AWS request was stopped',
        );
        this.#recorded(aws.id, false);
      },
    );
  }

  #recorded(id: string, ok: boolean): void {
    this.#recording -= 1;
    this.#parts.session.send({ type: 'aws.recorded', id, ok });
  }

  async #record(aws: AwsCall): Promise<void> {
    const observer = this.#calls.observerOf(aws);
    if (observer !== null) return observer.awsStarted(aws);
    const { reports, store } = this.#parts;
    if (reports.awsStarted !== undefined) return reports.awsStarted(this.id, aws);
    const data = { id: aws.id, action: aws.action, stage: aws.stage };
    const actor = { kind: 'node', id: this.id } as const;
    await store.commit(
      [],
      [{ event: 'aws.started', actor, node: this.id, call: aws.call, cli: aws.cli, data }],
    );
  }

  #awsFinished(aws: AwsCall, evidence: Evidence | null): void {
    if (this.#calls.awsFinished(aws, evidence)) return;
    const { reports, store, log } = this.#parts;
    if (reports.awsFinished !== undefined) {
      reports.awsFinished(this.id, aws, evidence);
      return;
    }
    const data = { id: aws.id, action: aws.action, status: aws.status, ms: aws.ms, evidence: aws.evidence };
    const actor = { kind: 'node', id: this.id } as const;
    store
      .commit(evidence === null ? [] : [{ kind: 'evidence.save', evidence }], [
        { event: 'aws.finished', actor, node: this.id, call: aws.call, cli: aws.cli, data },
      ])
      .catch((error: unknown) =>
        log.error({ because: messageOf(error) }, 'the end of an AWS request was not recorded'),
      );
  }

  /** Remembers how far the node's journal goes, and puts on record that it went back. Never rejects: the next head tells it again. */
  async #journalHead(head: FrameOf<NodeFrame, 'journal.head'>): Promise<void> {
    const { node, store, clock, log } = this.#parts;
    const before = this.#journal;
    const { journal, setBack } = witness(head, { before, welcomed: node.journal, nowMs: clock.now() });
    const { name } = node.inventory;
    const was = before === null ? null : { seq: before.seq, hash: before.hash };
    const data = { detail: setBack, before: was, now: { seq: head.seq, hash: head.hash } };
    const actor = { kind: 'node', id: this.id, name } as const;
    try {
      await store.commit(
        [{ kind: 'node.save', node: { ...this.stored, journal } }],
        setBack === null ? [] : [{ event: 'node.journal-set-back', actor, node: this.id, data }],
      );
      this.#journal = journal;
      if (setBack !== null) log.warn({ node: this.id, because: setBack }, 'the journal of a node went back');
    } catch (error) {
      log.warn({ node: this.id, because: messageOf(error) }, 'the head of a journal was not stored');
    }
  }

  async #proposalMoved(frame: FrameOf<NodeFrame, 'proposal.moved'>): Promise<void> {
    await this.#parts.reports.proposalMoved(this.id, frame.outcome);
  }

  /** Runs `act` for a number not seen before, then acknowledges it. A rejection leaves it unacknowledged. */
  async #numbered(frame: { readonly seq: number }, act: () => Promise<void>): Promise<void> {
    if (frame.seq > this.#lastSeq) {
      await act();
      this.#lastSeq = frame.seq;
    }
    this.#parts.session.send({ type: 'ack', seq: frame.seq });
  }

  #inOrder(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      // Not durable, so not acknowledged. The node repeats it on a new connection.
      this.#parts.log.error({ node: this.id, because: messageOf(error) }, 'a report of a node was not taken');
      this.#parts.session.close('hub-failed', 'A report could not be stored; send it again.');
    });
  }
}
