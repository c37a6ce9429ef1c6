// The TypeScript side of `lockkeeper-snapshot/1`: the AWS SDK's own types with dates as text, and what belongs to an object
// but comes from another request (a policy, targets) next to it. Types only; the checks are in snapshot.ts.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type * as Groups from '@aws-sdk/client-auto-scaling';
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecr from '@aws-sdk/client-ecr';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as Efs from '@aws-sdk/client-efs';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Kms from '@aws-sdk/client-kms';
import type * as Rds from '@aws-sdk/client-rds';
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type * as ServiceQuotas from '@aws-sdk/client-service-quotas';
import type * as ServiceDiscovery from '@aws-sdk/client-servicediscovery';
import type * as Ssm from '@aws-sdk/client-ssm';

/** What the SDK returns, as JSON keeps it: every Date is ISO-8601 text. */
export type Stored<T> = T extends Date
  ? string
  : T extends Uint8Array
    ? string
    : T extends (infer Item)[]
      ? Stored<Item>[]
      : T extends object
        ? { [Key in keyof T]: Stored<T[Key]> }
        : T;

/** A stored AWS object whose identifying fields `Keys` are known to be there. */
export type Identified<T, Keys extends keyof T> = Stored<T> & {
  [Key in Keys]-?: NonNullable<Stored<T[Key]>>;
};

/** A policy document or another JSON object that AWS hands out as text. */
export type JsonDocument = Record<string, unknown>;

export type SnapshotCluster = Identified<Ecs.Cluster, 'clusterArn' | 'clusterName'>;
export type SnapshotService = Identified<Ecs.Service, 'serviceArn' | 'serviceName' | 'clusterArn'>;
export type SnapshotTask = Identified<Ecs.Task, 'taskArn' | 'clusterArn'>;
export type SnapshotTaskDefinition = Identified<Ecs.TaskDefinition, 'taskDefinitionArn' | 'family'> & {
  tags?: { key?: string; value?: string }[];
};
export type SnapshotContainerInstance = Identified<Ecs.ContainerInstance, 'containerInstanceArn'>;
export type SnapshotCapacityProvider = Identified<Ecs.CapacityProvider, 'name'>;
export type SnapshotServiceDeployment = Identified<
  Ecs.ServiceDeployment,
  'serviceDeploymentArn' | 'serviceArn'
>;
export type SnapshotServiceRevision = Identified<Ecs.ServiceRevision, 'serviceRevisionArn'>;
export type SnapshotSecurityGroup = Identified<Ec2.SecurityGroup, 'GroupId'>;
export type SnapshotSubnet = Identified<Ec2.Subnet, 'SubnetId' | 'VpcId'>;
export type SnapshotRouteTable = Identified<Ec2.RouteTable, 'RouteTableId' | 'VpcId'>;
export type SnapshotNetworkAcl = Identified<Ec2.NetworkAcl, 'NetworkAclId' | 'VpcId'>;
export type SnapshotNetworkInterface = Identified<Ec2.NetworkInterface, 'NetworkInterfaceId'>;
export type SnapshotTargetHealth = Stored<Elb.TargetHealthDescription> & { Target: { Id: string } };

export interface SnapshotPrefixList {
  PrefixListId: string;
  PrefixListName: string;
  Entries: { Cidr: string; Description?: string }[];
  OwnerId?: string;
  AddressFamily?: string;
  [key: string]: unknown;
}

export interface SnapshotLogEvent {
  /** Epoch milliseconds. */
  timestamp: number;
  message: string;
  /** Epoch milliseconds. */
  ingestionTime?: number;
}

export interface SnapshotLogStream {
  logStreamName: string;
  events: SnapshotLogEvent[];
  /** Epoch milliseconds. */
  creationTime?: number;
}

export interface SnapshotLogGroup {
  logGroupName: string;
  retentionInDays?: number;
  /** Epoch milliseconds. */
  creationTime?: number;
  streams: SnapshotLogStream[];
  [key: string]: unknown;
}

export interface SnapshotMetric {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: string }[];
  /** ISO-8601 time and value. */
  points: [string, number][];
}

