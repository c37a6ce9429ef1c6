// The calls under way on this node: each is admitted, runs with a deadline, can be stopped, and ends with one result.
// Whatever a tool throws becomes a result; nothing a hub sends can make this fail.

import { AwsCallError, type AwsFailure } from '../contract/aws.ts';
import type { ErrorBody } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import { isChangeTool, type ReadTool } from '../contract/tool.ts';
import type { FrameOf, NodeFrame } from '../contract/wire.ts';
import type { Json } from '../kernel/canonical-json.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { type AdmittedCall, admitCall, type CallFrame } from './admission.ts';
import { awsFailed } from './aws/failed.ts';
import { clip, toJson } from './bounded-json.ts';
import { createGateway } from './gateway.ts';
import type { JournalEvent } from './journal.ts';
import type { NodeParts } from './parts.ts';

export type CallResult = FrameOf<NodeFrame, 'call.done'>['result'];

/** The two ends of a call's time: of patience, and of everything. */
interface CallTime {
  readonly stop: AbortSignal;
  readonly hurry: AbortSignal;
}

/** Prepares the proposal of a change. Throws what makes it impossible. */
export type PrepareChange = (admitted: AdmittedCall, signal: AbortSignal) => Promise<CallResult>;

export class Calls {
  readonly #parts: NodeParts;
  readonly #prepare: PrepareChange;
  /** By id, those whose result somebody waits for. */
  readonly #running = new Map<string, AbortController>();
  readonly #ends = new Set<Promise<void>>();
  #draining = false;

  constructor(parts: NodeParts, prepare: PrepareChange) {
    this.#parts = parts;
    this.#prepare = prepare;
  }

  /** Starts a call; its result is reported to the hub. A call that runs already is left alone. Never throws. */
  start(frame: CallFrame): void {
    if (this.#running.has(frame.call)) return;
    const stop = new AbortController();
    this.#running.set(frame.call, stop);
    const end = this.#run(frame, stop).then((result) => {
      this.#ends.delete(end);
      // Stopped with its connection: what runs under this id by now is another asking.
      if (this.#running.get(frame.call) !== stop) return;
      this.#running.delete(frame.call);
      this.#parts.line.report({ type: 'call.done', call: frame.call, result });
    });
    this.#ends.add(end);
  }

  stop(call: string): void {
    this.#running.get(call)?.abort(fail('cancelled'));
  }

