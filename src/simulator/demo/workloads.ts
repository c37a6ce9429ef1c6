// What runs in the demo account: each application with its task definitions, and the service around it.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotService, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import {
  CACHE_HOST,
  clusterArn,
  DATABASE_HOST,
  groups,
  hexOf,
  image,
  minutesAgo,
  REGION,
  roleArn,
  serviceArn,
  subnets,
  targetGroupArn,
  taskDefinitionArn,
} from './names.ts';

export interface Workload {
  readonly service: string;
  readonly cluster: string;
  readonly container: string;
  readonly revisions: readonly {
    readonly revision: number;
    readonly tag: string;
    readonly daysOld: number;
  }[];
  readonly desired: number;
  readonly group: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the load balancer sends it requests. */
  readonly balanced: boolean;
}

export const PRODUCTION = 'production-cluster';
export const STAGING = 'staging-cluster';
/** The service that the demo is about. */
export const TROUBLED = 'my-web-service';

export const workloads: readonly Workload[] = [
  {
    service: TROUBLED,
    cluster: PRODUCTION,
    container: 'web',
    desired: 4,
    group: groups.app,
    balanced: true,
    revisions: [
      { revision: 41, tag: '2.13.4', daysOld: 6 },
      { revision: 42, tag: '2.14.0', daysOld: 0.015 },
    ],
    environment: { DB_HOST: DATABASE_HOST, DB_PORT: '5432', REDIS_HOST: CACHE_HOST, LOG_LEVEL: 'info' },
  },
  {
    service: 'checkout',
    cluster: PRODUCTION,
    container: 'checkout',
    desired: 2,
    group: groups.app,
    balanced: true,
    revisions: [{ revision: 17, tag: '1.8.2', daysOld: 12 }],
    environment: { REDIS_HOST: CACHE_HOST },
  },
  {
    service: 'payments-api',
    cluster: PRODUCTION,
    container: 'api',
    desired: 2,
    group: groups.worker,
    balanced: false,
    revisions: [{ revision: 9, tag: '3.0.1', daysOld: 20 }],
    environment: { LOG_LEVEL: 'info' },
  },
  {
    service: 'search-indexer',
    cluster: PRODUCTION,
    container: 'indexer',
    desired: 1,
    group: groups.worker,
    balanced: false,
    revisions: [{ revision: 5, tag: '0.9.3', daysOld: 31 }],
    environment: {},
  },
  {
    service: 'notifications',
    cluster: PRODUCTION,
    container: 'worker',
    desired: 1,
    group: groups.worker,
    balanced: false,
    revisions: [{ revision: 23, tag: '1.2.0', daysOld: 9 }],
    environment: {},
  },
  {
    service: 'staging-web',
    cluster: STAGING,
    container: 'web',
    desired: 1,
    group: groups.worker,
    balanced: false,
    revisions: [{ revision: 77, tag: '2.14.0', daysOld: 1 }],
    environment: { LOG_LEVEL: 'debug' },
  },
];

export const logGroupOf = (workload: Workload) => `/ecs/${workload.service}`;
export const streamOf = (workload: Workload, taskId: string) => `ecs/${workload.container}/${taskId}`;
export const deploymentId = (workload: Workload, revision: number) =>
  `ecs-svc/${(BigInt(`0x${hexOf(`${workload.service}:${revision}`, 15)}`) + 1_000_000_000_000_000_000n).toString()}`;

export function taskDefinitionsOf(workload: Workload, nowMs: number): SnapshotTaskDefinition[] {
  return workload.revisions.map(({ revision, tag, daysOld }) => ({
    taskDefinitionArn: taskDefinitionArn(workload.service, revision),
    family: workload.service,
    revision,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    cpu: '512',
    memory: '1024',
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    executionRoleArn: roleArn('ecsTaskExecutionRole'),
    taskRoleArn: roleArn(`${workload.service}-task`),
    registeredAt: minutesAgo(nowMs, daysOld * 1440),
    registeredBy: roleArn('ci-deploy'),
    volumes: [],
    placementConstraints: [],
    containerDefinitions: [containerOf(workload, tag)],
  }));
}