export interface SnapshotRolePolicy {
  PolicyName: string;
  Document: JsonDocument;
  /** Says that it is a managed policy that is attached to the role; without it the policy is inline. */
  PolicyArn?: string;
}

export type SnapshotRole = Partial<
  Omit<Stored<Iam.Role>, 'AssumeRolePolicyDocument' | 'PermissionsBoundary'>
> & {
  RoleName: string;
  Arn: string;
  AssumeRolePolicyDocument?: JsonDocument;
  PermissionsBoundary?: {
    PermissionsBoundaryArn?: string;
    PermissionsBoundaryType?: 'PermissionsBoundaryPolicy';
    Document?: JsonDocument;
  };
  policies: SnapshotRolePolicy[];
  /** Managed policies whose documents the snapshot does not have. */
  AttachedManagedPolicies?: { PolicyName?: string; PolicyArn: string }[];
  /** Names of the instance profiles that hand it to hosts; without them a profile of the role's own name does. */
  InstanceProfiles?: string[];
};

export type SnapshotImage = Stored<Ecr.ImageDetail> & {
  /** What the image was built for, such as `arm64`; several platforms as a list or with commas. */
  architecture?: string | string[];
  /** The manifest, where it is known. */
  imageManifest?: JsonDocument;
  imageScanFindings?: Stored<Ecr.ImageScanFindings>;
};

export type SnapshotRepository = Identified<Ecr.Repository, 'repositoryName'> & {
  images: SnapshotImage[];
  policy?: JsonDocument;
};

export type SnapshotSecret = Identified<SecretsManager.DescribeSecretResponse, 'ARN' | 'Name'> & {
  ResourcePolicy?: JsonDocument;
  /** The keys of a value that is a JSON object; never what they hold. */
  JsonKeys?: string[];
};
export type SnapshotParameter = Identified<Ssm.ParameterMetadata, 'Name'>;
export type SnapshotKey = Identified<Kms.KeyMetadata, 'KeyId'> & {
  /** Such as `alias/orders`. */
  aliases?: string[];
  policy?: JsonDocument;
};
export type SnapshotMountTarget = Partial<Stored<Efs.MountTargetDescription>> & {
  MountTargetId: string;
  SecurityGroups?: string[];
};
export type SnapshotDiscoveryInstance = Identified<ServiceDiscovery.InstanceSummary, 'Id'> & {
  ServiceId?: string;
};
export type SnapshotQuota = Identified<ServiceQuotas.ServiceQuota, 'ServiceCode' | 'QuotaCode'> & {
  usage?: number;
};
export type SnapshotRule = Identified<EventBridge.Rule, 'Name'> & { Targets?: Stored<EventBridge.Target>[] };

export interface SnapshotCloudTrailEvent {
  EventId?: string;
  EventTime?: string;
  EventName: string;
  EventSource?: string;
  Username?: string;
  Resources?: { ResourceType?: string; ResourceName?: string }[];
  CloudTrailEvent?: Record<string, unknown>;
  [key: string]: unknown;
}

