// Permission causes of identity: who may assume a role, who may pass it, whether its credentials arrive.

import type { World } from './base.ts';
import { found } from './base.ts';
import { allow, policy, trust } from './base-roles.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  oldOutOfMemory,
  scaryLines,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { role } from './iam.ts';
import { essentialExited, event, exited, failedToStart, failing } from './incident.ts';
import { trail } from './trail.ts';

export const iamIdentity = [
  cause('role-assume-failed', {
    denied: ['iam:*'],
    at: {
      region: 'us-west-1',
      account: '157730298846',
      cluster: 'mysfits',
      service: 'likes',
      net: 5,
      count: 1,
    },
    ill: (w) => {
      const execution = role(w, 'execution');
      execution.AssumeRolePolicyDocument = trust('ecs.amazonaws.com');
      failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
      for (let index = 0; index < 4; index++)
        event(
          w,
          90 + index * 300,
          `(service likes) failed to launch a task with (error ECS was unable to assume the role '${execution.Arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
        );
    },
    decoysAt: { region: 'eu-west-1', account: '466201983357', cluster: 'news', service: 'feed', net: 88 },
    again: (w) => {
      const gone = role(w, 'task');
      w.snapshot.iam.Roles = w.snapshot.iam.Roles.filter((one) => one !== gone);
      failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
      for (let index = 0; index < 3; index++)
        event(
          w,
          120 + index * 420,
          `(service feed) failed to launch a task with (error ECS was unable to assume the role '${gone.Arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
        );
    },
    decoys: [workerOutOfMemory, storefrontWithoutImage, clumsyPeople, oldOutOfMemory],
  }),
  cause('passrole-denied', {
    why: 'the service itself runs; only the trail shows the refused deployment',
    verdict: 'likely',
    denied: ['cloudtrail:LookupEvents'],
    at: { region: 'us-east-1', account: '920014473385', cluster: 'search', service: 'query', net: 63 },
    ill: (w) => passRoleRefused(w, 900),
    decoysAt: { region: 'eu-south-1', account: '273390118846', cluster: 'maps', service: 'tiles', net: 103 },
    again: (w) => passRoleRefused(w, 1_800),
    decoys: [workerOutOfMemory, clumsyPeople, oldOutOfMemory, scaryLines],
  }),
  cause('task-credentials-unavailable', {
    verdict: 'likely',
    why: 'what a container can reach inside its host is in no API',
    denied: ['logs:*'],
    at: {
      region: 'eu-west-1',
      account: '742290183357',
      cluster: 'mesh',
      service: 'router',
      net: 48,
      launch: 'EC2',
    },
    ill: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 25,
        exit: 1,
        log: [
          'loading configuration from s3://mesh-uploads/router.yaml',
          'failed to refresh cached credentials, failed to load credentials, : 500 response from metadata endpoint',
          'Get "http://169.254.170.2/v2/credentials/8f2b0d3e": dial tcp 169.254.170.2:80: i/o timeout',
        ],
      }),
    decoysAt: { region: 'us-east-1', account: '196628840031', cluster: 'ai', service: 'embedder', net: 81 },
    again: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 40,
        exit: 1,
        log: [
          'CredentialsProviderError: Could not load credentials from any providers',
          '  at fromContainerMetadata: Error response received from instance metadata service http://169.254.170.2',
        ],
      }),
    decoys: [workerShutIn, oldOutOfMemory, storefrontWithoutImage],
  }),
];

/** A pipeline's deployment is refused, because it may not pass the task's role. */
function passRoleRefused(w: World, secondsAgo: number): void {
  const { account: id, cluster, service } = w.place;
  const deployer = found(
    w.snapshot.iam.Roles.find((one) => one.RoleName === 'deployer'),
    'deployer',
  );
  deployer.policies = [
    policy('deploy', allow(['ecs:RegisterTaskDefinition', 'ecs:UpdateService', 'ecs:Describe*'])),
  ];
  for (const again of [0, 120])
    trail(w, secondsAgo + again, 'RegisterTaskDefinition', {
      error: [
        'AccessDenied',
        `User: arn:aws:sts::${id}:assumed-role/deployer/GitHubActions is not authorized to perform: iam:PassRole on resource: ${w.role(`${cluster}-task`)} because no identity-based policy allows the iam:PassRole action`,
      ],
      request: {
        family: service,
        taskRoleArn: w.role(`${cluster}-task`),
        executionRoleArn: w.role(`${cluster}-execution`),
      },
    });
}