export function serviceOf(workload: Workload, nowMs: number): SnapshotService {
  const newest = workload.revisions.at(-1);
  const daysOld = newest?.daysOld ?? 1;
  const taskDefinition = taskDefinitionArn(workload.service, newest?.revision ?? 1);
  const name = workload.service;
  return {
    serviceArn: serviceArn(workload.cluster, name),
    serviceName: name,
    clusterArn: clusterArn(workload.cluster),
    status: 'ACTIVE',
    desiredCount: workload.desired,
    runningCount: workload.desired,
    pendingCount: 0,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      minimumHealthyPercent: 75,
      maximumPercent: 100,
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    taskDefinition,
    networkConfiguration: awsvpcOf(workload),
    loadBalancers: workload.balanced
      ? [{ targetGroupArn: targetGroupArn(name), containerName: workload.container, containerPort: 8080 }]
      : [],
    ...(workload.balanced ? { healthCheckGracePeriodSeconds: 120 } : {}),
    serviceRegistries: [],
    roleArn: roleArn('aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
    createdAt: minutesAgo(nowMs, 200 * 1440),
    createdBy: roleArn('ci-deploy'),
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    propagateTags: 'NONE',
    placementConstraints: [],
    placementStrategy: [],
    tags: [{ key: 'team', value: name === TROUBLED || name === 'checkout' ? 'storefront' : 'platform' }],
    deployments: [
      deploymentOf(workload, {
        revision: newest?.revision ?? 1,
        status: 'PRIMARY',
        desired: workload.desired,
        running: workload.desired,
        failed: 0,
        rollout: 'COMPLETED',
        at: minutesAgo(nowMs, daysOld * 1440),
        updatedAt: minutesAgo(nowMs, daysOld * 1440 - 5),
      }),
    ],
    events: [
      {
        id: hexId(`${name} steady`),
        createdAt: minutesAgo(nowMs, 150),
        message: `(service ${name}) has reached a steady state.`,
      },
      {
        id: hexId(`${name} done`),
        createdAt: minutesAgo(nowMs, daysOld * 1440 - 5),
        message: `(service ${name}) (deployment ${deploymentId(workload, newest?.revision ?? 1)}) deployment completed.`,
      },
    ],
  };
}

export interface DeploymentFacts {
  readonly revision: number;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly desired: number;
  readonly running: number;
  readonly failed: number;
  readonly rollout: 'IN_PROGRESS' | 'COMPLETED';
  readonly at: string;
  readonly updatedAt: string;
}

export function deploymentOf(
  workload: Workload,
  facts: DeploymentFacts,
): NonNullable<SnapshotService['deployments']>[number] {
  const id = deploymentId(workload, facts.revision);
  return {
    id,
    status: facts.status,
    taskDefinition: taskDefinitionArn(workload.service, facts.revision),
    desiredCount: facts.desired,
    runningCount: facts.running,
    pendingCount: 0,
    failedTasks: facts.failed,
    createdAt: facts.at,
    updatedAt: facts.updatedAt,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: awsvpcOf(workload),
    rolloutState: facts.rollout,
    rolloutStateReason: `ECS deployment ${id} ${facts.rollout === 'COMPLETED' ? 'completed.' : 'in progress.'}`,
  };
}

/** An event id, which AWS makes a UUID. */
export function hexId(text: string): string {
  const hex = hexOf(text, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function awsvpcOf(workload: Workload): NonNullable<SnapshotService['networkConfiguration']> {
  return {
    awsvpcConfiguration: {
      subnets: [...subnets.private],
      securityGroups: [workload.group],
      assignPublicIp: 'DISABLED',
    },
  };
}

function containerOf(workload: Workload, tag: string): Ecs.ContainerDefinition {
  return {
    name: workload.container,
    image: image(workload.service, tag),
    essential: true,
    cpu: 0,
    memoryReservation: 512,
    portMappings: workload.balanced ? [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }] : [],
    environment: Object.entries(workload.environment).map(([name, value]) => ({ name, value })),
    mountPoints: [],
    volumesFrom: [],
    dockerLabels: { version: tag },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroupOf(workload),
        'awslogs-region': REGION,
        'awslogs-stream-prefix': 'ecs',
      },
    },
    ...(workload.balanced
      ? {
          healthCheck: {
            command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'],
            interval: 10,
            timeout: 5,
            retries: 3,
            startPeriod: 30,
          },
        }
      : {}),
  };
}

export const clusterOf = (name: string) => ({
  clusterArn: clusterArn(name),
  clusterName: name,
  status: 'ACTIVE',
  registeredContainerInstancesCount: 0,
  runningTasksCount: 0,
  pendingTasksCount: 0,
  activeServicesCount: workloads.filter((workload) => workload.cluster === name).length,
  statistics: [],
  settings: [{ name: 'containerInsights' as const, value: 'disabled' }],
  capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  defaultCapacityProviderStrategy: [],
});
