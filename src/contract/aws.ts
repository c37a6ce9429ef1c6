// What a tool sees of AWS: one typed function, and the closed list of requests that exist in this product.
// Tools import types only; src/node/aws is the one place that talks to AWS.

import type * as ApplicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import type * as CloudTrail from '@aws-sdk/client-cloudtrail';
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecr from '@aws-sdk/client-ecr';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as Efs from '@aws-sdk/client-efs';
import type * as ElbV2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Kms from '@aws-sdk/client-kms';
import type * as Rds from '@aws-sdk/client-rds';
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type * as ServiceQuotas from '@aws-sdk/client-service-quotas';
import type * as ServiceDiscovery from '@aws-sdk/client-servicediscovery';
import type * as Ssm from '@aws-sdk/client-ssm';
import type * as Sts from '@aws-sdk/client-sts';

interface AwsModules {
  ecs: typeof Ecs;
  ec2: typeof Ec2;
  logs: typeof Logs;
  elasticloadbalancing: typeof ElbV2;
  sts: typeof Sts;
  'application-autoscaling': typeof ApplicationAutoScaling;
  autoscaling: typeof AutoScaling;
  cloudwatch: typeof CloudWatch;
  cloudtrail: typeof CloudTrail;
  codedeploy: typeof CodeDeploy;
  ecr: typeof Ecr;
  elasticfilesystem: typeof Efs;
  events: typeof EventBridge;
  iam: typeof Iam;
  kms: typeof Kms;
  rds: typeof Rds;
  secretsmanager: typeof SecretsManager;
  servicediscovery: typeof ServiceDiscovery;
  servicequotas: typeof ServiceQuotas;
  ssm: typeof Ssm;
}

/** A service by its IAM prefix, which is also its name in a request signature (CloudWatch signs as `monitoring`). */
export type AwsService = keyof AwsModules;

/** The command of the AWS CLI that speaks to a service. */
export const awsCliCommands: Readonly<Record<AwsService, string>> = {
  ecs: 'ecs',
  ec2: 'ec2',
  logs: 'logs',
  elasticloadbalancing: 'elbv2',
  sts: 'sts',
  'application-autoscaling': 'application-autoscaling',
  autoscaling: 'autoscaling',
  cloudwatch: 'cloudwatch',
  cloudtrail: 'cloudtrail',
  codedeploy: 'deploy',
  ecr: 'ecr',
  elasticfilesystem: 'efs',
  events: 'events',
  iam: 'iam',
  kms: 'kms',
  rds: 'rds',
  secretsmanager: 'secretsmanager',
  servicediscovery: 'servicediscovery',
  servicequotas: 'service-quotas',
  ssm: 'ssm',
};

/** Every AWS request this product can make, as `service:Operation`. The gateway knows no other. */
export const awsActions = [
  'ecs:ListClusters',
  'ecs:DescribeClusters',
  'ecs:ListServices',
  'ecs:DescribeServices',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecs:ListTaskDefinitions',
  'ecs:DescribeTaskDefinition',
  'ecs:ListContainerInstances',
  'ecs:DescribeContainerInstances',
  'ecs:DescribeCapacityProviders',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceDeployments',
  'ecs:UpdateService',
  'ecs:StopTask',
  'ecs:StopServiceDeployment',
  'ecs:RegisterTaskDefinition',
  'ecs:UpdateContainerInstancesState',
  'ecs:GetTaskProtection',
  'ecs:UpdateTaskProtection',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:DescribeLogStreams',
  'logs:DescribeLogGroups',
  'logs:CreateLogGroup',
  'logs:PutRetentionPolicy',
  'logs:DeleteRetentionPolicy',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeRouteTables',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeNatGateways',
  'ec2:DescribeInstances',
  'ec2:DescribeIamInstanceProfileAssociations',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeManagedPrefixLists',
  'ec2:GetManagedPrefixListEntries',
  'ec2:AuthorizeSecurityGroupEgress',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:RevokeSecurityGroupEgress',
  'ec2:RevokeSecurityGroupIngress',
  'ec2:CreateNetworkAclEntry',
  'ec2:DeleteNetworkAclEntry',
  'ec2:ModifyVpcAttribute',
  'ec2:CreateVpcEndpoint',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:ModifyTargetGroup',
  'elasticloadbalancing:ModifyTargetGroupAttributes',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScalingActivities',
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:DeleteScalingPolicy',
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeScalingActivities',
  'autoscaling:UpdateAutoScalingGroup',
  'sts:GetCallerIdentity',
  'ecs:DescribeServiceRevisions',
  'ecs:ListAccountSettings',
  'ecs:ListAttributes',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInternetGateways',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'cloudwatch:GetMetricData',
  'cloudwatch:DescribeAlarms',
  'logs:StartQuery',
  'logs:GetQueryResults',
  'logs:StopQuery',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetRepositoryPolicy',
  'ecr:DescribeImageScanFindings',
  'iam:GetRole',
  'iam:ListRolePolicies',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:ListInstanceProfiles',
  'iam:SimulatePrincipalPolicy',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'ssm:DescribeParameters',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'elasticfilesystem:DescribeFileSystems',
  'elasticfilesystem:DescribeMountTargets',
  'elasticfilesystem:DescribeMountTargetSecurityGroups',
  'elasticfilesystem:DescribeAccessPoints',
  'elasticfilesystem:DescribeFileSystemPolicy',
  'cloudtrail:LookupEvents',
  'servicediscovery:ListNamespaces',
  'servicediscovery:ListServices',
  'servicediscovery:ListInstances',
  'codedeploy:ListDeployments',
  'codedeploy:BatchGetDeployments',
  'events:ListRuleNamesByTarget',
  'events:DescribeRule',
  'events:ListTargetsByRule',
  'events:ListRules',
  'servicequotas:ListServiceQuotas',
  'rds:DescribeDBInstances',
  'rds:DescribeDBClusters',
] as const;

