// Permission causes of the roles a task runs with: the execution role and the task role.

import type { World } from './base.ts';
import { found } from './base.ts';
import { allow, managedExecutionPolicy, policy } from './base-roles.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { essentialExited, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { imageOf, theContainer, theDefinition } from './workload.ts';

export function role(w: World, name: string) {
  return found(
    w.snapshot.iam.Roles.find((one) => one.RoleName === `${w.place.cluster}-${name}`),
    `role ${name}`,
  );
}

const session = (w: World, name: string) =>
  `arn:aws:sts::${w.place.account}:assumed-role/${w.place.cluster}-${name}/${w.hex('session', 32)}`;

export const iam = [
  cause('exec-role-secret-denied', {
    denied: ['iam:*'],
    at: { region: 'us-east-1', account: '614402297713', cluster: 'wallet', service: 'payouts', net: 21 },
    ill: (w) => {
      role(w, 'execution').policies = [managedExecutionPolicy];
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${w.arn('secretsmanager', 'secret:wallet/database-Ab3dE9')} from secrets manager: AccessDeniedException: User: ${session(w, 'execution')} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${w.arn('secretsmanager', 'secret:wallet/database-Ab3dE9')} because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, request id: 4cf1fbe2-6a0e-4f2f-8f3f-3d1f6f3a2b11`,
      });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '527719304488',
      cluster: 'algo',
      service: 'directus',
      net: 33,
      count: 2,
    },
    again: (w) => {
      // Only the parameter is refused: the policy names the path of long ago. AWS cut the text before the code.
      role(w, 'execution').policies = [
        managedExecutionPolicy,
        policy(
          'read-secrets',
          allow('secretsmanager:GetSecretValue', w.arn('secretsmanager', 'secret:algo/*')),
          allow('ssm:GetParameters', w.arn('ssm', 'parameter/algo-legacy/*')),
        ),
      ];
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: ${session(w, 'execution')} is not autho...`,
      });
    },
    decoys: [deadRouteElsewhere, workerShutIn, oddSettings, oldOutOfMemory],
  }),
  cause('exec-role-ecr-denied', {
    denied: ['iam:*'],
    at: { region: 'ap-southeast-1', account: '339981205547', cluster: 'ride', service: 'dispatch', net: 46 },
    ill: (w) => {
      role(w, 'execution').policies = role(w, 'execution').policies.map((one) =>
        one.PolicyName === 'AmazonECSTaskExecutionRolePolicy'
          ? policy(
              'logs-only',
              allow(['logs:CreateLogStream', 'logs:PutLogEvents', 'ecr:GetAuthorizationToken']),
            )
          : one,
      );
      const text = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${imageOf(w, 'dispatch', '2.14.0')}: unexpected status from HEAD request to https://${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com/v2/dispatch/manifests/2.14.0: 403 Forbidden`;
      failing(w, { code: failedToStart, reason: text, why: text });
    },
    decoysAt: {
      region: 'us-west-2',
      account: '208873649911',
      cluster: 'tools',
      service: 'renderer',
      net: 58,
      launch: 'EC2',
    },
    again: (w) => {
      role(w, 'execution').policies = [
        policy('logs', allow(['logs:CreateLogStream', 'logs:PutLogEvents'])),
        ...role(w, 'execution').policies.filter((one) => one.PolicyName === 'read-secrets'),
      ];
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotPullContainerError: The task can't pull the image. Check that the role has the permissions to pull images from the registry. Error response from daemon: pull access denied for ${imageOf(w, 'renderer', '').replace(':', '')}, repository does not exist or may require 'docker login': denied: User: ${session(w, 'execution')} is not authorized to perform: ecr:BatchGetImage on resource: ${w.arn('ecr', 'repository/renderer')} because no identity-based policy allows the ecr:BatchGetImage action`,
      });
    },
    decoys: [storefrontWithoutImage, oldPullTimeouts, oddSettings, clumsyPeople],
  }),
  cause('exec-role-logs-denied', {
    denied: ['iam:*'],
    at: { region: 'eu-central-1', account: '884420175536', cluster: 'media', service: 'transcoder', net: 73 },
    ill: (w) => {
      // A new group for the new revision, to be created by the driver, which the managed policy does not allow.
      failingRollOut(
        w,
        (definition) => {
          const options = definition.containerDefinitions?.[0]?.logConfiguration?.options ?? {};
          Object.assign(options, {
            'awslogs-group': '/ecs/media/transcoder-v2',
            'awslogs-create-group': 'true',
          });
        },
        {
          code: failedToStart,
          reason: `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log group: AccessDeniedException: User: ${session(w, 'execution')} is not authorized to perform: logs:CreateLogGroup on resource: ${w.arn('logs', 'log-group:/ecs/media/transcoder-v2:log-stream:')} because no identity-based policy allows the logs:CreateLogGroup action : exit status 1`,
        },
      );
    },
    decoysAt: {
      region: 'us-east-2',
      account: '710093364482',
      cluster: 'hr',
      service: 'payroll',
      net: 95,
      launch: 'EC2',
      count: 2,
    },
    again: (w) => {
      role(w, 'execution').policies = role(w, 'execution').policies.map((one) =>
        one.PolicyName === 'AmazonECSTaskExecutionRolePolicy'
          ? policy(
              'pull',
              allow([
                'ecr:GetAuthorizationToken',
                'ecr:BatchGetImage',
                'ecr:GetDownloadUrlForLayer',
                'ecr:BatchCheckLayerAvailability',
              ]),
            )
          : one,
      );
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: 93b1f1b2, api error AccessDeniedException: User: ${session(w, 'execution')} is not authorized to perform: logs:CreateLogStream on resource: ${w.arn('logs', `log-group:/ecs/hr/payroll:log-stream:ecs/payroll/${w.hex('stream', 32)}`)}`,
      });
    },
    decoys: [workerOutOfMemory, everydayStops, scaryLines, deadRouteElsewhere],
  }),
  cause('task-role-denied', {
    denied: ['iam:*'],
    at: { region: 'us-east-1', account: '381109274465', cluster: 'docs', service: 'uploader', net: 27 },
    ill: (w) => {
      role(w, 'task').policies = [
        policy('application', allow(['sqs:SendMessage', 'sqs:ReceiveMessage'], w.arn('sqs', 'docs-*'))),
      ];
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 12,
        exit: 1,
        log: [
          'boot: checking bucket access',
          'Traceback (most recent call last):',
          `botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: User: ${session(w, 'task')} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::docs-uploads/health/probe" because no identity-based policy allows the s3:PutObject action`,
        ],
      });
    },
    decoysAt: {
      region: 'ap-south-1',
      account: '504417736620',
      cluster: 'iot',
      service: 'rules',
      net: 39,
      launch: 'EC2',
    },
    again: (w) => {
      // No task role at all: on EC2 the instance's role answers, which may not use the queue.
      delete theDefinition(w).taskRoleArn;
      theContainer(w).environment?.push({ name: 'AWS_REGION', value: w.place.region });
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 8,
        exit: 1,
        log: [
          'starting rules engine 4.2',
          `AccessDenied: User: arn:aws:sts::${w.place.account}:assumed-role/ecsInstanceRole/${w.id('i', 'a')} is not authorized to perform: sqs:ReceiveMessage on resource: ${w.arn('sqs', 'iot-jobs')} because no identity-based policy allows the sqs:ReceiveMessage action`,
        ],
      });
    },
    decoys: [workerOutOfMemory, oddSettings, everydayStops],
  }),
];
