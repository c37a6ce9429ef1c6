// Services of the base account: definition, repository, log group, target group, deployment and running tasks.

import type { SnapshotService, SnapshotTask, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { found, type World, zones } from './base.ts';
import { subnetId } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { addRunning } from './tasks.ts';

export type Container = NonNullable<SnapshotTask['containers']>[number];
export type ContainerDefinition = NonNullable<SnapshotTaskDefinition['containerDefinitions']>[number];
export type Deployment = NonNullable<SnapshotService['deployments']>[number];

interface Wanted {
  readonly name: string;
  readonly cluster: string;
  readonly count: number;
  readonly port: number;
  /** Name of its security group. */
  readonly group: string;
  /** Whether the public load balancer sends it requests. */
  readonly public?: boolean;
}

export const clusterArn = (w: World, cluster: string) => w.arn('ecs', `cluster/${cluster}`);
export const definitionArn = (w: World, name: string, revision: number) =>
  w.arn('ecs', `task-definition/${name}:${revision}`);
export const deploymentId = (w: World, name: string, revision: number) =>
  `ecs-svc/${BigInt(`0x${w.hex(`deployment-${name}-${revision}`, 15)}`)
    .toString()
    .padStart(19, '7')}`;
export const targetGroupArn = (w: World, name = w.place.service) =>
  w.arn('elasticloadbalancing', `targetgroup/${name.slice(0, 24)}-tg/${w.hex(`tg-${name}`, 16)}`);
export const imageOf = (w: World, name: string, tag: string) =>
  `${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com/${name}:${tag}`;

export function theService(w: World, name = w.place.service): SnapshotService {
  return found(
    w.snapshot.ecs.services.find((one) => one.serviceName === name),
    `service ${name}`,
  );
}

/** The newest definition of a service's family. */
export function theDefinition(w: World, name = w.place.service): SnapshotTaskDefinition {
  return found(
    w.snapshot.ecs.taskDefinitions.filter((one) => one.family === name).at(-1),
    `definition of ${name}`,
  );
}

export function theContainer(w: World, name = w.place.service): ContainerDefinition {
  return found(theDefinition(w, name).containerDefinitions?.[0], `container of ${name}`);
}

export function primaryOf(w: World, name = w.place.service): Deployment {
  return found(
    theService(w, name).deployments?.find((one) => one.status === 'PRIMARY'),
    `primary deployment of ${name}`,
  );
}

export function clusterOf(w: World, name: string): string {
  return found(theService(w, name).clusterArn.split('/')[1], 'cluster');
}

export function isAwsvpc(w: World): boolean {
  return w.place.launch === 'FARGATE' || w.place.mode === 'awsvpc';
}

/** Whether docker chooses the ports on the hosts. */
export function isDynamic(w: World): boolean {
  return w.place.launch === 'EC2' && w.place.mode === 'bridge';
}

export function addService(w: World, wanted: Wanted): void {
  const { ecs, ecr, logs } = w.snapshot;
  const arn = clusterArn(w, wanted.cluster);
  if (!ecs.clusters.some((one) => one.clusterArn === arn))
    ecs.clusters.push({
      clusterArn: arn,
      clusterName: wanted.cluster,
      status: 'ACTIVE',
      capacityProviders:
        w.place.launch === 'EC2' ? [`${w.place.cluster}-hosts`] : ['FARGATE', 'FARGATE_SPOT'],
    });
  ecs.taskDefinitions.push(definition(w, wanted));
  ecr.repositories.push({
    repositoryName: wanted.name,
    registryId: w.place.account,
    repositoryArn: w.arn('ecr', `repository/${wanted.name}`),
    images: [image(w, wanted.name, '2.13.4', 2_000_000), image(w, wanted.name, '2.14.0', 91_000)],
  });
  logs.logGroups.push({
    logGroupName: `/ecs/${w.place.cluster}/${wanted.name}`,
    retentionInDays: 30,
    streams: [],
  });
  if (wanted.public === true) addTargetGroup(w, wanted);
  ecs.services.push(service(w, wanted));
  for (let index = 0; index < wanted.count; index++)
    addRunning(w, { name: wanted.name, zone: zones[index % 3] ?? 'a', startedAgo: 84_000 + index * 31 });
}

export function image(w: World, name: string, tag: string, pushedAgo: number): Record<string, unknown> {
  return {
    imageDigest: `sha256:${w.hex(`${name}:${tag}`, 64)}`,
    imageTags: [tag],
    imagePushedAt: w.ago(pushedAgo),
    imageSizeInBytes: 187_211_004,
    architecture: 'amd64',
  };
}

function definition(w: World, { name, port }: Wanted): SnapshotTaskDefinition {
  const { cluster, region, launch } = w.place;
  return {
    taskDefinitionArn: definitionArn(w, name, 41),
    family: name,
    revision: 41,
    status: 'ACTIVE',
    networkMode: isAwsvpc(w) ? 'awsvpc' : w.place.mode,
    requiresCompatibilities: [launch],
    compatibilities: launch === 'FARGATE' ? ['EC2', 'FARGATE'] : ['EC2'],
    ...(launch === 'FARGATE'
      ? {
          cpu: '512',
          memory: '1024',
          runtimePlatform: { cpuArchitecture: 'X86_64' as const, operatingSystemFamily: 'LINUX' as const },
        }
      : {}),
    executionRoleArn: w.role(`${cluster}-execution`),
    taskRoleArn: w.role(`${cluster}-task`),
    registeredAt: w.ago(90_000),
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [
      { name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' },
      { name: 'com.amazonaws.ecs.capability.ecr-auth' },
      { name: 'com.amazonaws.ecs.capability.task-iam-role' },
    ],
    containerDefinitions: [
      {
        name,
        image: imageOf(w, name, '2.14.0'),
        cpu: launch === 'FARGATE' ? 0 : 256,
        ...(launch === 'FARGATE' ? {} : { memory: 768, memoryReservation: 512 }),
        essential: true,
        portMappings: [
          { containerPort: port, hostPort: isDynamic(w) ? 0 : port, protocol: 'tcp', name: 'http' },
        ],
        environment: [
          { name: 'DATABASE_HOST', value: databaseHost(w) },
          { name: 'DATABASE_PORT', value: '5432' },
          {
            name: 'QUEUE_URL',
            value: `https://sqs.${region}.amazonaws.com/${w.place.account}/${cluster}-jobs`,
          },
        ],
        secrets: [
          {
            name: 'DATABASE_PASSWORD',
            valueFrom: w.arn('secretsmanager', `secret:${cluster}/database-Ab3dE9`),
          },
          { name: 'STRIPE_KEY', valueFrom: w.arn('ssm', `parameter/${cluster}/stripe-key`) },
        ],
        mountPoints: [],
        volumesFrom: [],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': `/ecs/${cluster}/${name}`,
            'awslogs-region': region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
  };
}

function service(w: World, { name, cluster, count, group, port, public: isPublic }: Wanted): SnapshotService {
  const { launch } = w.place;
  return {
    serviceArn: w.arn('ecs', `service/${cluster}/${name}`),
    serviceName: name,
    clusterArn: clusterArn(w, cluster),
    status: 'ACTIVE',
    desiredCount: count,
    runningCount: 0,
    pendingCount: 0,
    ...(launch === 'FARGATE'
      ? { launchType: launch, platformVersion: 'LATEST', platformFamily: 'Linux' }
      : { capacityProviderStrategy: [{ capacityProvider: `${w.place.cluster}-hosts`, weight: 1, base: 0 }] }),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    createdAt: w.ago(9_000_000),
    enableECSManagedTags: true,
    enableExecuteCommand: false,
    propagateTags: 'SERVICE',
    ...(isPublic === true ? { healthCheckGracePeriodSeconds: 30 } : {}),
    taskDefinition: definitionArn(w, name, 41),
    loadBalancers:
      isPublic === true
        ? [{ targetGroupArn: targetGroupArn(w, name), containerName: name, containerPort: port }]
        : [],
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: launch === 'EC2' ? [{ type: 'spread', field: 'attribute:ecs.availability-zone' }] : [],
    ...(isAwsvpc(w)
      ? {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: zones.map((zone) => subnetId(w, 'private', zone)),
              securityGroups: [w.id('sg', group)],
              assignPublicIp: 'DISABLED' as const,
            },
          },
        }
      : {}),
    deployments: [deployment(w, name, 41, { desired: count, running: 0, ago: 89_000 })],
    events: [
      {
        id: w.hex(`${name}-steady`, 32),
        createdAt: w.ago(3_000),
        message: `(service ${name}) has reached a steady state.`,
      },
    ],
  };
}

export function deployment(
  w: World,
  name: string,
  revision: number,
  state: { readonly desired: number; readonly running: number; readonly ago: number },
): Deployment {
  return {
    id: deploymentId(w, name, revision),
    status: 'PRIMARY',
    taskDefinition: definitionArn(w, name, revision),
    desiredCount: state.desired,
    runningCount: state.running,
    pendingCount: 0,
    failedTasks: 0,
    createdAt: w.ago(state.ago),
    updatedAt: w.ago(Math.max(state.ago - 400, 20)),
    ...(w.place.launch === 'FARGATE'
      ? { launchType: 'FARGATE' as const, platformVersion: '1.4.0', platformFamily: 'Linux' }
      : {}),
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${deploymentId(w, name, revision)} completed.`,
  };
}

function addTargetGroup(w: World, { name, port }: Wanted): void {
  const { elbv2 } = w.snapshot;
  const TargetGroupArn = targetGroupArn(w, name);
  const LoadBalancerArn = found(elbv2.LoadBalancers[0], 'load balancer').LoadBalancerArn;
  elbv2.TargetGroups.push({
    TargetGroupArn,
    TargetGroupName: `${name.slice(0, 24)}-tg`,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: w.id('vpc', 'main'),
    TargetType: isAwsvpc(w) ? 'ip' : 'instance',
    HealthCheckEnabled: true,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckPath: '/healthz',
    HealthCheckIntervalSeconds: 15,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [LoadBalancerArn],
  });
  elbv2.TargetGroupAttributes[TargetGroupArn] = [
    { Key: 'deregistration_delay.timeout_seconds', Value: '60' },
    { Key: 'slow_start.duration_seconds', Value: '0' },
  ];
  elbv2.TargetHealth[TargetGroupArn] = [];
  elbv2.Listeners.push({
    ListenerArn: `${LoadBalancerArn.replace(':loadbalancer/', ':listener/')}/${w.hex('listener', 16)}`,
    LoadBalancerArn,
    Port: port === 443 ? 8443 : 443,
    Protocol: 'HTTPS',
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
}
