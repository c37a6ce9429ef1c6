// What a made-up account is to run: task definitions, and services in a steady state.

import type { SnapshotService, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { requiredAttributes } from '../physics/required-attributes.ts';
import { hasInterface } from './fleet-plan.ts';
import {
  clusterArn,
  definitionArn,
  deploymentId,
  imageOf,
  minutesAgo,
  roleArn,
  secretArn,
  serviceArn,
  targetGroupArn,
} from './names.ts';
import type { AccountPlan, ServicePlan } from './plan.ts';

type Container = NonNullable<SnapshotTaskDefinition['containerDefinitions']>[number];

const DAY_MINUTES = 1_440;

/** The running revision and the one before it. */
export function definitionsOf(plan: AccountPlan, service: ServicePlan): SnapshotTaskDefinition[] {
  return [service.revision - 1, service.revision].map((revision) =>
    withRequirements({
      taskDefinitionArn: definitionArn(plan, service.name, revision),
      family: service.name,
      revision,
      status: 'ACTIVE',
      networkMode: hasInterface(plan) ? 'awsvpc' : 'bridge',
      requiresCompatibilities: [service.launchType],
      compatibilities: service.launchType === 'FARGATE' ? ['EC2', 'FARGATE'] : ['EC2'],
      cpu: String(service.cpu),
      memory: String(service.memoryMiB),
      runtimePlatform: { cpuArchitecture: service.architecture, operatingSystemFamily: 'LINUX' },
      executionRoleArn: roleArn(plan, service.executionRole),
      taskRoleArn: roleArn(plan, service.taskRole),
      registeredAt: minutesAgo(plan, (service.revision - revision + 1) * 3 * DAY_MINUTES),
      registeredBy: roleArn(plan, 'ci-deploy'),
      volumes: [],
      placementConstraints: [],
      requiresAttributes: [],
      containerDefinitions: [containerOf(plan, service, revision)],
    }),
  );
}

/** On Fargate nothing is compared with them, and ECS lists them all the same. */
function withRequirements(definition: SnapshotTaskDefinition): SnapshotTaskDefinition {
  return { ...definition, requiresAttributes: requiredAttributes(definition) };
}

function containerOf(plan: AccountPlan, service: ServicePlan, revision: number): Container {
  const { database } = service;
  const environment = {
    PORT: String(service.port),
    LOG_LEVEL: 'info',
    ...(database === undefined ? {} : { DB_HOST: database.host, DB_PORT: String(database.port) }),
  };
  return {
    name: service.container,
    image: imageOf(plan, service.name, revision === service.revision ? service.tag : `${service.tag}-rc1`),
    essential: true,
    cpu: 0,
    portMappings: [
      { containerPort: service.port, hostPort: hasInterface(plan) ? service.port : 0, protocol: 'tcp' },
    ],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets:
      service.secret === undefined
        ? []
        : [{ name: 'DB_PASSWORD', valueFrom: secretArn(plan, service.secret) }],
    mountPoints: [],
    volumesFrom: [],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': service.logGroup,
        'awslogs-region': plan.region,
        'awslogs-stream-prefix': 'ecs',
      },
    },
    healthCheck: {
      command: ['CMD-SHELL', `curl -f http://localhost:${service.port}${service.healthPath} || exit 1`],
      interval: 15,
      timeout: 5,
      retries: 3,
      startPeriod: 30,
    },
  };
}

export function serviceOf(plan: AccountPlan, service: ServicePlan): SnapshotService {
  const id = deploymentId(service, service.revision);
  const taskDefinition = definitionArn(plan, service.name, service.revision);
  const since = minutesAgo(plan, 3 * DAY_MINUTES);
  const shared = launchOf(plan, service);
  return {
    serviceArn: serviceArn(plan, service.name),
    serviceName: service.name,
    clusterArn: clusterArn(plan),
    status: 'ACTIVE',
    desiredCount: service.desired,
    runningCount: service.desired,
    pendingCount: 0,
    ...shared,
    ...(service.launchType === 'FARGATE' ? { platformVersion: 'LATEST', platformFamily: 'Linux' } : {}),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    taskDefinition,
    loadBalancers: service.balanced
      ? [
          {
            targetGroupArn: targetGroupArn(plan, service),
            containerName: service.container,
            containerPort: service.port,
          },
        ]
      : [],
    ...(service.balanced ? { healthCheckGracePeriodSeconds: 120 } : {}),
    serviceRegistries: [],
    roleArn: roleArn(plan, 'aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
    createdAt: minutesAgo(plan, 200 * DAY_MINUTES),
    createdBy: roleArn(plan, 'ci-deploy'),
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    propagateTags: 'NONE',
    placementConstraints: [],
    placementStrategy:
      service.launchType === 'EC2' ? [{ type: 'spread', field: 'attribute:ecs.availability-zone' }] : [],
    tags: [],
    deployments: [
      {
        id,
        status: 'PRIMARY',
        taskDefinition,
        desiredCount: service.desired,
        runningCount: service.desired,
        pendingCount: 0,
        failedTasks: 0,
        createdAt: since,
        updatedAt: since,
        ...shared,
        rolloutState: 'COMPLETED',
        rolloutStateReason: `ECS deployment ${id} completed.`,
      },
    ],
    events: [
      {
        id: uuidFrom(plan.random.hex(32)),
        createdAt: minutesAgo(plan, plan.random.int(60, 340)),
        message: `(service ${service.name}) has reached a steady state.`,
      },
    ],
  };
}

/** What a service and its deployments say about where tasks run. */
function launchOf(
  plan: AccountPlan,
  service: ServicePlan,
): Pick<SnapshotService, 'launchType' | 'capacityProviderStrategy' | 'networkConfiguration'> {
  const { provider } = plan.fleet ?? {};
  return {
    ...(provider === undefined
      ? { launchType: service.launchType }
      : { capacityProviderStrategy: [{ capacityProvider: provider, weight: 1, base: 0 }] }),
    ...(hasInterface(plan) ? { networkConfiguration: awsvpcOf(plan, service) } : {}),
  };
}

function awsvpcOf(
  plan: AccountPlan,
  service: ServicePlan,
): NonNullable<SnapshotService['networkConfiguration']> {
  return {
    awsvpcConfiguration: {
      subnets: plan.zones.map((zone) => zone.subnets.tasks),
      securityGroups: [service.group],
      assignPublicIp: plan.wayOut === 'public' && service.launchType === 'FARGATE' ? 'ENABLED' : 'DISABLED',
    },
  };
}
