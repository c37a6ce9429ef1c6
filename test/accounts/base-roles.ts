// Roles of the base account, with the policies that AWS and a careful team give them.

import type { SnapshotRole } from '../../src/contract/snapshot.ts';
import type { World } from './base.ts';

type Statement = Record<string, unknown>;

export function policy(PolicyName: string, ...statements: Statement[]): SnapshotRole['policies'][number] {
  return { PolicyName, Document: { Version: '2012-10-17', Statement: statements } };
}

export function allow(Action: string | string[], Resource: string | string[] = '*'): Statement {
  return { Effect: 'Allow', Action, Resource };
}

export function trust(...services: string[]): Record<string, unknown> {
  return {
    Version: '2012-10-17',
    Statement: services.map((Service) => ({
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sts:AssumeRole',
    })),
  };
}

export function addRole(
  w: World,
  RoleName: string,
  trusted: string,
  ...policies: SnapshotRole['policies']
): SnapshotRole {
  const role: SnapshotRole = {
    RoleName,
    RoleId: `AROA${w.hex(RoleName, 16).toUpperCase()}`,
    Path: '/',
    Arn: w.role(RoleName),
    CreateDate: w.ago(9_000_000),
    AssumeRolePolicyDocument: trust(trusted),
    policies,
  };
  w.snapshot.iam.Roles.push(role);
  return role;
}

/** What AWS's managed policy AmazonECSTaskExecutionRolePolicy allows. */
export const managedExecutionPolicy = policy(
  'AmazonECSTaskExecutionRolePolicy',
  allow([
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]),
);

export function addRoles(w: World): void {
  const { cluster } = w.place;
  addRole(
    w,
    `${cluster}-execution`,
    'ecs-tasks.amazonaws.com',
    managedExecutionPolicy,
    policy(
      'read-secrets',
      allow('secretsmanager:GetSecretValue', w.arn('secretsmanager', `secret:${cluster}/*`)),
      allow('ssm:GetParameters', w.arn('ssm', `parameter/${cluster}/*`)),
    ),
  );
  addRole(
    w,
    `${cluster}-task`,
    'ecs-tasks.amazonaws.com',
    policy(
      'application',
      allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${cluster}-uploads/*`),
      allow(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'], w.arn('sqs', `${cluster}-*`)),
    ),
  );
  addRole(
    w,
    'ecsInstanceRole',
    'ec2.amazonaws.com',
    policy(
      'AmazonEC2ContainerServiceforEC2Role',
      allow([
        'ecs:*',
        'ecr:GetAuthorizationToken',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchCheckLayerAvailability',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ]),
    ),
  );
  addRole(
    w,
    'deployer',
    'codebuild.amazonaws.com',
    policy(
      'deploy',
      allow(['ecs:RegisterTaskDefinition', 'ecs:UpdateService', 'ecs:Describe*', 'ecs:RunTask']),
      allow('iam:PassRole', [w.role(`${cluster}-execution`), w.role(`${cluster}-task`)]),
    ),
  );
  addRole(
    w,
    'ecsEventsRole',
    'events.amazonaws.com',
    policy(
      'run-tasks',
      allow('ecs:RunTask'),
      allow('iam:PassRole', [w.role(`${cluster}-execution`), w.role(`${cluster}-task`)]),
    ),
  );
  addRole(
    w,
    'AWSServiceRoleForECS',
    'ecs.amazonaws.com',
    policy('AmazonECSServiceRolePolicy', allow(['ec2:*', 'elasticloadbalancing:*'])),
  );
}
