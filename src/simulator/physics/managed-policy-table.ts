// AWS managed policies that tasks and instances of ECS commonly have, by ARN, for snapshots that list an attachment
// without its document. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html

import type { PolicyDocument } from './policy.ts';

const allow = (...Action: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

const pull = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
];

export const managedPolicies: Readonly<Record<string, PolicyDocument>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
  'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy': allow(
    ...pull,
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role': allow(
    'ec2:DescribeTags',
    'ecs:CreateCluster',
    'ecs:DeregisterContainerInstance',
    'ecs:DiscoverPollEndpoint',
    'ecs:Poll',
    'ecs:RegisterContainerInstance',
    'ecs:StartTelemetrySession',
    'ecs:UpdateContainerInstancesState',
    'ecs:Submit*',
    ...pull,
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly': allow(
    ...pull,
    'ecr:GetRepositoryPolicy',
    'ecr:DescribeRepositories',
    'ecr:ListImages',
    'ecr:DescribeImages',
  ),
  'arn:aws:iam::aws:policy/CloudWatchLogsFullAccess': allow('logs:*'),
  'arn:aws:iam::aws:policy/SecretsManagerReadWrite': allow('secretsmanager:*'),
  'arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess': allow('ssm:Describe*', 'ssm:Get*', 'ssm:List*'),
  'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess': allow('s3:Get*', 's3:List*'),
};
