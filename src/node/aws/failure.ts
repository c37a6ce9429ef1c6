// What an AWS request's failure means, for JSON, Query and EC2 services alike: one of the kinds of the contract, and for a
// change whether it can have taken effect. When that is not certain, it says so: nothing is ever assumed to have failed.

import type { AwsFailureKind } from '../../contract/aws.ts';
import { LockkeeperError } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import { AnswerError, foreign } from './answer-guard.ts';
import { isBrokenOff, isPlainForTls, plainWords } from './failure-text.ts';

export interface ClassifiedFailure {
  readonly kind: AwsFailureKind;
  /** AWS's error name, or a code of our own when `kind` is `stopped`. */
  readonly code: string;
  /** As AWS wrote it: hostile text, neither redacted nor bounded yet. Without an answer of AWS: what broke, without a full stop. */
  readonly message: string;
  /** Whether a change may have been applied although the request failed. */
  readonly mayHaveApplied: boolean;
}

/** Error names that are about the credentials themselves: no permission would help (AWS "Common Errors" pages). */
export const badCredentialNames: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'UnrecognizedClientException',
]);

/** Error names of an identity that may not, or is not known (AWS "Common Errors" and EC2 "Error codes" pages). */
const deniedNames = new Set([
  ...badCredentialNames,
  'AccessDenied',
  'AccessDeniedException',
  'Blocked',
  'NotAuthorized',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnauthorizedOperation',
]);

const throttledNames = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);

/** System errors that mean no byte of the request reached AWS. */
const undelivered = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Classifies whatever `client.send` threw. Never throws. */
export function classifyFailure(thrown: unknown): ClassifiedFailure {
  if (thrown instanceof LockkeeperError) {
    // The caller gave up while the request was under way.
    return { kind: 'stopped', code: thrown.code, message: thrown.message, mayHaveApplied: true };
  }
  if (thrown instanceof AnswerError) return unusable(thrown);
  const error = new Thrown(thrown);
  const { name, message, status } = error;
  const known = { code: name, message };
  if (
    /^(CredentialsProviderError|TokenProviderError)$/.test(name) ||
    /Could not load credentials/.test(message)
  ) {
    return { kind: 'stopped', code: 'aws-credentials-missing', message, mayHaveApplied: false };
  }
  if (/^Region is missing/.test(message)) {
    return { kind: 'stopped', code: 'aws-region-missing', message, mayHaveApplied: false };
  }
  if (status === null) return withoutAnswer(error);
  if (/\n\s*Deserialization error: /.test(message)) {
    const what = `the answer (HTTP ${status}) is not in the format of AWS`;
    return { kind: 'other', code: 'AnswerUnreadable', message: what, mayHaveApplied: true };
  }
  // AWS names its errors; a number alone must not be taken for "denied" or "not found".
  if (/^Unknown(?:Error)?$/.test(name))
    return unusable(foreign('the endpoint', status, `HTTP ${status} without a message`));
  if (throttledNames.has(name) || status === 429)
    return { kind: 'throttled', ...known, mayHaveApplied: false };
  if (deniedNames.has(name) || status === 401 || status === 403) {
    return { kind: 'denied', ...known, mayHaveApplied: false };
  }
  if (/NotFound|NotExist|NoSuch/.test(name) || status === 404) {
    return { kind: 'not-found', ...known, mayHaveApplied: false };
  }
  if (status >= 400 && status < 500) return { kind: 'invalid', ...known, mayHaveApplied: false };
  // AWS failed inside (5xx), or answered 2xx with something unreadable: either may follow an applied change.
  return { kind: 'other', ...known, mayHaveApplied: true };
}

function unusable({ name: code, kind, message }: AnswerError): ClassifiedFailure {
  // Whatever answered, the request may have gone on from there.
  return { kind, code, message, mayHaveApplied: true };
}

function withoutAnswer(error: Thrown): ClassifiedFailure {
  const { name, system } = error;
  const message = plainWords(system, error.message);
  if (isPlainForTls(error.message))
    return { kind: 'unreachable', code: system || name, message, mayHaveApplied: false };
  if (isBrokenOff(system, error.message))
    return { kind: 'unreachable', code: system || 'ECONNRESET', message, mayHaveApplied: true };
  if (undelivered.has(system)) return { kind: 'unreachable', code: system, message, mayHaveApplied: false };
  if (/connect(ion)? time(d )?out|establish a connection/i.test(error.message)) {
    const what = 'no connection to the endpoint came about in time';
    return { kind: 'unreachable', code: system || name, message: what, mayHaveApplied: false };
  }
  if (/^(AbortError|TimeoutError)$/.test(name)) {
    const what = `no complete answer came within ${limits.call.awsCallMs / 1_000} s`;
    return { kind: 'timeout', code: 'TimeoutError', message: what, mayHaveApplied: true };
  }
  if (system === 'ETIMEDOUT') return { kind: 'timeout', code: system, message, mayHaveApplied: true };
  if (/^E[A-Z]+$/.test(system)) return { kind: 'unreachable', code: system, message, mayHaveApplied: true };
  return { kind: 'other', code: name, message, mayHaveApplied: true };
}

/** The parts of a thrown value that are looked at, each with a safe default. */
class Thrown {
  readonly name: string;
  readonly message: string;
  /** The system error, such as ECONNREFUSED; empty when there is none. */
  readonly system: string;
  /** The HTTP status of AWS's answer; null when there was none. */
  readonly status: number | null;

  constructor(thrown: unknown) {
    this.name = textOf(thrown, 'name') || 'Error';
    this.message = textOf(thrown, 'message') || String(thrown);
    this.system = textOf(thrown, 'code') || textOf(memberOf(thrown, 'cause'), 'code');
    const status = memberOf(memberOf(thrown, '$metadata'), 'httpStatusCode');
    this.status = typeof status === 'number' ? status : null;
  }
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  // Any object may be asked for any key; what comes back is `unknown` and checked by the caller.
  return (value as Record<string, unknown>)[key];
}

function textOf(value: unknown, key: string): string {
  const member = memberOf(value, key);
  return typeof member === 'string' ? member : '';
}
