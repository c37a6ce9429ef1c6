// Corners of secrets: keys that refuse, are switched off or gone, and what belongs to another account.

import { found, type World } from './base.ts';
import { allow, policy } from './base-roles.ts';
import { type Corner, corner } from './corner.ts';
import { role } from './iam.ts';
import { failedToStart, failing } from './incident.ts';
import { theContainer } from './workload.ts';

const KEY = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const STRANGER = '919192929393';

const decrypt = policy('use-key', allow(['kms:Decrypt', 'kms:DescribeKey']));
const ownSecret = (w: World) => w.arn('secretsmanager', `secret:${w.place.cluster}/database-Ab3dE9`);

const asm = (secret: string, error: string) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret} from secrets manager: ${error} status code: 400, request id: 7a0e3b52-3f4e-4f02-9d43-5a9b0b0d9f11`;
const ssm = (error: string) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${error} status code: 400, request id: 7a0e3b52-3f4e-4f02-9d43-5a9b0b0d9f11`;

/** The secret of the database under a customer's key, with this policy and state. */
function underKey(w: World, key: Record<string, unknown>): void {
  const secret = found(w.snapshot.secretsmanager.secrets[0], 'secret');
  secret['KmsKeyId'] = w.arn('kms', `key/${KEY}`);
  w.snapshot.kms.keys.push({ KeyId: KEY, ...key });
  role(w, 'execution').policies = [...role(w, 'execution').policies, decrypt];
}

function grant(Principal: unknown, Action: string | string[] = 'kms:*', Effect = 'Allow') {
  return { Effect, Principal, Action, Resource: '*' };
}

const document = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement });
const refusedByKey = (w: World) =>
  failing(w, {
    code: failedToStart,
    reason: asm(ownSecret(w), 'AccessDeniedException: Access to KMS is not allowed'),
  });

/** The container takes a variable from a secret of another account. */
function takesForeign(w: World, suffix: string): string {
  const secret = `arn:aws:secretsmanager:${w.place.region}:${STRANGER}:secret:shared/payments${suffix}`;
  theContainer(w).secrets?.push({ name: 'PAYMENTS', valueFrom: secret });
  return secret;
}

function refusedAbroad(w: World, secret: string, because: string): void {
  const session = `arn:aws:sts::${w.place.account}:assumed-role/${w.place.cluster}-execution/${w.hex('session', 32)}`;
  failing(w, {
    code: failedToStart,
    reason: asm(
      secret,
      `AccessDeniedException: User: ${session} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret} because no ${because} policy allows the secretsmanager:GetSecretValue action`,
    ),
  });
}

