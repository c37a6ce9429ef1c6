// One AWS request from its announcement to its end. Nothing is sent before the journal and the hub's audit log both have
// it on disk; whatever comes back is redacted and bounded before anybody outside the tool sees it.

import { createHash } from 'node:crypto';
import type { AwsAction, AwsFailure } from '../contract/aws.ts';
import type { AwsCall, Evidence } from '../contract/call.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { RawAnswer } from './aws/clients.ts';
import { classifyFailure } from './aws/failure.ts';
import { boundedJson, clip, toJson } from './bounded-json.ts';
import type { RequestParts } from './parts.ts';

export interface AwsRequestOptions {
  readonly call: string;
  readonly stage: string;
  readonly region: string;
  readonly action: AwsAction;
  readonly input: object;
  readonly signal: AbortSignal;
  /** Runs when everything is on disk and the request is about to leave. */
  readonly beforeSend?: () => void | Promise<void>;
  /** Runs when AWS has answered, before the answer is looked at. */
  readonly afterSend?: () => void | Promise<void>;
}

export type AwsRequestEnd =
  | {
      readonly ok: true;
      readonly output: Record<string, unknown>;
      readonly requestId: string | null;
      readonly evidence: string;
    }
  | { readonly ok: false; readonly failure: AwsFailure; readonly mayHaveApplied: boolean };

const MESSAGE_CHARS = 1_000;

/** Announces, sends and tells the end of one request. Never throws: what goes wrong is the answer. */
export async function performAwsRequest(
  parts: RequestParts,
  options: AwsRequestOptions,
): Promise<AwsRequestEnd> {
  const { clock, line, journal } = parts;
  const started = startedCall(parts, options);
  try {
    const { id, call, action, cli } = started;
    await Promise.all([
      journal.append({ event: 'aws.started', aws: id, call, action, cli }),
      line.announce(started),
    ]);
    options.signal.throwIfAborted();
    await options.beforeSend?.();
  } catch (error) {
    return notSent(parts, started, error);
  }
  const startMs = clock.monotonic();
  const timeout = new AbortController();
  const timer = clock.after(limits.call.awsCallMs, () => timeout.abort());
  try {
    const signal = AbortSignal.any([options.signal, timeout.signal]);
    const answer = await parts.clients.send(options.action, options.input, signal);
    await options.afterSend?.();
    return answered(parts, started, answer, sinceMs(clock, startMs));
  } catch (error) {
    // A caller that gave up is the better reason than the abort it caused.
    const reason: unknown = options.signal.aborted ? options.signal.reason : error;
    return failed(parts, started, reason, sinceMs(clock, startMs));
  } finally {
    timer.cancel();
  }
}

function startedCall(parts: RequestParts, options: AwsRequestOptions): AwsCall {
  const startedAt = Math.trunc(parts.clock.now());
  const { action, call, stage, region } = options;
  // A request is a JSON object by its type; the round trip drops members without a value.
  const input = toJson(options.input) as Readonly<Record<string, Json>>;
  const cli = clip(parts.redact.text(parts.renderCli(action, input, { region })).text, limits.call.cliChars);
  return {
    id: newId('aws', startedAt),
    call,
    action,
    cli,
    stage,
    startedAt,
    status: 'started',
    ms: null,
    evidence: null,
    error: null,
  };
}

function answered(parts: RequestParts, started: AwsCall, answer: RawAnswer, ms: number): AwsRequestEnd {
  const { value, count } = parts.redact.json(toJson(answer.output));
  const kept = keep(parts, started, value, count);
  finish(parts, { ...started, status: 'ok', ms, evidence: kept.id }, kept, answer);
  return { ok: true, output: answer.output, requestId: answer.requestId, evidence: kept.id };
}

function failed(parts: RequestParts, started: AwsCall, thrown: unknown, ms: number): AwsRequestEnd {
  const { kind, code, message, mayHaveApplied } = classifyFailure(thrown);
  const { text, count } = parts.redact.text(message);
  const error = { code: clip(code, 200), message: clip(text, MESSAGE_CHARS) };
  const kept = keep(parts, started, { error }, count);
  const status = kind === 'denied' ? 'denied' : 'failed';
  finish(parts, { ...started, status, ms, evidence: kept.id, error }, kept, {
    requestId: requestIdOf(thrown),
    attempts: 1,
  });
  const action = started.action as AwsAction; // It was set from an AwsAction a few lines up.
  return { ok: false, failure: { kind, action, ...error, evidence: kept.id }, mayHaveApplied };
}

/** The request did not leave: it was stopped, or could not be written down. */
function notSent(parts: RequestParts, started: AwsCall, thrown: unknown): AwsRequestEnd {
  const reason: unknown = thrown;
  const code = reason instanceof LockkeeperError ? reason.code : 'cancelled';
  const error = { code, message: clip(messageOf(reason), MESSAGE_CHARS) };
  finish(parts, { ...started, status: 'failed', ms: 0, error }, null, { requestId: null, attempts: 0 });
  const action = started.action as AwsAction; // It was set from an AwsAction in `startedCall`.
  return { ok: false, failure: { kind: 'stopped', action, ...error }, mayHaveApplied: false };
}

function keep(parts: RequestParts, started: AwsCall, value: Json, redactions: number): Evidence {
  const at = Math.trunc(parts.clock.now());
  const { text, truncated } = boundedJson(value, limits.evidence.bytes);
  const { id: aws, call, action, cli } = started;
  return { id: newId('ev', at), aws, call, action, cli, at, body: text, truncated, redactions };
}

function finish(
  parts: RequestParts,
  ended: AwsCall,
  evidence: Evidence | null,
  answer: { readonly requestId: string | null; readonly attempts: number },
): void {
  parts.budget.addBytes(evidence === null ? 0 : Buffer.byteLength(evidence.body));
  parts.line.finished(ended, evidence);
  const evidenceSha256 = evidence === null ? null : createHash('sha256').update(evidence.body).digest('hex');
  const { id: aws, call, status, error } = ended;
  const { requestId, attempts } = answer;
  // The end of a request stands behind its start in the same file, and no request follows a write that failed.
  parts.journal
    .appendLater({ event: 'aws.finished', aws, call, status, requestId, attempts, evidenceSha256, error })
    .catch((problem: unknown) =>
      parts.log.error({ because: messageOf(problem) }, 'the end of an AWS request was not journaled'),
    );
}

/** Milliseconds since `startMs`, to a tenth. */
function sinceMs(clock: Clock, startMs: number): number {
  return Math.round((clock.monotonic() - startMs) * 10) / 10;
}

function requestIdOf(thrown: unknown): string | null {
  if (typeof thrown !== 'object' || thrown === null || !('$metadata' in thrown)) return null;
  const metadata = thrown.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('requestId' in metadata)) return null;
  return typeof metadata.requestId === 'string' ? clip(metadata.requestId, 128) : null;
}
