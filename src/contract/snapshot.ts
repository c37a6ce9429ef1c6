// The format `lockkeeper-snapshot/1`: the part of an AWS account that an investigation can see, as one JSON value.
// Objects are what the AWS SDK for JavaScript v3 returns, with dates as ISO-8601 text. Only the fields that identify
// an object are required, because AWS omits what is unset and adds fields over time. A parsed snapshot has every section.

import { z } from 'zod';
import { limits } from '../kernel/limits.ts';
import { fail } from './errors.ts';
import { firstBadDate, instantText } from './snapshot-dates.ts';
import type { Snapshot } from './snapshot-types.ts';

export type * from './snapshot-types.ts';

export const SNAPSHOT_FORMAT = 'lockkeeper-snapshot/1';

/**
 * Reads a snapshot from JSON text or from a parsed JSON value; missing sections come back empty.
 * Throws `snapshot-invalid` with the JSON path and the reason.
 */
export function parseSnapshot(source: unknown): Snapshot {
  const value = typeof source === 'string' ? parseText(source) : source;
  const result = snapshotSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw fail(
      'snapshot-invalid',
      { where: jsonPath(issue?.path ?? []), detail: reasonOf(issue) },
      result.error,
    );
  }
  const bad = firstBadDate(result.data);
  if (bad !== null)
    throw fail('snapshot-invalid', {
      where: jsonPath(bad.path),
      detail: `${String(JSON.stringify(bad.value)).slice(0, 60)} is no instant such as 2026-11-20T10:00:00Z`,
    });
  // The schema checks the identifying fields; everything else is by definition what AWS returned, so its types are the SDK's.
  return result.data as unknown as Snapshot;
}

