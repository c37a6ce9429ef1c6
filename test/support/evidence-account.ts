// A healthy account with something in every section that lies around a service: roles, images, secrets, keys, file systems,
// databases, history, discovery, quotas, schedules and deployments.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { CLUSTER, healthyAccount, ids, NOW_MS, SERVICE } from './account-builder.ts';

const PLACE = 'eu-central-1:210987654321';
const iso = (minutesAgo: number) => new Date(NOW_MS - minutesAgo * 60_000).toISOString();

export const evidence = {
  role: 'api-execution',
  roleArn: 'arn:aws:iam::210987654321:role/api-execution',
  managedPolicy: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
  repository: 'shop/api',
  digest: `sha256:${'a'.repeat(64)}`,
  secretArn: `arn:aws:secretsmanager:${PLACE}:secret:prod/api/db-AbCdEf`,
  key: '1a2b3c4d-1111-2222-3333-444455556666',
  fileSystem: 'fs-0123456789abcdef0',
  mountTarget: 'fsmt-0123456789abcdef0',
  accessPoint: 'fsap-0123456789abcdef0',
  namespace: 'ns-aaaabbbbccccdddd',
  discovery: 'srv-aaaabbbbccccdddd',
  deployment: 'd-ABCDEFGH1',
  clusterArn: `arn:aws:ecs:${PLACE}:cluster/${CLUSTER}`,
  quota: 'L-3032A538',
  group: `/ecs/${SERVICE}`,
} as const;

const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

/** The account; tests change it before they use it. */
export function evidenceAccount(): Snapshot {
  const snapshot = healthyAccount();
  addIdentity(snapshot);
  addStorage(snapshot);
  addHistory(snapshot);
  addCompute(snapshot);
  return snapshot;
}

