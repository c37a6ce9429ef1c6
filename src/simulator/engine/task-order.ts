// A task as ECS first shows it: what was asked for, not yet anything else.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { Deployment } from '../deployment.ts';
import { proxyContainer } from './service-connect.ts';
import { type AwsvpcConfiguration, clusterName, isoNow, taskId, type World } from './world.ts';

/** What somebody asks ECS to run. */
export interface TaskOrder {
  readonly clusterArn: string;
  readonly taskDefinitionArn: string | undefined;
  /** Such as `service:web` or `family:nightly`. */
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL';
  readonly capacityProviderName?: string | undefined;
  readonly containerInstanceArn?: string | undefined;
  readonly network: AwsvpcConfiguration | undefined;
  readonly enableExecuteCommand: boolean;
  /** Whether ECS adds the proxy of Service Connect. */
  readonly serviceConnect?: boolean;
}

/** What a service's deployment asks for. */
export function orderOf(service: SnapshotService, deployment: Deployment): TaskOrder {
  const launchType = deployment.launchType ?? service.launchType;
  return {
    clusterArn: service.clusterArn,
    taskDefinitionArn: deployment.taskDefinition,
    group: `service:${service.serviceName}`,
    startedBy: deployment.id,
    launchType: launchType === 'EC2' || launchType === 'EXTERNAL' ? launchType : 'FARGATE',
    network: (deployment.networkConfiguration ?? service.networkConfiguration)?.awsvpcConfiguration,
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    serviceConnect: deployment.serviceConnectConfiguration?.enabled === true,
  };
}

export function newTask(world: World, order: TaskOrder): SnapshotTask {
  const { account } = world;
  const id = account.newHex(32);
  const cluster = clusterName(order);
  const taskArn = `arn:aws:ecs:${account.region}:${account.id}:task/${cluster}/${id}`;
  const definition = world.index.definition(order.taskDefinitionArn ?? '');
  const fargate = order.launchType === 'FARGATE';
  return {
    taskArn,
    clusterArn: order.clusterArn,
    taskDefinitionArn: order.taskDefinitionArn,
    group: order.group,
    startedBy: order.startedBy,
    launchType: order.launchType,
    ...(order.capacityProviderName === undefined ? {} : { capacityProviderName: order.capacityProviderName }),
    ...(order.containerInstanceArn === undefined ? {} : { containerInstanceArn: order.containerInstanceArn }),
    ...(fargate ? { platformVersion: '1.4.0', platformFamily: 'Linux' } : {}),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    createdAt: isoNow(world),
    version: 1,
    enableExecuteCommand: order.enableExecuteCommand,
    attachments: [],
    tags: [],
    cpu: definition?.cpu,
    memory: definition?.memory,
    overrides: {
      containerOverrides: (definition?.containerDefinitions ?? []).map(({ name }) => ({ name })),
      inferenceAcceleratorOverrides: [],
    },
    containers: withProxy(
      world,
      order,
      (definition?.containerDefinitions ?? []).map((container) => ({
        containerArn: `arn:aws:ecs:${account.region}:${account.id}:container/${cluster}/${id}/${account.newHex(32)}`,
        taskArn,
        name: container.name,
        image: container.image,
        runtimeId: `${taskId({ taskArn, clusterArn: order.clusterArn })}-${account.newHex(10)}`,
        lastStatus: 'PENDING',
        healthStatus: 'UNKNOWN',
        networkBindings: [],
        networkInterfaces: [],
        managedAgents: [],
        cpu: String(container.cpu ?? 0),
      })),
    ),
  };
}

type Shown = NonNullable<SnapshotTask['containers']>;

function withProxy({ account }: World, { serviceConnect }: TaskOrder, containers: Shown): Shown {
  const [first] = containers;
  return serviceConnect === true && first !== undefined
    ? [...containers, proxyContainer(first, account.newHex(6))]
    : containers;
}
