// The calls a connected node is working on, each with the observer that must hear of its AWS requests.
// Every call ends exactly once: by its result, by its deadline, by being stopped, or with the connection.

import type { AwsCall, ErrorBody, Evidence } from '../contract/call.ts';
import { type ErrorCode, fail } from '../contract/errors.ts';
import type { FrameOf, HubFrame, NodeFrame } from '../contract/wire.ts';
import type { Clock } from '../kernel/clock.ts';
import type { ErrorParams } from '../kernel/errors.ts';
import type { NodeCall, NodeCallObserver, NodeCallResult } from './port.ts';

interface InFlight {
  readonly observer: NodeCallObserver;
  end(result: NodeCallResult): void;
}

/** How much longer than the node itself the hub waits, so that the node's own account of a deadline arrives. */
const GRACE_MS = 2_000;

export class CallsInFlight {
  readonly #calls = new Map<string, InFlight>();
  readonly #clock: Clock;
  readonly #send: (frame: HubFrame) => void;

  constructor(clock: Clock, send: (frame: HubFrame) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Sends `call` and resolves with how it ended. Never rejects. */
  run(call: NodeCall, observer: NodeCallObserver, signal: AbortSignal): Promise<NodeCallResult> {
    if (signal.aborted) return Promise.resolve(refused('cancelled'));
    if (this.#calls.has(call.call))
      return Promise.resolve(failed('node-busy', { node: 'this', what: 'the call runs already' }));
    return new Promise((resolve) => {
      const stop = () => {
        this.#send({ type: 'call.cancel', call: call.call });
        end(refused('cancelled'));
      };
      const timer = this.#clock.after(call.deadlineMs + GRACE_MS, () => {
        this.#send({ type: 'call.cancel', call: call.call });
        end(failed('deadline-exceeded', { tool: call.tool, seconds: Math.round(call.deadlineMs / 1000) }));
      });
      const end = (result: NodeCallResult) => {
        if (!this.#calls.delete(call.call)) return;
        timer.cancel();
        signal.removeEventListener('abort', stop);
        resolve(result);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#calls.set(call.call, { observer, end });
      this.#send({ type: 'call.run', ...call });
    });
  }

  /** The observer of the call that `aws` belongs to; null when no such call is in flight. */
  observerOf(aws: AwsCall): NodeCallObserver | null {
    return this.#calls.get(aws.call)?.observer ?? null;
  }

  awsFinished(aws: AwsCall, evidence: Evidence | null): boolean {
    const observer = this.observerOf(aws);
    observer?.awsFinished(aws, evidence);
    return observer !== null;
  }

  /** Ends the call that `frame` names; a result nobody waits for any more is dropped. */
  done(frame: FrameOf<NodeFrame, 'call.done'>): void {
    this.#calls.get(frame.call)?.end(frame.result);
  }

  /** The connection is over: everything still open is lost. */
  lose(node: string): void {
    for (const call of [...this.#calls.values()]) call.end(failed('node-lost', { node }));
  }
}

export function refused(code: ErrorCode, params: ErrorParams = {}): NodeCallResult {
  return { status: 'refused', error: bodyOf(code, params) };
}

export function failed(code: ErrorCode, params: ErrorParams = {}): NodeCallResult {
  return { status: 'failed', error: bodyOf(code, params) };
}

function bodyOf(code: ErrorCode, params: ErrorParams): ErrorBody {
  return fail(code, params).toJSON();
}
