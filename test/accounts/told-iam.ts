// Refusals: what has to change differs with the policy that stands in the way, and a refusal may name neither call nor thing.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { role } from './iam.ts';
import { essentialExited, event, exited, failedToStart, failing } from './incident.ts';
import { noneRuns } from './tasks.ts';
import { imageOf, theContainer } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '330044550088',
  cluster: 'vault',
  service: 'signer',
  net: 142,
} as const;

const startFails = (w: World, text: string, why?: string) =>
  failing(w, { code: failedToStart, reason: text, ...(why === undefined ? {} : { why }) });

function keyKeptFromRole(
  w: World,
  answer = 'AccessDeniedException: Access to KMS is not allowed status code: 400',
): void {
  const arn = w.arn('secretsmanager', 'secret:vault/sealed-a1b2c3');
  const key = w.arn('kms', 'key/2f0c7e3a-1b2c-4d5e-8f90-a1b2c3d4e5f6');
  w.snapshot.secretsmanager.secrets.push({ ARN: arn, Name: 'vault/sealed', KmsKeyId: key });
  theContainer(w).secrets = [{ name: 'SEAL', valueFrom: arn }];
  startFails(
    w,
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${arn} from secrets manager: ${answer}`,
  );
}

function repositoryDenies(w: World): void {
  const repository = w.snapshot.ecr.repositories.find(({ repositoryName }) => repositoryName === 'signer');
  Object.assign(repository ?? {}, {
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          Condition: { StringNotEquals: { 'aws:PrincipalArn': w.role('builder') } },
        },
      ],
    },
  });
  const image = imageOf(w, 'signer', '2.14.0');
  const text = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: unexpected status from HEAD request to https://${w.place.account}.dkr.ecr.eu-west-1.amazonaws.com/v2/signer/manifests/2.14.0: 403 Forbidden`;
  startFails(w, text, text);
}

const callRefused = (w: World, log: readonly string[]) =>
  failing(w, { code: exited, reason: essentialExited, lived: 6, exit: 1, log });

export const toldIam: readonly ToldCase[] = [
  {
    name: "a key that the role's policies do not mention",
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: () => ['kms:Decrypt', /No policy of role vault-execution allows kms:Decrypt/],
    never: [/could not be decided/],
    account: () => changed(at, [(w) => keyKeptFromRole(w)]),
  },
  {
    name: 'a repository whose own policy denies the pull, whatever the role allows',
    class: 'exec-role-ecr-denied',
    verdicts: ['proven'],
    says: () => [/policy of the repository|its own policy/i],
    never: [/Add the permission to the role/],
    account: () => changed(at, [repositoryDenies]),
  },
  {
    name: 'a call the task role allows and the organisation denies',
    class: 'task-role-denied',
    verdicts: ['likely'],
    says: () => ['sqs:SendMessage', /organisation/],
    never: [/does not allow it/, /Add the permission to the (?:task )?role/],
    account: () =>
      changed(at, [
        (w) =>
          callRefused(w, [
            `botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the SendMessage operation: User: arn:aws:sts::${w.place.account}:assumed-role/vault-task/0ab is not authorized to perform: sqs:SendMessage on resource: ${w.arn('sqs', 'vault-jobs')} with an explicit deny in a service control policy`,
          ]),
      ]),
  },
  {
    name: 'a refusal of AWS that names no call',
    class: 'task-role-denied',
    verdicts: ['likely', 'possible'],
    says: () => ['vault-task', 'AccessDenied'],
    account: () =>
      changed(at, [
        (w) =>
          callRefused(w, [
            'starting signer',
            'AccessDenied: Access Denied',
            '    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:844:20)',
            "{ name: 'AccessDenied', '$fault': 'client', '$metadata': { httpStatusCode: 403, attempts: 1 } }",
          ]),
      ]),
  },
  {
    name: 'a key the role may not use, told in an answer that ECS cut off',
    class: 'exec-role-secret-denied',
    verdicts: ['proven'],
    says: () => ['kms:Decrypt'],
    never: [/does not exist/],
    account: () =>
      changed(at, [(w) => keyKeptFromRole(w, 'AccessDeniedException: Access to KMS is not allo...')]),
  },
  {
    name: 'a trust policy that names ECS for another account',
    class: 'role-assume-failed',
    verdicts: ['proven'],
    says: () => [/aws:sourceaccount 909090909090/i, '330044550088', /correct the condition/i],
    never: [/Allow sts:AssumeRole for that service/],
    account: () => changed(at, [(w) => trustOf(w, 'ecs-tasks.amazonaws.com', '909090909090')]),
  },
  {
    name: 'a trust policy that names another service, under a condition that holds',
    class: 'role-assume-failed',
    verdicts: ['proven'],
    says: () => [/Allow sts:AssumeRole for that service/],
    never: [/correct the condition/i],
    account: () => changed(at, [(w) => trustOf(w, 'ec2.amazonaws.com', w.place.account)]),
  },
  {
    name: 'a service-linked role that is missing',
    class: 'role-assume-failed',
    verdicts: ['likely'],
    says: () => ['AWSServiceRoleForECS', /create-service-linked-role/],
    never: [/trust ecs-tasks/, /roles of the task definition exist/],
    account: () =>
      changed(at, [
        (w) =>
          assumptionFails(
            w,
            'ECS was unable to assume the service linked role. Please verify that the ECS service linked role exists.',
          ),
      ]),
  },
];

/** Nothing starts, and an event says why. */
function assumptionFails(w: World, words: string): void {
  noneRuns(w);
  for (const secondsAgo of [80, 400])
    event(w, secondsAgo, `(service ${w.place.service}) failed to launch a task with (error ${words}).`);
}

function trustOf(w: World, Service: string, account: string): void {
  role(w, 'execution').AssumeRolePolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ],
  };
  assumptionFails(
    w,
    `ECS was unable to assume the role '${w.role('vault-execution')}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`,
  );
}