export type AwsAction = (typeof awsActions)[number];

/** A query of CloudWatch Logs is started and stopped, but only ever reads. */
const READ =
  /^[a-z0-9-]+:(?:BatchGet|Describe|Filter|Get|List|(?:LookupEvents|SimulatePrincipalPolicy|StartQuery|StopQuery)$)/;

/** Whether an action only reads. A change is everything whose name is not one of a read. */
export function isReadAction(action: string): boolean {
  return READ.test(action);
}

type CommandOf<A extends AwsAction> = A extends `${infer S extends AwsService}:${infer O}`
  ? `${O}Command` extends keyof AwsModules[S]
    ? AwsModules[S][`${O}Command`]
    : never
  : never;

// biome's ban on `any` is kept: `never` arguments accept every command's constructor.
type InstanceOfCommand<C> = C extends new (input: never) => infer I ? I : never;

/** The request of an action, exactly as the AWS SDK for JavaScript v3 types it. */
export type AwsInput<A extends AwsAction> =
  InstanceOfCommand<CommandOf<A>> extends { input: infer I } ? I : never;

/** The answer to an action, as the SDK types it. */
export type AwsOutput<A extends AwsAction> =
  InstanceOfCommand<CommandOf<A>> extends {
    resolveMiddleware(...args: never[]): infer H;
  }
    ? H extends (...args: never[]) => Promise<{ output: infer O }>
      ? O
      : never
    : never;

export interface AwsAnswer<A extends AwsAction> {
  readonly output: AwsOutput<A>;
  /** Id of the stored, redacted answer: what a finding points at. */
  readonly evidence: string;
}

export type AwsFailureKind =
  | 'denied' // the identity may not: "cannot verify", never "empty"
  | 'not-found'
  | 'throttled'
  | 'invalid'
  | 'timeout' // no answer; for a change the outcome is unknown
  | 'unreachable' // the request was not delivered
  | 'stopped' // refused before it was sent: budget, undeclared action, audit, cancelled
  | 'other';

export interface AwsFailure {
  readonly kind: AwsFailureKind;
  readonly action: AwsAction;
  /** AWS's error name, such as `ClusterNotFoundException`; our own code when `kind` is `stopped`. */
  readonly code: string;
  /** Redacted and bounded. */
  readonly message: string;
  readonly evidence?: string;
}

/** Thrown by `Aws.call`. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  readonly failure: AwsFailure;
  constructor(failure: AwsFailure, cause?: unknown) {
    super(
      `${failure.action}: ${failure.code}: ${failure.message}`,
      cause === undefined ? undefined : { cause },
    );
    this.failure = failure;
  }
}

/** The narrow gate to AWS that a tool is handed for one call. */
export interface Aws {
  readonly account: string;
  readonly region: string;
  /**
   * Sends one request. It is journaled before it leaves and its redacted answer is stored as evidence.
   * Throws `AwsCallError`; never anything else.
   */
  call<A extends AwsAction>(action: A, input: AwsInput<A>): Promise<AwsAnswer<A>>;
}
