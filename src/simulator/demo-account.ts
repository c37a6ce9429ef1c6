// The account that `lockkeeper up --demo` shows: a small production environment in which one service cannot reach its
// database. All times are relative to the moment it is made for; the same moment gives the same account.

import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot, type SnapshotTask } from '../contract/snapshot.ts';
import {
  ACCOUNT,
  BALANCER_ARN,
  groups,
  hexOf,
  LISTENER_ARN,
  minutesAgo,
  REGION,
  roleArn,
  subnets,
  targetGroupArn,
  VPC,
  zones,
} from './demo/names.ts';
import { demoNetwork, taskInterface } from './demo/network.ts';
import { runningTask, type TaskFacts, taskIdOf } from './demo/tasks.ts';
import {
  cloudTrailEvents,
  failedStreams,
  runningStream,
  stoppedTasks,
  troubledService,
} from './demo/troubled-service.ts';
import {
  clusterOf,
  logGroupOf,
  PRODUCTION,
  STAGING,
  serviceOf,
  TROUBLED,
  taskDefinitionsOf,
  type Workload,
  workloads,
} from './demo/workloads.ts';

/** The demo account as of `nowMs` (epoch milliseconds). */
export function demoSnapshot(nowMs: number): Snapshot {
  const running = workloads.flatMap((workload, index) =>
    tasksOf(workload, index, nowMs).map((facts) => ({ workload, facts })),
  );
  const tasks: SnapshotTask[] = [
    ...running.map(({ workload, facts }) => runningTask(workload, facts)),
    ...workloads
      .filter((workload) => workload.service === TROUBLED)
      .flatMap((workload) => stoppedTasks(workload, nowMs)),
  ];
  const network = demoNetwork();
  const interfaces = running.map(({ workload, facts }) =>
    taskInterface({
      id: taskIdOf(facts),
      subnet: facts.zone,
      address: facts.address,
      group: workload.group,
      service: workload.service,
      at: new Date(facts.createdMs).toISOString(),
    }),
  );
  return parseSnapshot({
    format: SNAPSHOT_FORMAT,
    takenAt: new Date(nowMs).toISOString(),
    account: { id: ACCOUNT, region: REGION },
    ecs: {
      clusters: [PRODUCTION, STAGING].map((name) => ({
        ...clusterOf(name),
        runningTasksCount: running.filter((one) => one.workload.cluster === name).length,
      })),
      services: workloads.map((workload) =>
        workload.service === TROUBLED ? troubledService(workload, nowMs) : serviceOf(workload, nowMs),
      ),
      tasks,
      taskDefinitions: workloads.flatMap((workload) => taskDefinitionsOf(workload, nowMs)),
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'].map((name) => ({
        name,
        status: 'ACTIVE',
        capacityProviderArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:capacity-provider/${name}`,
        tags: [],
      })),
      accountSettings: [{ name: 'awsvpcTrunking', value: 'disabled' }],
    },
    ec2: { ...network, NetworkInterfaces: [...(network.NetworkInterfaces ?? []), ...interfaces] },
    logs: {
      logGroups: workloads.map((workload) => ({
        logGroupName: logGroupOf(workload),
        retentionInDays: 30,
        creationTime: nowMs - 200 * 86_400_000,
        streams: [
          ...running
            .filter((one) => one.workload === workload)
            .map(({ facts }) => runningStream(workload, facts, nowMs)),
          ...(workload.service === TROUBLED ? failedStreams(workload, nowMs) : []),
        ],
      })),
    },
    elbv2: balancing(running),
    applicationAutoscaling: scaling(nowMs),
    ecr: { repositories: workloads.map((workload) => repositoryOf(workload, nowMs)) },
    iam: { Roles: rolesOf() },
    rds: {
      DBInstances: [
        {
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
        },
      ],
    },
    cloudtrail: { events: cloudTrailEvents(nowMs) },
  });
}

/** The running tasks of a workload; the troubled one still has three of its old revision. */
function tasksOf(workload: Workload, index: number, nowMs: number): TaskFacts[] {
  const revision = workload.service === TROUBLED ? workload.revisions[0] : workload.revisions.at(-1);
  const count = workload.service === TROUBLED ? 3 : workload.desired;
  return Array.from({ length: count }, (_, task) => ({
    key: `${workload.service} running ${task}`,
    revision: revision?.revision ?? 1,
    zone: task % 2,
    address: `10.0.${10 + (task % 2)}.${20 + index * 10 + task}`,
    createdMs: nowMs - (revision?.daysOld ?? 1) * 86_400_000 + task * 90_000 + 30_000,
  }));
}

function balancing(running: { workload: Workload; facts: TaskFacts }[]): Partial<Snapshot['elbv2']> {
  const balanced = workloads.filter((workload) => workload.balanced);
  const forward = (name: string) => [
    { Type: 'forward' as const, TargetGroupArn: targetGroupArn(name), Order: 1 },
  ];
  return {
    LoadBalancers: [
      {
        LoadBalancerArn: BALANCER_ARN,
        LoadBalancerName: 'production-alb',
        DNSName: `production-alb-1184519102.${REGION}.elb.amazonaws.com`,
        Type: 'application',
        Scheme: 'internet-facing',
        State: { Code: 'active' },
        VpcId: VPC,
        SecurityGroups: [groups.balancer],
        IpAddressType: 'ipv4',
        AvailabilityZones: subnets.public.map((SubnetId, zone) => ({
          ZoneName: zones[zone],
          SubnetId,
          LoadBalancerAddresses: [],
        })),
      },
    ],
    Listeners: [
      {
        ListenerArn: LISTENER_ARN,
        LoadBalancerArn: BALANCER_ARN,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: forward(TROUBLED),
      },
    ],
    Rules: [
      {
        RuleArn: `${LISTENER_ARN.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee`,
        Priority: '10',
        IsDefault: false,
        Conditions: [{ Field: 'path-pattern', Values: ['/checkout*'] }],
        Actions: forward('checkout'),
      },
      {
        RuleArn: `${LISTENER_ARN.replace(':listener/', ':listener-rule/')}/0b7c1d9e55f4a2c8`,
        Priority: 'default',
        IsDefault: true,
        Conditions: [],
        Actions: forward(TROUBLED),
      },
    ],
    TargetGroups: balanced.map(({ service }) => ({
      TargetGroupArn: targetGroupArn(service),
      TargetGroupName: service,
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: 8080,
      VpcId: VPC,
      TargetType: 'ip',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [BALANCER_ARN],
      IpAddressType: 'ipv4',
    })),
    TargetGroupAttributes: Object.fromEntries(
      balanced.map(({ service }) => [
        targetGroupArn(service),
        [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }],
      ]),
    ),
    LoadBalancerAttributes: { [BALANCER_ARN]: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] },
    TargetHealth: Object.fromEntries(
      balanced.map((workload) => [
        targetGroupArn(workload.service),
        running
          .filter((one) => one.workload === workload)
          .map(({ facts }) => ({
            Target: { Id: facts.address, Port: 8080, AvailabilityZone: zones[facts.zone] },
            HealthCheckPort: '8080',
            TargetHealth: { State: 'healthy' as const },
          })),
      ]),
    ),
  };
}

function scaling(nowMs: number): Partial<Snapshot['applicationAutoscaling']> {
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

function repositoryOf(workload: Workload, nowMs: number): Snapshot['ecr']['repositories'][number] {
  const images = workload.revisions.map(({ tag, daysOld }) => ({
    imageDigest: `sha256:${hexOf(`${workload.service}:${tag}`, 64)}`,
    imageTags: [tag],
    imagePushedAt: minutesAgo(nowMs, daysOld * 1440 + 12),
    architecture: 'amd64',
  }));
  return { repositoryName: workload.service, registryId: ACCOUNT, images };
}

function rolesOf(): Snapshot['iam']['Roles'] {
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
