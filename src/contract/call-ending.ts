// How a call that did not succeed ended, in words for people. A result keeps apart what stays true and what may pass; people keep apart what
// somebody refused and what is merely not there.

import type { ErrorCode } from './errors.ts';

const NOT_THERE: readonly ErrorCode[] = [
  'cluster-unknown',
  'service-unknown',
  'resource-unknown',
  'logs-unavailable',
];
const WORDS: ReadonlyMap<string, CallEnding> = new Map([
  ...NOT_THERE.map((code) => [code, 'not found'] as const),
  ['name-ambiguous', 'not clear'],
  ['change-unneeded', 'not needed'],
]);

export type CallEnding = 'not found' | 'not clear' | 'not needed' | 'refused' | 'failed';

/** The word for a call that ended with `status` and the error `code`, which may be one of a newer hub. */
export function callEnding(status: 'refused' | 'failed', code: string): CallEnding {
  return WORDS.get(code) ?? status;
}