/** A parsed snapshot: every section is there, empty when the file left it out. */
export interface Snapshot {
  format: 'lockkeeper-snapshot/1';
  /** ISO-8601; "now" for everything relative, such as the age of an event. */
  takenAt: string;
  account: { id: string; region: string };
  ecs: {
    clusters: SnapshotCluster[];
    services: SnapshotService[];
    tasks: SnapshotTask[];
    taskDefinitions: SnapshotTaskDefinition[];
    containerInstances: SnapshotContainerInstance[];
    capacityProviders: SnapshotCapacityProvider[];
    serviceDeployments: SnapshotServiceDeployment[];
    serviceRevisions: SnapshotServiceRevision[];
    accountSettings: { name: string; value: string }[];
    taskProtections: Identified<Ecs.ProtectedTask, 'taskArn'>[];
  };
  ec2: {
    Vpcs: Identified<Ec2.Vpc, 'VpcId'>[];
    Subnets: SnapshotSubnet[];
    RouteTables: SnapshotRouteTable[];
    SecurityGroups: SnapshotSecurityGroup[];
    NetworkAcls: SnapshotNetworkAcl[];
    NetworkInterfaces: SnapshotNetworkInterface[];
    VpcEndpoints: Identified<Ec2.VpcEndpoint, 'VpcEndpointId'>[];
    NatGateways: Identified<Ec2.NatGateway, 'NatGatewayId'>[];
    InternetGateways: Identified<Ec2.InternetGateway, 'InternetGatewayId'>[];
    Instances: Identified<Ec2.Instance, 'InstanceId'>[];
    InstanceTypes: Identified<Ec2.InstanceTypeInfo, 'InstanceType'>[];
    ManagedPrefixLists: SnapshotPrefixList[];
    VpcAttributes: Record<string, { enableDnsSupport?: boolean; enableDnsHostnames?: boolean }>;
  };
  logs: { logGroups: SnapshotLogGroup[] };
  elbv2: {
    LoadBalancers: Identified<Elb.LoadBalancer, 'LoadBalancerArn'>[];
    TargetGroups: Identified<Elb.TargetGroup, 'TargetGroupArn'>[];
    Listeners: Identified<Elb.Listener, 'ListenerArn'>[];
    /** `ListenerArn` says which listener a rule belongs to; without it the rule's own ARN does. */
    Rules: (Identified<Elb.Rule, 'RuleArn'> & { ListenerArn?: string })[];
    TargetHealth: Record<string, SnapshotTargetHealth[]>;
    TargetGroupAttributes: Record<string, { Key: string; Value?: string }[]>;
    LoadBalancerAttributes: Record<string, { Key: string; Value?: string }[]>;
  };
  applicationAutoscaling: {
    ScalableTargets: Identified<Scaling.ScalableTarget, 'ServiceNamespace' | 'ResourceId'>[];
    ScalingPolicies: Identified<Scaling.ScalingPolicy, 'PolicyName' | 'ResourceId'>[];
    ScalingActivities: Identified<Scaling.ScalingActivity, 'ActivityId' | 'ResourceId'>[];
  };
  autoscaling: {
    AutoScalingGroups: Identified<Groups.AutoScalingGroup, 'AutoScalingGroupName'>[];
    Activities: Identified<Groups.Activity, 'ActivityId'>[];
  };
  cloudwatch: { metrics: SnapshotMetric[]; MetricAlarms: Identified<CloudWatch.MetricAlarm, 'AlarmName'>[] };
  ecr: { repositories: SnapshotRepository[] };
  iam: { Roles: SnapshotRole[] };
  kms: { keys: SnapshotKey[] };
  secretsmanager: { secrets: SnapshotSecret[] };
  ssm: { parameters: SnapshotParameter[] };
  rds: {
    DBInstances: Identified<Rds.DBInstance, 'DBInstanceIdentifier'>[];
    DBClusters: Identified<Rds.DBCluster, 'DBClusterIdentifier'>[];
  };
  efs: {
    FileSystems: (Partial<Stored<Efs.FileSystemDescription>> & { FileSystemId: string })[];
    MountTargets: SnapshotMountTarget[];
    AccessPoints: Identified<Efs.AccessPointDescription, 'AccessPointId'>[];
    policies: Record<string, JsonDocument>;
  };
  cloudtrail: {
    events: SnapshotCloudTrailEvent[];
    callers: { role: string; session: string; action: string; perSecond: number }[];
  };
  servicediscovery: {
    namespaces: Identified<ServiceDiscovery.Namespace, 'Id'>[];
    services: Identified<ServiceDiscovery.Service, 'Id'>[];
    instances: SnapshotDiscoveryInstance[];
  };
  servicequotas: { quotas: SnapshotQuota[] };
  events: { rules: SnapshotRule[] };
  codedeploy: { deployments: Identified<CodeDeploy.DeploymentInfo, 'deploymentId'>[] };
  /** API actions the investigating role may not call, as `service:Action`. */
  denied: string[];
}

/** A snapshot as a file or a caller may write it: any section, and any list in it, may be missing. */
export type SnapshotInput = Pick<Snapshot, 'format' | 'takenAt' | 'account'> & {
  [Key in Exclude<keyof Snapshot, 'format' | 'takenAt' | 'account'>]?: Key extends 'denied'
    ? string[]
    : Partial<Snapshot[Key]>;
};
