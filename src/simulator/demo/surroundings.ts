// What surrounds the demo's services: scaling, image repositories, roles, the database.

import type { Snapshot } from '../../contract/snapshot.ts';
import { ACCOUNT, groups, hexOf, minutesAgo, REGION, roleArn, subnets, VPC, zones } from './names.ts';
import { PRODUCTION, type Workload, workloads } from './workloads.ts';

export function demoScaling(nowMs: number): Partial<Snapshot['applicationAutoscaling']> {
  const ResourceId = `service/${PRODUCTION}/checkout`;
  const common = {
    ServiceNamespace: 'ecs' as const,
    ResourceId,
    ScalableDimension: 'ecs:service:DesiredCount' as const,
  };
  return {
    ScalableTargets: [
      {
        ...common,
        MinCapacity: 2,
        MaxCapacity: 6,
        RoleARN: roleArn(
          'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
        ),
        CreationTime: minutesAgo(nowMs, 90 * 1440),
      },
    ],
    ScalingPolicies: [
      {
        ...common,
        PolicyName: 'checkout-cpu',
        PolicyType: 'TargetTrackingScaling',
        CreationTime: minutesAgo(nowMs, 90 * 1440),
        PolicyARN: `arn:aws:autoscaling:${REGION}:${ACCOUNT}:scalingPolicy:4f2c1b7e:resource/ecs/${ResourceId}:policyName/checkout-cpu`,
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 60,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
      },
    ],
  };
}

export function repositoryOf(workload: Workload, nowMs: number): Snapshot['ecr']['repositories'][number] {
  const images = workload.revisions.map(({ tag, daysOld }) => ({
    imageDigest: `sha256:${hexOf(`${workload.service}:${tag}`, 64)}`,
    imageTags: [tag],
    imagePushedAt: minutesAgo(nowMs, daysOld * 1440 + 12),
    architecture: 'amd64',
  }));
  return { repositoryName: workload.service, registryId: ACCOUNT, images };
}

export function demoRoles(): Snapshot['iam']['Roles'] {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const pull = [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ];
  const role = (RoleName: string, Action: string[]) => ({
    RoleName,
    Arn: roleArn(RoleName),
    AssumeRolePolicyDocument: trust,
    policies: [
      {
        PolicyName: RoleName,
        Document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
      },
    ],
  });
  return [
    role('ecsTaskExecutionRole', pull),
    ...workloads.map((workload) => role(`${workload.service}-task`, ['s3:GetObject'])),
  ];
}

/** The database that the troubled service cannot reach. */
export function demoDatabase(): Snapshot['rds']['DBInstances'][number] {
  return {
    DBInstanceIdentifier: 'production-db',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    MultiAZ: false,
    PubliclyAccessible: false,
    AvailabilityZone: zones[0],
    Endpoint: { Address: `production-db.c4kq2wzx81ab.${REGION}.rds.amazonaws.com`, Port: 5432 },
    VpcSecurityGroups: [{ VpcSecurityGroupId: groups.database, Status: 'active' }],
    DBSubnetGroup: {
      VpcId: VPC,
      Subnets: subnets.data.map((SubnetIdentifier) => ({ SubnetIdentifier })),
    },
  };
}
