// What the SDK throws, as the expected failures of the table. Details are short, of one line, and never hold a key.
// Errors are told apart by name and status, so that the SDK need not be loaded to look at one.

import { fail } from '../../contract/errors.ts';
import { LockkeeperError, messageOf } from '../../kernel/errors.ts';

/** The failure to report for anything a request threw. */
export function failureOf(thrown: unknown, model: string): LockkeeperError {
  if (thrown instanceof LockkeeperError) return thrown;
  if (nameOf(thrown) === 'APIUserAbortError' || nameOf(thrown) === 'AbortError')
    return fail('cancelled', {}, thrown);
  return fail('model-unavailable', { detail: detailOf(thrown, model) }, thrown);
}

/** True when the same request may succeed a moment later and the SDK has not tried again itself: a stream that broke. */
export function isBrokenStream(thrown: unknown): boolean {
  if (thrown instanceof LockkeeperError || nameOf(thrown) === 'APIUserAbortError') return false;
  const status = statusOf(thrown);
  return status === undefined && !isTimeout(thrown);
}

function detailOf(thrown: unknown, model: string): string {
  switch (statusOf(thrown)) {
    case 400:
      return `it refused the request: ${messageText(thrown)}`;
    case 401:
      return 'the API key is not accepted';
    case 402:
      return 'the account has no credit left';
    case 403:
      return `the API key may not use ${model}`;
    case 404:
      return `there is no model named ${model}`;
    case 413:
      return 'the conversation is too long for one request';
    case 429:
      return 'too many requests at this time';
    case 529:
      return 'it is overloaded at this time';
    case undefined:
      return isTimeout(thrown) ? 'no answer in time' : `the connection failed (${messageText(thrown)})`;
    default:
      return `it answered with status ${statusOf(thrown)}`;
  }
}

function isTimeout(thrown: unknown): boolean {
  return nameOf(thrown) === 'APIConnectionTimeoutError';
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  return thrown.name === 'Error' ? thrown.constructor.name : thrown.name;
}

function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number'
    ? thrown.status
    : undefined;
}

const DETAIL_CHARS_MAX = 200;

function messageText(thrown: unknown): string {
  return messageOf(thrown)
    .replace(/[\s\p{C}]+/gu, ' ')
    .replace(/sk-[\w-]{6,}/g, '[key]')
    .slice(0, DETAIL_CHARS_MAX);
}
