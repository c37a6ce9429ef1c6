// The hosts that tasks of a made-up account run on when they do not run on Fargate: how many, how large, from which Auto Scaling
// group, and whether ECS asks that group for more.

import type { ServicePlan, ZonePlan } from './plan.ts';
import { type Random, seededRandom } from './random.ts';

export interface HostPlan {
  readonly zone: ZonePlan;
  readonly instanceId: string;
  /** The last part of the ARN of its container instance. */
  readonly id: string;
  readonly interfaceId: string;
  readonly address: string;
}

export interface HostType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Network interfaces that an instance may have, its own among them. */
  readonly interfaces: number;
  /** Tasks with an interface of their own when the instance has a trunk. */
  readonly trunkTasks: number;
}

export interface FleetPlan {
  readonly type: HostType;
  readonly hosts: readonly HostPlan[];
  readonly maxSize: number;
  /** The Auto Scaling group. */
  readonly name: string;
  /** The capacity provider with managed scaling; without one services name the launch type EC2 and the group keeps its size. */
  readonly provider: string | undefined;
  /** Whether tasks have interfaces of their own; in bridge mode they share their host's and its security group. */
  readonly networkMode: 'awsvpc' | 'bridge';
  readonly trunking: boolean;
  /** The hosts' security group. */
  readonly group: string;
  readonly role: string;
  readonly launchTemplate: string;
  readonly imageId: string;
}

/**
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
 */
const TYPES: readonly HostType[] = [
  { name: 'm5.large', vcpus: 2, memoryMiB: 8_192, interfaces: 3, trunkTasks: 10 },
  { name: 'm5.xlarge', vcpus: 4, memoryMiB: 16_384, interfaces: 4, trunkTasks: 20 },
  { name: 'm5.2xlarge', vcpus: 8, memoryMiB: 32_768, interfaces: 4, trunkTasks: 40 },
  { name: 'm5.4xlarge', vcpus: 16, memoryMiB: 65_536, interfaces: 8, trunkTasks: 60 },
];
const CPU_UNITS = 1_024;
/** What the operating system and the agent keep of the memory. */
const MEMORY_SHARE = 0.95;
/** A deployment runs two generations side by side, and two services may deploy at once. */
const ROOM = 2;
const HOSTS_PER_ZONE_MAX = 3;

/** CPU units and MiB that the agent registers for a host of this type. */
export function registeredSize(type: HostType): { cpu: number; memoryMiB: number } {
  return { cpu: type.vcpus * CPU_UNITS, memoryMiB: Math.floor(type.memoryMiB * MEMORY_SHARE) };
}

/** Whether tasks have interfaces of their own. */
export function hasInterface({ fleet }: { readonly fleet: FleetPlan | undefined }): boolean {
  return fleet?.networkMode !== 'bridge';
}

/** How many tasks with interfaces of their own a host holds. */
export function tasksPerHost({ type, trunking }: Pick<FleetPlan, 'type' | 'trunking'>): number {
  return trunking ? type.trunkTasks : type.interfaces - 1;
}

/** Decides the hosts for `services`; the seed has its own numbers, so that accounts on Fargate stay what they are. */
export function planFleet(
  seed: string,
  about: {
    cluster: string;
    second: number;
    zones: readonly ZonePlan[];
    services: readonly ServicePlan[];
    networkMode: 'awsvpc' | 'bridge' | undefined;
  },
): FleetPlan {
  const random = seededRandom(`${seed}/hosts`);
  const { cluster, zones, services } = about;
  const networkMode = about.networkMode ?? (random.chance(0.6) ? 'awsvpc' : 'bridge');
  const trunking = networkMode === 'awsvpc' && random.chance(0.5);
  const { type, perZone } = sizeOf(random, { services, zones: zones.length, networkMode, trunking });
  const hosts = zones.flatMap((zone) =>
    Array.from({ length: perZone }, (_, index) => hostOf(random, { zone, second: about.second, index })),
  );
  const provided = random.chance(0.5);
  const name = random.pick([`${cluster}-ecs-hosts`, `ecs-${cluster}-asg`, `${cluster}-container-instances`]);
  return {
    type,
    hosts,
    name,
    maxSize: hosts.length + random.int(2, 5),
    provider: provided ? `${cluster}-ec2` : undefined,
    networkMode,
    trunking,
    group: random.id('sg'),
    role: random.pick(['ecsInstanceRole', `${cluster}-ecs-instance`]),
    launchTemplate: random.id('lt'),
    imageId: random.id('ami'),
  };
}

/** A type of which one to three in every zone hold twice what the services need. */
function sizeOf(
  random: Random,
  need: {
    services: readonly ServicePlan[];
    zones: number;
    networkMode: FleetPlan['networkMode'];
    trunking: boolean;
  },
): { type: HostType; perZone: number } {
  const sum = (of: (service: ServicePlan) => number) =>
    need.services.reduce((total, service) => total + of(service) * service.desired, 0) * ROOM;
  const fitting = TYPES.map((type) => {
    const size = registeredSize(type);
    const tasks =
      need.networkMode === 'awsvpc' ? tasksPerHost({ type, trunking: need.trunking }) : sum(() => 1);
    const hosts = Math.max(
      sum(({ cpu }) => cpu) / size.cpu,
      sum(({ memoryMiB }) => memoryMiB) / size.memoryMiB,
      sum(() => 1) / tasks,
    );
    // One zone holds a little more than its share when counts do not divide.
    return { type, perZone: Math.max(1, Math.ceil((hosts * 1.15) / need.zones)) };
  }).filter(({ perZone }) => perZone <= HOSTS_PER_ZONE_MAX);
  const largest = TYPES.at(-1);
  if (fitting.length > 0) return random.pick(fitting);
  if (largest === undefined) throw new RangeError('there is at least one type');
  return { type: largest, perZone: HOSTS_PER_ZONE_MAX + 2 };
}

function hostOf(
  random: Random,
  { zone, second, index }: { zone: ZonePlan; second: number; index: number },
): HostPlan {
  return {
    zone,
    instanceId: random.id('i'),
    id: random.hex(32),
    interfaceId: random.id('eni'),
    address: `10.${second}.${zone.third.tasks}.${10 + index}`,
  };
}
