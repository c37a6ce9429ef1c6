// The least an AWS role of a node needs, derived from the actions its tools declare. Where AWS supports permissions on
// single resources the document names them; the Describe actions of EC2 and load balancing only exist for all resources.
// Source of what supports what: the Service Authorization Reference.

import { type AwsAction, awsActions, isReadAction } from '../contract/aws.ts';
import { isChangeTool, type Tool } from '../contract/tool.ts';

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

export interface IamDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamOptions {
  /** Leaves out what only changing tools need. */
  readonly readOnly: boolean;
  /** Narrow the resources to one account and region; both are `*` when left out. */
  readonly account?: string;
  readonly region?: string;
}

/** Characters (without white space) of the largest managed policy; an inline role policy may have 10,240. */
export const MANAGED_POLICY_CHARS = 6_144;

/** ARN patterns by action. An action that is not here has no permissions on single resources and gets `*`. */
const RESOURCES: Readonly<Partial<Record<AwsAction, string | readonly string[]>>> = {
  'ecs:DescribeClusters': 'ecs:{region}:{account}:cluster/*',
  'ecs:DescribeServices': 'ecs:{region}:{account}:service/*',
  'ecs:UpdateService': 'ecs:{region}:{account}:service/*',
  'ecs:DescribeTasks': 'ecs:{region}:{account}:task/*',
  'ecs:StopTask': 'ecs:{region}:{account}:task/*',
  'ecs:GetTaskProtection': 'ecs:{region}:{account}:task/*',
  'ecs:UpdateTaskProtection': 'ecs:{region}:{account}:task/*',
  'ecs:StopServiceDeployment': 'ecs:{region}:{account}:service-deployment/*',
  'ecs:RegisterTaskDefinition': 'ecs:{region}:{account}:task-definition/*',
  'ecs:UpdateContainerInstancesState': 'ecs:{region}:{account}:container-instance/*',
  'logs:FilterLogEvents': 'logs:{region}:{account}:log-group:*',
  'logs:DescribeLogStreams': 'logs:{region}:{account}:log-group:*',
  'logs:CreateLogGroup': 'logs:{region}:{account}:log-group:*',
  'logs:PutRetentionPolicy': 'logs:{region}:{account}:log-group:*',
  'logs:DeleteRetentionPolicy': 'logs:{region}:{account}:log-group:*',
  'logs:GetLogEvents': 'logs:{region}:{account}:log-group:*:log-stream:*',
  'logs:StartQuery': 'logs:{region}:{account}:log-group:*',
  'iam:GetRole': 'iam::{account}:role/*',
  'iam:ListRolePolicies': 'iam::{account}:role/*',
  'iam:GetRolePolicy': 'iam::{account}:role/*',
  'iam:ListAttachedRolePolicies': 'iam::{account}:role/*',
  'iam:SimulatePrincipalPolicy': 'iam::{account}:role/*',
  'secretsmanager:DescribeSecret': 'secretsmanager:{region}:{account}:secret:*',
  'secretsmanager:GetResourcePolicy': 'secretsmanager:{region}:{account}:secret:*',
  'ec2:GetManagedPrefixListEntries': 'ec2:{region}:*:prefix-list/*',
  'ec2:AuthorizeSecurityGroupEgress': 'ec2:{region}:{account}:security-group/*',
  'ec2:AuthorizeSecurityGroupIngress': 'ec2:{region}:{account}:security-group/*',
  'ec2:RevokeSecurityGroupEgress': 'ec2:{region}:{account}:security-group/*',
  'ec2:RevokeSecurityGroupIngress': 'ec2:{region}:{account}:security-group/*',
  'ec2:CreateNetworkAclEntry': 'ec2:{region}:{account}:network-acl/*',
  'ec2:DeleteNetworkAclEntry': 'ec2:{region}:{account}:network-acl/*',
  'ec2:ModifyVpcAttribute': 'ec2:{region}:{account}:vpc/*',
  'ec2:CreateVpcEndpoint': [
    'ec2:{region}:{account}:vpc-endpoint/*',
    'ec2:{region}:{account}:vpc/*',
    'ec2:{region}:{account}:subnet/*',
    'ec2:{region}:{account}:security-group/*',
    'ec2:{region}:{account}:route-table/*',
  ],
  'elasticloadbalancing:ModifyTargetGroup': 'elasticloadbalancing:{region}:{account}:targetgroup/*',
  'elasticloadbalancing:ModifyTargetGroupAttributes': 'elasticloadbalancing:{region}:{account}:targetgroup/*',
  'application-autoscaling:RegisterScalableTarget':
    'application-autoscaling:{region}:{account}:scalable-target/*',
  'application-autoscaling:PutScalingPolicy': 'application-autoscaling:{region}:{account}:scalable-target/*',
  'application-autoscaling:DeleteScalingPolicy':
    'application-autoscaling:{region}:{account}:scalable-target/*',
  'autoscaling:UpdateAutoScalingGroup':
    'autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/*',
};

/** The policy document for `tools`. Statements and actions are sorted, so that two versions can be compared. */
export function iamPolicy(tools: readonly Tool[], options: IamOptions): IamDocument {
  const used = tools
    .filter((tool) => !options.readOnly || !isChangeTool(tool))
    .flatMap((tool) => tool.actions);
  const actions = awsActions.filter((action) => used.includes(action));
  const groups = new Map<string, { actions: AwsAction[]; resource: string | readonly string[] }>();
  for (const action of [...actions].sort()) {
    const resource = resourceOf(action, options);
    const sid = sidOf(action, typeof resource === 'string' ? resource : (resource[0] ?? '*'));
    const group = groups.get(sid) ?? { actions: [], resource };
    group.actions.push(action);
    groups.set(sid, group);
  }
  return {
    Version: '2012-10-17',
    Statement: [...groups].map(([Sid, { actions, resource }]) => ({
      Sid,
      Effect: 'Allow',
      Action: actions,
      Resource: resource,
    })),
  };
}

/** Characters that count towards the limits of IAM: all but white space between members. */
export function iamChars(document: IamDocument): number {
  return JSON.stringify(document).length;
}

function resourceOf(
  action: AwsAction,
  { account = '*', region = '*' }: IamOptions,
): string | readonly string[] {
  const patterns = RESOURCES[action];
  if (patterns === undefined) return '*';
  const arnOf = (pattern: string) =>
    `arn:aws:${pattern.replace('{region}', region).replace('{account}', account)}`;
  return typeof patterns === 'string' ? arnOf(patterns) : patterns.map(arnOf);
}

/**
 * Such as `EcsChangeService`: service, what is done, and to what. Reads without permissions on single resources are one
 * statement, `Read`, since every statement costs characters of the policy. IAM allows letters and digits only.
 */
function sidOf(action: AwsAction, resource: string): string {
  if (resource === '*' && isReadAction(action)) return 'Read';
  const [service = ''] = action.split(':');
  const short = service === 'elasticloadbalancing' ? 'elb' : service;
  const kind = /:([a-z-]+)(?:\/\*|:\*)?$/.exec(resource.replace(/(?::\*|\/\*)$/, ''))?.[1] ?? '';
  const words = [
    short,
    isReadAction(action) ? 'read' : 'change',
    ...(resource === '*' ? [] : kind.split('-')),
  ];
  return words
    .flatMap((word) => word.split('-'))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