export const keyCorners: readonly Corner[] = [
  corner('a key whose policy names only its administrators', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /key/,
    never: ['secret-reference-invalid'],
    ill: (w) => {
      underKey(w, { policy: document(grant({ AWS: w.role('key-admins') })) });
      refusedByKey(w);
    },
  }),
  corner('a key whose policy denies everybody but one role', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /key/,
    ill: (w) => {
      underKey(w, {
        policy: document(grant({ AWS: `arn:aws:iam::${w.place.account}:root` }), {
          ...grant('*', 'kms:Decrypt', 'Deny'),
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': w.role('vault-reader') } },
        }),
      });
      refusedByKey(w);
    },
  }),
  corner('a key that may only be used through another service', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /key/,
    ill: (w) => {
      underKey(w, {
        policy: document({
          ...grant({ AWS: w.role(`${w.place.cluster}-execution`) }, 'kms:Decrypt'),
          Condition: { StringEquals: { 'kms:ViaService': `s3.${w.place.region}.amazonaws.com` } },
        }),
      });
      refusedByKey(w);
    },
  }),
  corner('a key that was disabled', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /disabled/,
    never: ['secret-reference-invalid'],
    ill: (w) => {
      underKey(w, { KeyState: 'Disabled' });
      refusedByKey(w);
    },
  }),
  corner('a key that waits for its deletion, in the words of Parameter Store', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /deletion/,
    never: ['secret-reference-invalid'],
    ill: (w) => {
      underKey(w, { KeyState: 'PendingDeletion', DeletionDate: w.ago(-600_000) });
      const parameter = found(w.snapshot.ssm.parameters[0], 'parameter');
      Object.assign(parameter, { KeyId: w.arn('kms', `key/${KEY}`) });
      delete found(w.snapshot.secretsmanager.secrets[0], 'secret')['KmsKeyId'];
      failing(w, {
        code: failedToStart,
        reason: ssm(
          `InvalidKeyId: ${w.arn('kms', `key/${KEY}`)} is pending deletion. (Service: AWSKMS; Status Code: 400; Error Code: KMSInvalidStateException; Request ID: 0d)`,
        ),
      });
    },
  }),
  corner('a key that is gone', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /does not exist/,
    ill: (w) => {
      underKey(w, {});
      w.snapshot.kms.keys.length = 0;
      refusedByKey(w);
    },
  }),
  corner('a disabled key of which the state may not be read', {
    class: 'exec-role-secret-denied',
    verdicts: ['likely'],
    says: /key/,
    ill: (w) => {
      underKey(w, { KeyState: 'Disabled' });
      w.snapshot.denied.push('kms:DescribeKey');
      failing(w, {
        code: failedToStart,
        reason: asm(
          ownSecret(w),
          `DecryptionFailure: Secrets Manager can't decrypt the protected secret text using the provided KMS key.`,
        ),
      });
    },
  }),
  corner('a secret under a key of another account', {
    class: 'exec-role-secret-denied',
    verdicts: ['likely'],
    says: new RegExp(STRANGER),
    ill: (w) => {
      underKey(w, {});
      found(w.snapshot.secretsmanager.secrets[0], 'secret')['KmsKeyId'] =
        `arn:aws:kms:${w.place.region}:${STRANGER}:key/${KEY}`;
      refusedByKey(w);
    },
  }),
  corner('a secret of another account, of which nothing here allows the reading', {
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: /shared\/payments/,
    never: ['secret-reference-invalid'],
    ill: (w) => {
      const secret = takesForeign(w, '-Xy12Zz');
      refusedAbroad(w, secret, 'identity-based');
    },
  }),
  corner('a secret of another account, whose own policy does not let this one in', {
    class: 'exec-role-secret-denied',
    verdicts: ['likely'],
    says: new RegExp(STRANGER),
    never: ['secret-reference-invalid'],
    ill: (w) => {
      const secret = takesForeign(w, '-Xy12Zz');
      role(w, 'execution').policies.push(policy('abroad', allow('secretsmanager:GetSecretValue', secret)));
      refusedAbroad(w, secret, 'resource-based');
    },
  }),
  corner('a secret of another account by a name without its last six characters', {
    class: 'secret-reference-invalid',
    verdicts: ['likely'],
    says: /six characters|full ARN/,
    never: ['exec-role-secret-denied'],
    ill: (w) => {
      const secret = takesForeign(w, '');
      role(w, 'execution').policies.push(
        policy('abroad', allow('secretsmanager:GetSecretValue', `${secret}-??????`)),
      );
      failing(w, {
        code: failedToStart,
        reason: asm(secret, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
      });
    },
  }),
  corner('two secrets of one name in two accounts, of which the other one is meant', {
    class: 'exec-role-secret-denied',
    verdicts: ['likely'],
    says: new RegExp(STRANGER),
    never: ['secret-reference-invalid'],
    ill: (w) => {
      const secret = takesForeign(w, '-Xy12Zz');
      w.snapshot.secretsmanager.secrets.push({
        ARN: w.arn('secretsmanager', 'secret:shared/payments-Qq77Rr'),
        Name: 'shared/payments',
      });
      role(w, 'execution').policies.push(policy('abroad', allow('secretsmanager:GetSecretValue', secret)));
      refusedAbroad(w, secret, 'resource-based');
    },
  }),
];