  stopAll(): void {
    for (const stop of this.#running.values()) stop.abort(fail('cancelled'));
  }

  /** The connection is gone and with it whoever waits: what runs is stopped, and its result goes to nobody. */
  abandonAll(): void {
    const abandoned = [...this.#running.values()];
    this.#running.clear();
    for (const stop of abandoned) stop.abort(fail('cancelled'));
  }

  /** Takes no new calls; resolves when the running ones have ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.all(this.#ends);
  }

  /** Never rejects. */
  async #run(frame: CallFrame, stop: AbortController): Promise<CallResult> {
    const { clock, journal, line } = this.#parts;
    const deadlineMs = Math.min(frame.deadlineMs, limits.call.deadlineMs);
    const seconds = Math.max(1, Math.round(deadlineMs / 1000));
    const timer = clock.after(deadlineMs, () =>
      stop.abort(fail('deadline-exceeded', { tool: frame.tool, seconds })),
    );
    const hurry = new AbortController();
    const sooner = clock.after(deadlineMs * limits.call.hurryShare, () => hurry.abort());
    try {
      if (this.#draining || !line.hasRoom || this.#running.size >= limits.call.inFlight) {
        throw fail('node-busy', {
          node: 'this',
          what: this.#draining ? 'it is stopping' : 'too many calls at once',
        });
      }
      const admitted = await admitCall(this.#parts, frame);
      const { conversation, person, agent } = frame.origin;
      const origin = { conversation, person, agent };
      // The work need not wait for this: whatever it sends to AWS is journaled behind it in the same file, and waits for that.
      const [, result] = await Promise.all([
        journal.append({ event: 'call.started', call: frame.call, tool: frame.tool, ...origin }),
        untilAborted(stop.signal, this.#perform(admitted, { stop: stop.signal, hurry: hurry.signal })),
      ]);
      this.#noteEnd({ event: 'call.finished', call: frame.call, status: result.status, error: null });
      return result;
    } catch (error) {
      const result = resultOf(this.#parts, frame.tool, error);
      const event = result.status === 'refused' ? 'call.refused' : 'call.finished';
      const failure = { code: result.error.code, message: result.error.message };
      const tool = clip(frame.tool, 64);
      this.#noteEnd({ event, call: frame.call, tool, status: result.status, error: failure });
      return result;
    } finally {
      timer.cancel();
      sooner.cancel();
    }
  }

  /** Journals the end of a call, which the hub hears of at once: no request follows a write that failed. */
  #noteEnd(entry: JournalEvent): void {
    const { journal, log } = this.#parts;
    journal.appendLater(entry).catch((problem: unknown) => {
      log.error({ because: messageOf(problem) }, 'the end of a call was not journaled');
    });
  }

  #perform(admitted: AdmittedCall, time: CallTime): Promise<CallResult> {
    const { tool } = admitted;
    return isChangeTool(tool) ? this.#prepare(admitted, time.stop) : this.#read(tool, admitted, time);
  }

  async #read(tool: ReadTool, admitted: AdmittedCall, { stop, hurry }: CallTime): Promise<CallResult> {
    const { frame, place, input } = admitted;
    const { redact, clock, budget } = this.#parts;
    const parts = { ...this.#parts, clients: this.#parts.reads };
    const gateway = createGateway(parts, { call: frame.call, tool, place, signal: stop });
    const context = { nowMs: clock.now(), stage: gateway.stage, wait: gateway.wait, hurry };
    // What a tool asked for and did not wait for belongs to its call all the same: its end is on record before that of the call.
    const output = await tool.run(input, gateway.aws, context).finally(() => gateway.idle());
    const checked = tool.output.safeParse(output);
    if (!checked.success)
      throw new Error(
        `its output has another shape than it declares: ${checked.error.issues[0]?.path.join('.')}`,
      );
    const clean: Json = redact.json(toJson(checked.data)).value;
    const bytes = Buffer.byteLength(JSON.stringify(clean));
    if (bytes > limits.call.outputBytes) {
      throw fail('result-too-large', { tool: tool.name, limit: limits.call.outputBytes });
    }
    budget.addBytes(bytes);
    return { status: 'ok', output: clean, evidence: [...gateway.evidence()] };
  }
}

/** `work`, unless `signal` ends it first; then the reason of the signal. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

type Unsuccessful = Extract<CallResult, { status: 'refused' | 'failed' }>;

/** What the planner is told about something a tool or its admission threw. */
function resultOf(parts: NodeParts, tool: string, thrown: unknown): Unsuccessful {
  if (thrown instanceof AwsCallError) return { status: 'failed', error: awsErrorBody(thrown.failure) };
  if (thrown instanceof LockkeeperError) {
    // A refusal stays true when it is tried again; anything else may pass.
    const stays = thrown.status < 500 && thrown.status !== 429;
    return { status: stays ? 'refused' : 'failed', error: redacted(parts, thrown.toJSON()) };
  }
  parts.log.error({ tool, because: messageOf(thrown) }, 'a tool failed');
  return {
    status: 'failed',
    error: redacted(parts, fail('tool-failed', { tool, detail: clip(messageOf(thrown), 500) }).toJSON()),
  };
}

/** `aws-failed`, or our own code for a request that was stopped before it left. */
function awsErrorBody(failure: AwsFailure): ErrorBody {
  const { kind, code, message } = failure;
  const ours = code === 'aws-credentials-missing' || code === 'aws-region-missing';
  if (kind === 'stopped' && !ours) return { code, message, next: 'Nothing was sent to AWS.' };
  return awsFailed(failure).toJSON();
}

function redacted(parts: NodeParts, error: ErrorBody): ErrorBody {
  return { ...error, message: clip(parts.redact.text(error.message).text, 2_000) };
}
