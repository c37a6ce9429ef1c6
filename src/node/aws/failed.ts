// The error a person reads for a failed AWS request: what broke, and the one thing to do about this very failure.

import type { AwsFailure } from '../../contract/aws.ts';
import { type ErrorCode, fail } from '../../contract/errors.ts';
import type { LockkeeperError } from '../../kernel/errors.ts';
import { badCredentialNames } from './failure.ts';

/** Refused because of when it was signed, or with what. */
const badSignature = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

const byKind: Readonly<Record<AwsFailure['kind'], string>> = {
  denied: 'Allow this action for this identity; `lockkeeper iam-policy` prints the document.',
  'not-found': 'Check the name, the account and the region.',
  throttled: 'Ask again in a moment.',
  invalid: 'Correct the input and ask again.',
  timeout: 'Ask again; if it stays so, look at the network between here and AWS.',
  unreachable: 'Check the network between here and AWS, and AWS_ENDPOINT_URL where it is set.',
  stopped: 'Nothing was sent to AWS.',
  other: 'Ask again; AWS had an error of its own.',
};

/** What to do about `failure`, in one sentence. */
export function adviceOn({ kind, code }: Pick<AwsFailure, 'kind' | 'code'>): string {
  if (badCredentialNames.has(code))
    return 'Renew the credentials (AWS_PROFILE or the AWS_* keys) where this runs.';
  if (badSignature.has(code)) return 'Set the clock of this machine right, and check the secret key.';
  if (code === 'NotFromAws')
    return 'Look at what is between here and AWS: a proxy, the sign-in page of a network, or a wrong AWS_ENDPOINT_URL.';
  if (code === 'AnswerTooLarge') return 'Ask for less at once: one cluster, one service, a shorter time.';
  if (code === 'AnswerUnreadable' || code.startsWith('HTTP '))
    return 'Ask again in a moment; if it stays so, look at the proxy or the endpoint between here and AWS.';
  return byKind[kind];
}

/** `aws-failed`, or the code of our own that says it better. */
export function awsFailed(
  failure: Pick<AwsFailure, 'kind' | 'action' | 'code' | 'message'>,
  cause?: unknown,
): LockkeeperError<ErrorCode> {
  const { action, code, message } = failure;
  if (code === 'aws-credentials-missing' || code === 'aws-region-missing') return fail(code, {}, cause);
  const detail = /[.!?]\s*$/.test(message) ? message : `${message}.`;
  return fail('aws-failed', { action, code, detail, advice: adviceOn(failure) }, cause);
}
