// The running tasks of a made-up account: where they are, their interfaces and their logs.

import { createHash } from 'node:crypto';
import type { Snapshot, SnapshotNetworkInterface, SnapshotTask } from '../../contract/snapshot.ts';
import { type HostPlan, hasInterface } from './fleet-plan.ts';
import { clusterArn, definitionArn, deploymentId, hostArn, imageOf, minutesAgo } from './names.ts';
import { plainInterface } from './network.ts';
import type { AccountPlan, ServicePlan } from './plan.ts';

const DAY_MINUTES = 1_440;

export interface PlacedTask {
  readonly service: ServicePlan;
  readonly id: string;
  readonly zone: AccountPlan['zones'][number];
  readonly address: string;
  readonly interfaceId: string;
  /** Minutes since it was created. */
  readonly age: number;
  /** What ties the task to its interface. */
  readonly attachmentId: string;
  /** Undefined on Fargate. */
  readonly host: HostPlan | undefined;
}

/** Decides where the tasks of all services run: spread over zones, then over the hosts of the zone. */
export function placeTasks(plan: AccountPlan): PlacedTask[] {
  const counts = new Map<HostPlan, number>();
  return plan.services.flatMap((service, serviceIndex) =>
    Array.from({ length: service.desired }, (_, index) => {
      const zone = plan.zones[index % plan.zones.length];
      if (zone === undefined) throw new RangeError('an account has at least one zone');
      const id = plan.random.hex(32);
      const host = emptiest(plan, zone, counts);
      if (host !== undefined) counts.set(host, (counts.get(host) ?? 0) + 1);
      return {
        service,
        zone,
        id,
        attachmentId: dashed(id),
        address: `10.${plan.second}.${zone.third.tasks}.${20 + serviceIndex * 12 + index}`,
        interfaceId: plan.random.id('eni'),
        age: 3 * DAY_MINUTES - index,
        host,
      };
    }),
  );
}

/** The host of the zone with the fewest tasks. */
function emptiest(
  { fleet }: AccountPlan,
  zone: PlacedTask['zone'],
  counts: ReadonlyMap<HostPlan, number>,
): HostPlan | undefined {
  return fleet?.hosts
    .filter((host) => host.zone === zone)
    .reduce<HostPlan | undefined>(
      (best, host) => (best === undefined || (counts.get(host) ?? 0) < (counts.get(best) ?? 0) ? host : best),
      undefined,
    );
}

export function runningTask(plan: AccountPlan, placed: PlacedTask): SnapshotTask {
  const { service, id } = placed;
  const taskArn = `${clusterArn(plan).replace(':cluster/', ':task/')}/${id}`;
  const at = (seconds: number) => minutesAgo(plan, placed.age - seconds / 60);
  return {
    taskArn,
    clusterArn: clusterArn(plan),
    taskDefinitionArn: definitionArn(plan, service.name, service.revision),
    group: `service:${service.name}`,
    startedBy: deploymentId(service, service.revision),
    launchType: service.launchType,
    ...(placed.host === undefined
      ? { platformVersion: '1.4.0', platformFamily: 'Linux' }
      : { containerInstanceArn: hostArn(plan, placed.host.id) }),
    ...(plan.fleet?.provider === undefined ? {} : { capacityProviderName: plan.fleet.provider }),
    availabilityZone: placed.zone.name,
    cpu: String(service.cpu),
    memory: String(service.memoryMiB),
    version: 4,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
    connectivity: 'CONNECTED',
    connectivityAt: at(6),
    createdAt: at(0),
    pullStartedAt: at(12),
    pullStoppedAt: at(22),
    startedAt: at(26),
    enableExecuteCommand: false,
    attachments: hasInterface(plan) ? [attachment(placed)] : [],
    attributes: [],
    overrides: { containerOverrides: [{ name: service.container }], inferenceAcceleratorOverrides: [] },
    tags: [],
    containers: [
      {
        name: service.container,
        containerArn: `${taskArn.replace(':task/', ':container/')}/${plan.random.hex(32)}`,
        taskArn,
        image: imageOf(plan, service.name, service.tag),
        imageDigest: digestOf(service, service.tag),
        runtimeId: `${id}-${plan.random.digits(10)}`,
        lastStatus: 'RUNNING',
        healthStatus: 'HEALTHY',
        ...(hasInterface(plan)
          ? {
              networkBindings: [],
              networkInterfaces: [{ attachmentId: placed.attachmentId, privateIpv4Address: placed.address }],
            }
          : { networkBindings: [binding(placed)], networkInterfaces: [] }),
        managedAgents: [],
        cpu: '0',
      },
    ],
  };
}

/** The digest that a tag of the service's repository has: 64 digits made of what names them. */
export function digestOf(service: ServicePlan, tag: string): string {
  return `sha256:${createHash('sha256').update(`${tag}:${service.group}:${service.name}`).digest('hex')}`;
}

/** Docker hands out host ports one after the other; ids make them differ on one host. */
export const hostPortOf = ({ address }: PlacedTask): number =>
  32_768 + Number(address.split('.').at(-1) ?? 0);

function binding(placed: PlacedTask) {
  return {
    bindIP: '0.0.0.0',
    containerPort: placed.service.port,
    hostPort: hostPortOf(placed),
    protocol: 'tcp' as const,
  };
}

function dashed(id: string): string {
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}

function attachment(placed: PlacedTask): NonNullable<SnapshotTask['attachments']>[number] {
  return {
    id: placed.attachmentId,
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: [
      { name: 'subnetId', value: placed.zone.subnets.tasks },
      { name: 'networkInterfaceId', value: placed.interfaceId },
      { name: 'privateIPv4Address', value: placed.address },
    ],
  };
}

/** The interface of a task, as ECS makes it. */
export function taskInterface(plan: AccountPlan, placed: PlacedTask): SnapshotNetworkInterface {
  const isPublic = plan.wayOut === 'public' && placed.service.launchType === 'FARGATE';
  return {
    ...plainInterface(plan, placed.interfaceId, {
      zone: placed.zone,
      kind: 'tasks',
      address: placed.address,
      groups: [placed.service.group],
      ...(isPublic ? { publicAddress: `203.0.113.${plan.random.int(10, 250)}` } : {}),
    }),
    Description: `${clusterArn(plan).replace(/:cluster\/.*$/, '')}:attachment/${placed.attachmentId}`,
    RequesterId: '578734482556',
    TagSet: [{ Key: 'aws:ecs:serviceName', Value: placed.service.name }],
  };
}

/** A running task's stream: a start, and requests since. */
export function runningStream(
  plan: AccountPlan,
  placed: PlacedTask,
): Snapshot['logs']['logGroups'][number]['streams'][number] {
  const { service } = placed;
  const startMs = plan.nowMs - placed.age * 60_000 + 26_000;
  const line = (timestamp: number, message: string) => ({ timestamp, message });
  return {
    logStreamName: `ecs/${service.container}/${placed.id}`,
    creationTime: startMs,
    events: [
      line(startMs, `[INFO] ${service.name} ${service.tag} starting, pid 1`),
      line(startMs + 300, `[INFO] listening on 0.0.0.0:${service.port}`),
      ...Array.from({ length: 6 }, (_, index) =>
        line(plan.nowMs - (6 - index) * 60_000, `[INFO] GET ${service.healthPath} 200 ${index + 2}ms`),
      ),
    ],
  };
}