function addIdentity(snapshot: Snapshot): void {
  snapshot.iam.Roles.push({
    RoleName: evidence.role,
    Arn: evidence.roleArn,
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policies: [
      {
        PolicyName: 'read-secrets',
        Document: policy(
          allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${PLACE}:secret:prod/*`),
          {
            Effect: 'Deny',
            Action: 'secretsmanager:*',
            Resource: `arn:aws:secretsmanager:${PLACE}:secret:prod/root-*`,
          },
        ),
      },
      {
        PolicyName: 'AmazonECSTaskExecutionRolePolicy',
        PolicyArn: evidence.managedPolicy,
        Document: policy(
          allow(
            ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'logs:CreateLogStream', 'logs:PutLogEvents'],
            '*',
          ),
        ),
      },
    ],
  });
  snapshot.ecr.repositories.push({
    repositoryName: evidence.repository,
    policy: policy({ Sid: 'pull', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'ecr:BatchGetImage' }),
    images: [
      {
        imageDigest: evidence.digest,
        imageTags: ['v8', 'latest'],
        imagePushedAt: iso(90),
        imageSizeInBytes: 73_400_320,
        architecture: 'arm64',
        imageScanFindings: {
          imageScanCompletedAt: iso(80),
          findingSeverityCounts: { CRITICAL: 1, LOW: 2 },
          findings: [{ name: 'CVE-2026-0001', severity: 'CRITICAL', uri: 'https://cve.example/1' }],
        },
      },
      { imageDigest: `sha256:${'b'.repeat(64)}`, imagePushedAt: iso(900) },
    ],
  });
  snapshot.secretsmanager.secrets.push(
    {
      ARN: evidence.secretArn,
      Name: 'prod/api/db',
      KmsKeyId: evidence.key,
      LastChangedDate: iso(30),
      ResourcePolicy: policy({
        Effect: 'Allow',
        Principal: '*',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
      }),
    },
    { ARN: `arn:aws:secretsmanager:${PLACE}:secret:old-GhIjKl`, Name: 'old', DeletedDate: iso(5) },
  );
  snapshot.ssm.parameters.push({
    Name: '/prod/api/url',
    Type: 'SecureString',
    KeyId: 'alias/aws/ssm',
    Version: 3,
  });
  snapshot.kms.keys.push({
    KeyId: evidence.key,
    aliases: ['alias/api'],
    KeyState: 'PendingDeletion',
    DeletionDate: iso(-60 * 24 * 7),
    policy: policy({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: 'kms:*',
      Resource: '*',
    }),
  });
}

function addStorage(snapshot: Snapshot): void {
  snapshot.efs.FileSystems.push({
    FileSystemId: evidence.fileSystem,
    Name: 'uploads',
    LifeCycleState: 'available',
  } as never);
  snapshot.efs.MountTargets.push({
    MountTargetId: evidence.mountTarget,
    FileSystemId: evidence.fileSystem,
    SubnetId: ids.subnets.a,
    VpcId: ids.vpc,
    AvailabilityZoneName: 'eu-central-1a',
    IpAddress: '10.1.10.9',
    LifeCycleState: 'available',
    SecurityGroups: [ids.groups.database],
  });
  snapshot.efs.AccessPoints.push({
    AccessPointId: evidence.accessPoint,
    FileSystemId: evidence.fileSystem,
    LifeCycleState: 'available',
    PosixUser: { Uid: 1000, Gid: 1000 },
    RootDirectory: { Path: '/uploads' },
  });
  snapshot.efs.policies[evidence.fileSystem] = policy({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  snapshot.rds.DBInstances.push({
    DBInstanceIdentifier: 'orders',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    Endpoint: { Address: 'orders.abc.eu-central-1.rds.amazonaws.com', Port: 5432 },
    VpcSecurityGroups: [{ VpcSecurityGroupId: ids.groups.database, Status: 'active' }],
    DBClusterIdentifier: 'orders-cluster',
  });
  snapshot.rds.DBClusters.push({
    DBClusterIdentifier: 'orders-cluster',
    Status: 'available',
    Engine: 'aurora-postgresql',
    Endpoint: 'orders-cluster.cluster-abc.eu-central-1.rds.amazonaws.com',
    Port: 5432,
    VpcSecurityGroups: [{ VpcSecurityGroupId: ids.groups.database, Status: 'active' }],
  });
}

function addHistory(snapshot: Snapshot): void {
  const change = (EventName: string, minutesAgo: number, name: string) => ({
    EventId: `${EventName}-${minutesAgo}`,
    EventName,
    EventTime: iso(minutesAgo),
    EventSource: 'ec2.amazonaws.com',
    Username: 'maria',
    Resources: [{ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName: name }],
    CloudTrailEvent: { requestParameters: { groupId: name }, sourceIPAddress: '192.0.2.7' },
  });
  snapshot.cloudtrail.events.push(
    change('RevokeSecurityGroupEgress', 12, ids.groups.app),
    change('DescribeSecurityGroups', 5, ids.groups.app),
    change('AuthorizeSecurityGroupIngress', 60, ids.groups.database),
  );
  snapshot.codedeploy.deployments.push({
    deploymentId: evidence.deployment,
    applicationName: 'api-app',
    deploymentGroupName: 'api-group',
    status: 'Failed',
    computePlatform: 'ECS',
    createTime: iso(40),
    errorInformation: { code: 'HEALTH_CONSTRAINTS', message: 'The replacement tasks stayed unhealthy.' },
  });
  snapshot.events.rules.push({
    Name: 'nightly',
    ScheduleExpression: 'rate(1 day)',
    State: 'DISABLED',
    Targets: [
      {
        Id: 'task',
        Arn: evidence.clusterArn,
        RoleArn: evidence.roleArn,
        EcsParameters: {
          TaskDefinitionArn: `arn:aws:ecs:${PLACE}:task-definition/${SERVICE}:7`,
          TaskCount: 1,
        },
      },
    ],
  });
  snapshot.logs.logGroups[0]?.streams.push({
    logStreamName: 'ecs/app/history',
    events: [
      { timestamp: NOW_MS - 60_000, message: '{"level":"error","path":"/pay","ms":900}' },
      { timestamp: NOW_MS - 50_000, message: 'connect ETIMEDOUT 10.1.20.5:5432' },
      { timestamp: NOW_MS - 40_000, message: '{"level":"info","path":"/pay","ms":12}' },
    ],
  });
}

function addCompute(snapshot: Snapshot): void {
  snapshot.servicediscovery.namespaces.push({
    Id: evidence.namespace,
    Name: 'shop.local',
    Type: 'DNS_PRIVATE',
    Properties: { HttpProperties: { HttpName: 'shop.local' } },
  });
  snapshot.servicediscovery.services.push({
    Id: evidence.discovery,
    Name: SERVICE,
    NamespaceId: evidence.namespace,
    DnsConfig: { DnsRecords: [{ Type: 'A', TTL: 15 }] },
  });
  snapshot.servicediscovery.instances.push({
    Id: 'instance-1',
    ServiceId: evidence.discovery,
    Attributes: { AWS_INSTANCE_IPV4: '10.1.10.11', AWS_INSTANCE_PORT: '8080' },
  });
  snapshot.servicequotas.quotas.push({
    ServiceCode: 'fargate',
    QuotaCode: evidence.quota,
    QuotaName: 'Fargate On-Demand vCPU resource count',
    Value: 6,
    Unit: 'None',
  });
  snapshot.ec2.InstanceTypes.push({
    InstanceType: 'm5.large',
    VCpuInfo: { DefaultVCpus: 2 },
    MemoryInfo: { SizeInMiB: 8192 },
    NetworkInfo: { MaximumNetworkInterfaces: 3, Ipv4AddressesPerInterface: 10 },
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
  });
  snapshot.ecs.accountSettings.push({ name: 'awsvpcTrunking', value: 'enabled' });
  snapshot.ecs.containerInstances.push({
    containerInstanceArn: `arn:aws:ecs:${PLACE}:container-instance/${CLUSTER}/${'c'.repeat(32)}`,
    status: 'ACTIVE',
    attributes: [{ name: 'ecs.capability.task-eni' }, { name: 'ecs.os-type', value: 'linux' }],
  });
  const [task] = snapshot.ecs.tasks;
  if (task !== undefined)
    snapshot.ecs.taskProtections.push({
      taskArn: task.taskArn,
      protectionEnabled: true,
      expirationDate: iso(-30),
    });
  snapshot.cloudwatch.MetricAlarms.push({
    AlarmName: 'api-cpu',
    StateValue: 'ALARM',
    StateReason: 'Threshold crossed',
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
  });
  snapshot.cloudwatch.metrics.push({
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: CLUSTER },
      { Name: 'ServiceName', Value: SERVICE },
    ],
    points: [
      [iso(10), 71.5],
      [iso(5), 99],
    ],
  });
}
