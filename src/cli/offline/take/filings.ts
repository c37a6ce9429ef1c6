// Every action whose answers a snapshot can hold, and what a refusal says is there all the same.

import type { AwsAction, AwsFailure } from '../../../contract/aws.ts';
import type { Draft } from './draft.ts';
import { type Filings, textIn } from './filing.ts';
import { ecsFilings } from './filings-ecs.ts';
import { networkFilings } from './filings-network.ts';
import { logGroupNamed, repositoryNamed, resourceFilings } from './filings-resources.ts';

export const filings: Filings = { ...ecsFilings, ...networkFilings, ...resourceFilings };

/** What may be asked while a snapshot is taken: that of which the answers have a place in it. */
// The keys of an object of filings are actions.
export const takenActions = Object.keys(filings) as AwsAction[];

/**
 * Which actions ask about what an action tells of. Where that was refused nobody came to ask them, and nobody can say of anything they
 * would have told of that it is not there.
 */
export const followers: { readonly [A in AwsAction]?: readonly AwsAction[] } = {
  'ecs:ListTasks': ['ecs:DescribeTasks'],
  'ecs:DescribeTasks': ['ecs:GetTaskProtection', 'logs:GetLogEvents'],
  'ecs:DescribeTaskDefinition': [
    'logs:DescribeLogGroups',
    'logs:GetLogEvents',
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:ListAttachedRolePolicies',
    'ecr:DescribeImages',
    'ecr:GetRepositoryPolicy',
    'ecr:BatchGetImage',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetResourcePolicy',
    'ssm:DescribeParameters',
    'elasticfilesystem:DescribeFileSystems',
    'elasticfilesystem:DescribeMountTargets',
    'elasticfilesystem:DescribeAccessPoints',
    'elasticfilesystem:DescribeFileSystemPolicy',
    'rds:DescribeDBInstances',
    'rds:DescribeDBClusters',
  ],
  'ecs:ListContainerInstances': ['ecs:DescribeContainerInstances'],
  'ecs:DescribeContainerInstances': ['ec2:DescribeInstances', 'ec2:DescribeIamInstanceProfileAssociations'],
  'ecs:ListServiceDeployments': ['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'],
  'autoscaling:DescribeAutoScalingGroups': ['autoscaling:DescribeScalingActivities'],
  'codedeploy:ListDeployments': ['codedeploy:BatchGetDeployments'],
  'events:ListRuleNamesByTarget': ['events:ListRules', 'events:DescribeRule', 'events:ListTargetsByRule'],
  'servicediscovery:ListNamespaces': ['servicediscovery:ListServices'],
  'ec2:DescribeInstances': ['ec2:DescribeInstanceTypes', 'iam:ListInstanceProfiles'],
  'ec2:DescribeSubnets': [
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeNatGateways',
    'ec2:DescribeInternetGateways',
    'ec2:DescribeVpcAttribute',
  ],
  'ec2:DescribeSecurityGroups': ['ec2:DescribeManagedPrefixLists', 'ec2:GetManagedPrefixListEntries'],
  'elasticloadbalancing:DescribeTargetGroups': [
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeLoadBalancerAttributes',
    'elasticloadbalancing:DescribeListeners',
  ],
  'elasticloadbalancing:DescribeListeners': ['elasticloadbalancing:DescribeRules'],
  'elasticfilesystem:DescribeMountTargets': ['elasticfilesystem:DescribeMountTargetSecurityGroups'],
  // With a policy that is missing the simulator would say that nothing allows what it allows.
  'iam:ListRolePolicies': ['iam:GetRolePolicy', 'iam:SimulatePrincipalPolicy'],
  'iam:GetRolePolicy': ['iam:SimulatePrincipalPolicy'],
  'iam:ListAttachedRolePolicies': ['iam:GetPolicy', 'iam:SimulatePrincipalPolicy'],
  'iam:GetPolicy': ['iam:GetPolicyVersion', 'iam:SimulatePrincipalPolicy'],
  'iam:GetPolicyVersion': ['iam:SimulatePrincipalPolicy'],
  'secretsmanager:DescribeSecret': ['kms:DescribeKey', 'kms:GetKeyPolicy'],
};

/** What a file answers by working it out from other answers: with those missing it would be wrong, whoever was answered before. */
export const workedOut: ReadonlySet<AwsAction> = new Set(['iam:SimulatePrincipalPolicy']);

/** "No such image" is said of a repository that is there. */
export function provenBy(draft: Draft, { action, code, message }: AwsFailure, input: unknown): void {
  if (/^(?:Image|RepositoryPolicy)NotFoundException$/.test(code))
    repositoryNamed(draft, {
      repositoryName: textIn(input, 'repositoryName'),
      registryId: textIn(input, 'registryId') || undefined,
    });
  if (action === 'logs:GetLogEvents' && /log stream/i.test(message))
    logGroupNamed(draft, textIn(input, 'logGroupName'));
  if (action === 'elasticfilesystem:DescribeFileSystemPolicy' && code === 'PolicyNotFound')
    draft.keep(
      draft.snapshot.efs.FileSystems,
      ['FileSystemId'],
      [{ FileSystemId: textIn(input, 'FileSystemId') }],
    );
}
