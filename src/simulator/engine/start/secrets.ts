// Secrets: what the containers' `secrets`, their loggers' `secretOptions` and the credentials of private registries name,
// read from Secrets Manager and Parameter Store as the execution role, before anything is pulled.
//
// What a snapshot does not say: secrets and parameters of other accounts and regions are there and open; a secret's value
// is never in a snapshot, but a recorded secret may list the names in it as `JsonKeys`.

import type { Snapshot } from '../../../contract/snapshot.ts';
import { type ApiAnswer, callApi } from '../../physics/aws-api.ts';
import type { Container } from '../application.ts';
import {
  containersOf,
  executionCaller,
  NO_ANSWER_MS,
  preparationFailed,
  REFUSED_MS,
  requestId,
  type StartAttempt,
  type StartFailure,
  type StartStep,
} from './start-attempt.ts';

type Secret = Snapshot['secretsmanager']['secrets'][number];
type Parameter = Snapshot['ssm']['parameters'][number];

export const readSecrets: StartStep = (attempt) => {
  const references = containersOf(attempt).flatMap(referencesOf);
  for (const reference of references) {
    const failure = reference.includes(':secretsmanager:')
      ? readSecret(attempt, reference)
      : readParameter(attempt, reference);
    if (failure !== undefined) return failure;
  }
  return undefined;
};

function referencesOf(container: Container): string[] {
  const credentials = container.repositoryCredentials?.credentialsParameter;
  return [
    ...(credentials === undefined ? [] : [credentials]),
    ...(container.secrets ?? []).map((secret) => secret.valueFrom ?? ''),
    ...(container.logConfiguration?.secretOptions ?? []).map((secret) => secret.valueFrom ?? ''),
  ].filter((reference) => reference !== '');
}

