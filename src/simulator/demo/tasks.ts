// Tasks of the demo account in the shape ECS describes them: running ones and stopped ones, with their interfaces.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import {
  clusterArn,
  hexOf,
  idOf,
  image,
  REGION,
  subnets,
  taskArn,
  taskDefinitionArn,
  zones,
} from './names.ts';
import { deploymentId, type Workload } from './workloads.ts';

export interface TaskFacts {
  /** Names the task; its id is computed from it. */
  readonly key: string;
  readonly revision: number;
  /** Index of the zone. */
  readonly zone: number;
  readonly address: string;
  /** When the task was created, epoch milliseconds. */
  readonly createdMs: number;
}

export interface StopFacts {
  /** When ECS decided to stop the task, epoch milliseconds. */
  readonly stoppingMs: number;
  readonly stoppedMs: number;
  readonly stopCode: 'ServiceSchedulerInitiated';
  readonly reason: string;
  readonly exitCode: number;
  readonly health: 'HEALTHY' | 'UNHEALTHY';
}

/** From creation to RUNNING in the demo's past, as the engine takes it too. */
const START_MS = 25_000;

export const taskIdOf = (facts: TaskFacts) => hexOf(facts.key, 32);

export function runningTask(workload: Workload, facts: TaskFacts): SnapshotTask {
  return {
    ...baseTask(workload, facts),
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    healthStatus: workload.balanced ? 'HEALTHY' : 'UNKNOWN',
    containers: [container(workload, facts)],
  };
}

export function stoppedTask(workload: Workload, facts: TaskFacts, stop: StopFacts): SnapshotTask {
  const running = container(workload, facts);
  return {
    ...baseTask(workload, facts),
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    healthStatus: stop.health,
    stopCode: stop.stopCode,
    stoppedReason: stop.reason,
    stoppingAt: iso(stop.stoppingMs),
    executionStoppedAt: iso(stop.stoppedMs - 22_000),
    stoppedAt: iso(stop.stoppedMs),
    attachments: [attachment(facts, 'DELETED')],
    containers: [{ ...running, lastStatus: 'STOPPED', exitCode: stop.exitCode, healthStatus: stop.health }],
  };
}

function baseTask(workload: Workload, facts: TaskFacts): SnapshotTask {
  const { createdMs } = facts;
  return {
    taskArn: taskArn(workload.cluster, taskIdOf(facts)),
    clusterArn: clusterArn(workload.cluster),
    taskDefinitionArn: taskDefinitionArn(workload.service, facts.revision),
    group: `service:${workload.service}`,
    startedBy: deploymentId(workload, facts.revision),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    availabilityZone: zones[facts.zone],
    cpu: '512',
    memory: '1024',
    version: 4,
    connectivity: 'CONNECTED',
    connectivityAt: iso(createdMs + 6_000),
    createdAt: iso(createdMs),
    pullStartedAt: iso(createdMs + 12_000),
    pullStoppedAt: iso(createdMs + 22_000),
    startedAt: iso(createdMs + START_MS),
    enableExecuteCommand: false,
    attachments: [attachment(facts, 'ATTACHED')],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    ephemeralStorage: { sizeInGiB: 20 },
    overrides: { containerOverrides: [{ name: workload.container }], inferenceAcceleratorOverrides: [] },
    tags: [],
  };
}

function container(workload: Workload, facts: TaskFacts): NonNullable<SnapshotTask['containers']>[number] {
  const id = taskIdOf(facts);
  const tag = workload.revisions.find((one) => one.revision === facts.revision)?.tag ?? 'latest';
  return {
    name: workload.container,
    containerArn: `arn:aws:ecs:${REGION}:123456789012:container/${workload.cluster}/${id}/${hexOf(`${id} container`, 32)}`,
    taskArn: taskArn(workload.cluster, id),
    image: image(workload.service, tag),
    imageDigest: `sha256:${hexOf(`${workload.service}:${tag}`, 64)}`,
    runtimeId: `${id}-${hexOf(workload.container, 10)}`,
    lastStatus: 'RUNNING',
    healthStatus: workload.balanced ? 'HEALTHY' : 'UNKNOWN',
    networkBindings: [],
    networkInterfaces: [{ attachmentId: attachmentIdOf(facts), privateIpv4Address: facts.address }],
    managedAgents: [],
    cpu: '0',
    memoryReservation: '512',
  };
}

function attachment(facts: TaskFacts, status: string): NonNullable<SnapshotTask['attachments']>[number] {
  return {
    id: attachmentIdOf(facts),
    type: 'ElasticNetworkInterface',
    status,
    details: [
      { name: 'subnetId', value: subnets.private[facts.zone] ?? '' },
      { name: 'networkInterfaceId', value: idOf('eni', taskIdOf(facts)) },
      { name: 'macAddress', value: '0a:58:a9:fe:ac:02' },
      { name: 'privateDnsName', value: `ip-${facts.address.replaceAll('.', '-')}.ec2.internal` },
      { name: 'privateIPv4Address', value: facts.address },
    ],
  };
}

function attachmentIdOf(facts: TaskFacts): string {
  const hex = hexOf(`${facts.key} attachment`, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
