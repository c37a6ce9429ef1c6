// Keeps the node connected: dials, waits with full jitter after each failure, dials again.
//
//   initial ─► connecting ◄─► open ─► draining ─► closed
//
// Two answers of a hub are final until a person acts: a join token it does not take, and a key other than the pinned one.

import { fail } from '../contract/errors.ts';
import type { NodeInventory } from '../contract/wire.ts';
import { invariant } from '../kernel/assert.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import type { LockkeeperError } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import { type Accepted, type Connection, type ConnectionEnd, dialHub, type WorkFrame } from './connection.ts';
import type { Wire } from './hub-line.ts';
import type { Identity } from './identity.ts';

export type DiallerState = 'initial' | 'connecting' | 'open' | 'draining' | 'closed';

export interface DiallerOptions {
  readonly url: string;
  readonly identity: Identity;
  readonly joinToken: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the node serves, found out anew for each connection. Must not reject. */
  inventory(): Promise<NodeInventory>;
  /** A random number in [0, 1). */
  random(): number;
  /** The node was accepted for the first time. A rejection ends the connection; the next one tries again. */
  onJoined(joined: { readonly node: string; readonly hubKey: string }): Promise<void>;
  /** Must not throw. */
  onOpen(wire: Wire, welcome: Accepted): void;
  onFrame(frame: WorkFrame): void;
  onLost(): void;
}

export class Dialler {
  readonly #options: DiallerOptions;
  #state: DiallerState = 'initial';
  #connection: Connection | null = null;
  #pause: { timer: Timer; end(): void } | null = null;
  #failures = 0;
  #loop: Promise<void> | null = null;
  #waiting: { resolve(): void; reject(error: LockkeeperError): void }[] = [];
  #final: LockkeeperError | null = null;

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  get state(): DiallerState {
    return this.#state;
  }

  /** Starts to dial and keeps at it until `close`. */
  start(): void {
    invariant(this.#state === 'initial', 'a dialler starts once');
    this.#state = 'connecting';
    this.#loop = this.#dialForever();
  }

  /** Resolves at the next (or present) open connection. Throws `join-token-invalid` or `hub-identity-changed` when there will be none. */
  whenConnected(): Promise<void> {
    if (this.#state === 'open') return Promise.resolve();
    if (this.#final !== null) return Promise.reject(this.#final);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Ends the present connection; the next one tells the hub the inventory of then. */
  redial(): void {
    if (this.#state === 'open') this.#connection?.close();
  }

  /** Says that no new work is taken; the connection stays until `close`. */
  drain(): void {
    if (this.#state !== 'closed') this.#state = 'draining';
  }

  /** Ends the connection and dials no more. */
  async close(): Promise<void> {
    this.#state = 'closed';
    this.#connection?.close();
    this.#pause?.end();
    await this.#loop;
  }

  async #dialForever(): Promise<void> {
    while (this.#isDialling()) {
      const inventory = await this.#options.inventory();
      if (!this.#isDialling()) return;
      const end = await this.#connectOnce(inventory);
      if (!this.#isDialling()) return;
      this.#state = this.#state === 'draining' ? 'draining' : 'connecting';
      this.#note(end);
      if (this.#final?.code === 'join-token-invalid') return;
      await this.#wait(end);
    }
  }

  /** Draining ends with `close`, and a connection lost while draining is made again so that outcomes can be told. */
  #isDialling(): boolean {
    return this.#state !== 'closed';
  }

  async #connectOnce(inventory: NodeInventory): Promise<ConnectionEnd> {
    const { url, identity, clock } = this.#options;
    const membership = identity.membership();
    let opened = false;
    const facts = {
      key: identity.key,
      url,
      pinnedHubKey: membership?.hubKey ?? null,
      joinToken: this.#options.joinToken,
      inventory,
    };
    const early: WorkFrame[] = [];
    const connection = dialHub({
      facts,
      clock,
      onOpen: (wire, welcome) => {
        this.#accept(welcome).then(
          () => {
            opened = true;
            this.#opened(wire, welcome);
            for (const frame of early) this.#options.onFrame(frame);
          },
          () => connection.close(),
        );
      },
      onFrame: (frame) => {
        if (opened) this.#options.onFrame(frame);
        else if (early.length < limits.wire.outboxFrames) early.push(frame);
      },
    });
    this.#connection = connection;
    const end = await connection.ended;
    this.#connection = null;
    if (opened) this.#options.onLost();
    return end;
  }

  async #accept(welcome: { readonly node: string; readonly hubKey: string }): Promise<void> {
    const known = this.#options.identity.membership();
    if (known?.node === welcome.node) return;
    await this.#options.onJoined(welcome);
  }

  #opened(wire: Wire, welcome: Accepted): void {
    if (this.#state === 'connecting') this.#state = 'open';
    this.#failures = 0;
    this.#final = null;
    this.#options.onOpen(wire, welcome);
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
  }

  #note(end: ConnectionEnd): void {
    this.#options.log.info({ code: end.code, because: end.detail }, 'the connection to the hub ended');
    const url = this.#options.url;
    if (end.code === 'join-token-invalid') this.#final = fail('join-token-invalid');
    else if (end.code === 'hub-identity-changed') this.#final = fail('hub-identity-changed', { url });
    else return;
    for (const { reject } of this.#waiting) reject(this.#final);
    this.#waiting = [];
  }

  /** Full jitter: anywhere between nothing and a bound that doubles with each failure. */
  #wait(end: ConnectionEnd): Promise<void> {
    const { reconnectMinMs, reconnectMaxMs } = limits.wire;
    this.#failures += 1;
    // Somebody with the same key took over, or a person has to act: there is no hurry.
    const patient = end.code === 'replaced' || end.code === 'hub-identity-changed';
    const bound = patient
      ? reconnectMaxMs
      : Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#failures, 16));
    const delayMs = patient ? bound : this.#options.random() * bound;
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(delayMs, resolve);
      this.#pause = {
        timer,
        end: () => {
          timer.cancel();
          resolve();
        },
      };
    });
  }
}