function parseText(text: string): unknown {
  if (Buffer.byteLength(text) > limits.snapshot.bytes) {
    throw fail('snapshot-invalid', {
      where: '$',
      detail: `it is larger than ${limits.snapshot.bytes} bytes`,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('snapshot-invalid', { where: '$', detail: 'it is not JSON' }, cause);
  }
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(String(key))
      ? `${text}.${String(key)}`
      : `${text}[${JSON.stringify(key)}]`;
  }, '$');
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
  const message = issue?.message ?? 'not valid';
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** A list of AWS objects, each identified by the text fields `keys`; all other fields are kept as they are. */
function listOf(...keys: string[]) {
  return z.array(identifiedBy(...keys)).default([]);
}

/** As `listOf`, with the types of further fields that the product counts with or walks through. */
function typedList<Shape extends z.ZodRawShape>(keys: readonly string[], shape: Shape) {
  return z.array(identifiedBy(...keys).extend(shape)).default([]);
}

function identifiedBy(...keys: string[]) {
  return z.looseObject(Object.fromEntries(keys.map((key) => [key, z.string().min(1)])));
}

/** A section of `shape` that may be missing, which means that nothing of that kind exists. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const object = z.strictObject(shape);
  // Every member of every section has a default, which the compiler cannot see through the type parameter.
  return object.prefault({} as z.input<typeof object>);
}

const anything = z.looseObject({});
const attributeLists = z.record(z.string(), z.array(identifiedBy('Key'))).default({});
const jsonDocument = z.record(z.string(), z.json());

// Fields that may be missing; an AWS answer kept by hand may say so with null.
const count = z.number().int().nonnegative().nullish();
const text = z.string().nullish();
const objects = z.array(anything).nullish();
const counts = { desiredCount: count, runningCount: count, pendingCount: count };
const deployment = z.looseObject({ ...counts, failedTasks: count, status: text, rolloutState: text });
const serviceFields = {
  ...counts,
  status: text,
  taskDefinition: text,
  launchType: text,
  deployments: z.array(deployment).nullish(),
  events: objects,
  loadBalancers: objects,
};
const taskFields = {
  lastStatus: text,
  desiredStatus: text,
  taskDefinitionArn: text,
  stoppedReason: text,
  containers: z.array(z.looseObject({ name: text, lastStatus: text, exitCode: z.int().nullish() })).nullish(),
  attachments: objects,
};
const definitionFields = {
  revision: count,
  containerDefinitions: z.array(z.looseObject({ name: text, image: text })).nullish(),
};

/** Epoch milliseconds of a moment that a Date can hold. */
const epochMs = z.number().min(0).max(8.64e15);
const logEvent = z.looseObject({ timestamp: epochMs, message: z.string() });
const logStream = z.looseObject({ logStreamName: z.string().min(1), events: z.array(logEvent).default([]) });
const logGroup = z.looseObject({ logGroupName: z.string().min(1), streams: z.array(logStream).default([]) });

const prefixList = z.looseObject({
  PrefixListId: z.string().min(1),
  PrefixListName: z.string().min(1),
  Entries: z.array(identifiedBy('Cidr')).default([]),
});

const metric = z.looseObject({
  Namespace: z.string().min(1),
  MetricName: z.string().min(1),
  Dimensions: z.array(z.looseObject({ Name: z.string(), Value: z.string() })).default([]),
  points: z.array(z.tuple([instantText, z.number()])).default([]),
});

const role = z.looseObject({
  RoleName: z.string().min(1),
  Arn: z.string().min(1),
  AssumeRolePolicyDocument: jsonDocument.optional(),
  policies: z.array(z.looseObject({ PolicyName: z.string().min(1), Document: jsonDocument })).default([]),
});

const snapshotSchema = z.strictObject({
  format: z.literal(SNAPSHOT_FORMAT),
  takenAt: instantText,
  account: z.strictObject({
    id: z.string().regex(/^\d{12}$/, 'must be 12 digits'),
    region: z.string().min(1),
  }),
  ecs: section({
    clusters: listOf('clusterArn', 'clusterName'),
    services: typedList(['serviceArn', 'serviceName', 'clusterArn'], serviceFields),
    tasks: typedList(['taskArn', 'clusterArn'], taskFields),
    taskDefinitions: typedList(['taskDefinitionArn', 'family'], definitionFields),
    containerInstances: listOf('containerInstanceArn'),
    capacityProviders: listOf('name'),
    serviceDeployments: listOf('serviceDeploymentArn', 'serviceArn'),
    serviceRevisions: listOf('serviceRevisionArn'),
    accountSettings: listOf('name', 'value'),
    taskProtections: listOf('taskArn'),
  }),
  ec2: section({
    Vpcs: listOf('VpcId'),
    Subnets: listOf('SubnetId', 'VpcId'),
    RouteTables: typedList(['RouteTableId', 'VpcId'], { Routes: objects, Associations: objects }),
    SecurityGroups: typedList(['GroupId'], { IpPermissions: objects, IpPermissionsEgress: objects }),
    NetworkAcls: typedList(['NetworkAclId', 'VpcId'], { Entries: objects, Associations: objects }),
    NetworkInterfaces: listOf('NetworkInterfaceId'),
    VpcEndpoints: listOf('VpcEndpointId'),
    NatGateways: listOf('NatGatewayId'),
    InternetGateways: listOf('InternetGatewayId'),
    Instances: listOf('InstanceId'),
    InstanceTypes: listOf('InstanceType'),
    ManagedPrefixLists: z.array(prefixList).default([]),
    VpcAttributes: z
      .record(
        z.string(),
        z.looseObject({
          enableDnsSupport: z.boolean().optional(),
          enableDnsHostnames: z.boolean().optional(),
        }),
      )
      .default({}),
  }),
  logs: section({ logGroups: z.array(logGroup).default([]) }),
  elbv2: section({
    LoadBalancers: listOf('LoadBalancerArn'),
    TargetGroups: listOf('TargetGroupArn'),
    Listeners: listOf('ListenerArn'),
    Rules: listOf('RuleArn'),
    TargetHealth: z.record(z.string(), z.array(z.looseObject({ Target: identifiedBy('Id') }))).default({}),
    TargetGroupAttributes: attributeLists,
    LoadBalancerAttributes: attributeLists,
  }),
  applicationAutoscaling: section({
    ScalableTargets: listOf('ServiceNamespace', 'ResourceId'),
    ScalingPolicies: listOf('PolicyName', 'ResourceId'),
    ScalingActivities: listOf('ActivityId', 'ResourceId'),
  }),
  autoscaling: section({
    AutoScalingGroups: listOf('AutoScalingGroupName'),
    Activities: listOf('ActivityId'),
  }),
  cloudwatch: section({ metrics: z.array(metric).default([]), MetricAlarms: listOf('AlarmName') }),
  ecr: section({
    repositories: z
      .array(
        z.looseObject({
          repositoryName: z.string().min(1),
          policy: jsonDocument.optional(),
          images: z.array(anything).default([]),
        }),
      )
      .default([]),
  }),
  iam: section({ Roles: z.array(role).default([]) }),
  kms: section({ keys: listOf('KeyId') }),
  secretsmanager: section({ secrets: listOf('ARN', 'Name') }),
  ssm: section({ parameters: listOf('Name') }),
  rds: section({ DBInstances: listOf('DBInstanceIdentifier'), DBClusters: listOf('DBClusterIdentifier') }),
  efs: section({
    FileSystems: listOf('FileSystemId'),
    MountTargets: listOf('MountTargetId'),
    AccessPoints: listOf('AccessPointId'),
    policies: z.record(z.string(), jsonDocument).default({}),
  }),
  cloudtrail: section({
    events: listOf('EventName'),
    // Callers that ask all the time; only what they do shows.
    callers: z
      .array(
        z.strictObject({
          role: z.string(),
          session: z.string(),
          action: z.string(),
          perSecond: z.number().positive().max(1_000),
        }),
      )
      .default([]),
  }),
  servicediscovery: section({ namespaces: listOf('Id'), services: listOf('Id'), instances: listOf('Id') }),
  servicequotas: section({ quotas: listOf('ServiceCode', 'QuotaCode') }),
  events: section({ rules: listOf('Name') }),
  codedeploy: section({ deployments: listOf('deploymentId') }),
  denied: z.array(z.string().regex(/^[a-z0-9-]+:([A-Za-z0-9]+|\*)$/, 'must read service:Action')).default([]),
});