function readSecret(attempt: StartAttempt, reference: string): StartFailure | undefined {
  const { state } = attempt.world.account;
  // arn:aws:secretsmanager:<region>:<account>:secret:<name>[:<json key>[:<stage>[:<version>]]]
  const parts = reference.split(':');
  const [, , , region = '', account = ''] = parts;
  const arn = parts.slice(0, 7).join(':');
  const local = region === state.account.region && account === state.account.id;
  const secret = findSecret(state, arn);
  const fail = (times: number, error: string) =>
    secretFailed(attempt, {
      kind: 'asm',
      times,
      what: `failed to fetch secret ${arn} from secrets manager: ${error}`,
      region,
    });
  const answer = callApi(state, executionCaller(attempt), {
    host: `secretsmanager.${region}.amazonaws.com`,
    action: 'secretsmanager:GetSecretValue',
    resource: secret?.ARN ?? arn,
    resourcePolicy: secret?.ResourcePolicy,
    owner: account,
  });
  if (answer.kind === 'no-answer') return fail(5, NO_ANSWER_WORDS);
  if (answer.kind === 'denied') return fail(1, awsAnswer(attempt, answer));
  if (!local) return undefined;
  if (secret === undefined)
    return fail(
      1,
      awsError(attempt, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
    );
  if (secret.DeletedDate !== undefined)
    return fail(
      1,
      awsError(
        attempt,
        "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
      ),
    );
  if (!mayDecrypt(attempt, { key: secret.KmsKeyId, own: 'alias/aws/secretsmanager' }))
    return fail(1, awsError(attempt, 'AccessDeniedException: Access to KMS is not allowed'));
  const jsonKey = parts[7] ?? '';
  const known = secret.JsonKeys;
  if (jsonKey !== '' && Array.isArray(known) && !known.includes(jsonKey))
    return secretFailed(attempt, {
      kind: 'asm',
      times: 1,
      what: `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`,
      region,
    });
  return undefined;
}

function readParameter(attempt: StartAttempt, reference: string): StartFailure | undefined {
  const { id, region: here, state } = attempt.world.account;
  const parts = reference.split(':');
  const isArn = reference.startsWith('arn:');
  const region = isArn ? (parts[3] ?? here) : here;
  const account = isArn ? (parts[4] ?? id) : id;
  const name = isArn
    ? parts
        .slice(5)
        .join(':')
        .replace(/^parameter/, '')
    : reference;
  const parameter = state.ssm.parameters.find((one) => plain(one.Name) === plain(name));
  const fail = (times: number, what: string) => secretFailed(attempt, { kind: 'ssm', times, what, region });
  const answer = callApi(state, executionCaller(attempt), {
    host: `ssm.${region}.amazonaws.com`,
    action: 'ssm:GetParameters',
    resource: `arn:aws:ssm:${region}:${account}:parameter/${plain(name)}`,
    owner: account,
  });
  if (answer.kind === 'no-answer') return fail(5, NO_ANSWER_WORDS);
  if (answer.kind === 'denied') return fail(1, awsAnswer(attempt, answer));
  if (region !== here || account !== id) return undefined;
  if (parameter === undefined) return fail(1, `invalid parameters: ${isArn ? name : reference}`);
  if (
    parameter.Type === 'SecureString' &&
    !mayDecrypt(attempt, { key: parameter.KeyId, own: 'alias/aws/ssm' })
  )
    return fail(
      1,
      awsError(
        attempt,
        'AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      ),
    );
  return undefined;
}

const NO_ANSWER_WORDS =
  'RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.';

function secretFailed(
  attempt: StartAttempt,
  failure: { kind: 'asm' | 'ssm'; times: number; what: string; region: string },
): StartFailure {
  const { kind, times, what, region } = failure;
  const tookMs = times > 1 ? NO_ANSWER_MS : REFUSED_MS;
  if (!attempt.fargate) {
    const source =
      kind === 'asm' ? `AWS Secrets Manager in region ${region}` : `SSM Parameter Store in ${region}`;
    return { stoppedReason: `Fetching secret data from ${source}: ${what}`, tookMs };
  }
  const noun = kind === 'asm' ? 'secret from asm' : 'secrets from ssm';
  return preparationFailed(
    `unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ${noun}: service call has been retried ${times} time(s): ${what}`,
    tookMs,
  );
}

/** The whole ARN, or one without the six characters that Secrets Manager appends to the name. */
function findSecret(state: Snapshot, arn: string): Secret | undefined {
  const { secrets } = state.secretsmanager;
  return (
    secrets.find((one) => one.ARN === arn) ??
    secrets.find((one) => one.ARN.replace(/-[A-Za-z0-9]{6}$/, '') === arn)
  );
}

/** AWS's own key for the service needs no permission; any other needs kms:Decrypt. */
function mayDecrypt(attempt: StartAttempt, { key, own }: { key: unknown; own: string }): boolean {
  if (typeof key !== 'string' || key === '' || key.endsWith(own)) return true;
  const { id, region, state } = attempt.world.account;
  const resource = key.startsWith('arn:')
    ? key
    : `arn:aws:kms:${region}:${id}:${key.startsWith('alias/') ? key : `key/${key}`}`;
  // The service itself calls KMS, so the network of the task plays no part.
  const caller = { ...executionCaller(attempt), from: undefined };
  const host = `kms.${region}.amazonaws.com`;
  return callApi(state, caller, { host, action: 'kms:Decrypt', resource }).kind === 'done';
}

/** Parameter names are the same with and without a leading slash in ARNs. */
function plain(name: Parameter['Name']): string {
  return name.replace(/^\//, '');
}

/** A refusal as the AWS SDK prints it. */
export function awsAnswer(attempt: StartAttempt, answer: Extract<ApiAnswer, { kind: 'denied' }>): string {
  return awsError(attempt, `AccessDeniedException: ${answer.message}`);
}

export function awsError(attempt: StartAttempt, text: string): string {
  return `${text} status code: 400, request id: ${requestId(attempt)}`;
}
