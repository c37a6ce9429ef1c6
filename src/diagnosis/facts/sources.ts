// Whose interface packets leave by. On Fargate everything a task does leaves by its own. On EC2 the agent and the docker daemon of the host
// pull images, read secrets and environment files and open log streams, through the host's interface and in every network mode; the
// containers themselves use an interface of their own in awsvpc mode and the host's in the others. A file system is mounted in the
// network of the containers.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-awsvpc-mode.html (which interface does what)
// https://github.com/aws/amazon-ecs-agent/pull/2372 (mounts in the network namespace of the task)

import type { EvidenceBundle } from '../evidence.ts';
import type { PathSource } from '../network/path.ts';
import { type HostPlace, hostPlaces } from './host-place.ts';
import type { ServiceFacts } from './service.ts';
import type { StartFailure } from './start-failure.ts';
import { onHost } from './start-role.ts';
import type { TaskFacts } from './tasks.ts';

/** task: the interface of the task · host: the primary interface of the host below it. */
export type LeavesBy = 'task' | 'host';

/** More hosts than this stand for the rest. */
const HOSTS_SOLVED = 6;

/** Whether the tasks have network interfaces of their own. */
export function haveOwnInterface(
  service: Pick<ServiceFacts, 'subnets'>,
  tasks: readonly Pick<TaskFacts, 'subnetId'>[],
): boolean {
  return service.subnets.length > 0 || tasks.some(({ subnetId }) => subnetId !== undefined);
}

/** By whose interface the programs in the containers talk. */
export function containersLeaveBy(
  service: Pick<ServiceFacts, 'subnets'>,
  tasks: readonly TaskFacts[],
): LeavesBy {
  return !haveOwnInterface(service, tasks) && tasks.some(onHost) ? 'host' : 'task';
}

/** By whose interface a step of a task's start asks for what it needs. */
export function startLeavesBy({ phase, task }: Pick<StartFailure, 'phase' | 'task'>): LeavesBy {
  if (!onHost(task)) return 'task';
  return phase === 'volume' && task.subnetId !== undefined ? 'task' : 'host';
}

/** The interfaces connections of the tasks start from: one per subnet, with the address of a failed task where one is known. */
export function taskSources(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
): PathSource[] {
  const subnets = [
    ...new Set([...tasks.map((task) => task.subnetId), ...service.subnets].filter((id) => id !== undefined)),
  ];
  return subnets.map((subnetId) => {
    const task = tasks.find((one) => one.subnetId === subnetId);
    const eni = bundle.network.networkInterfaces.items.find(
      ({ value }) => value.NetworkInterfaceId === task?.networkInterface,
    )?.value;
    const groups = eni?.Groups?.flatMap((group) => (group.GroupId === undefined ? [] : [group.GroupId]));
    // Only Fargate gives tasks public addresses, and only when the service asks for it.
    const publicAddress =
      eni === undefined ? publicAddressOf(service) : eni.Association?.PublicIp !== undefined;
    return {
      subnetId,
      securityGroups: groups !== undefined && groups.length > 0 ? groups : service.securityGroups,
      ...(task?.address === undefined ? {} : { address: task.address }),
      ...(publicAddress === undefined ? {} : { publicAddress }),
      ...(task === undefined ? {} : { task: task.id }),
      ...(task?.networkInterface === undefined ? {} : { networkInterface: task.networkInterface }),
    };
  });
}

/** The interfaces of the hosts that the tasks are on, as far as they were read; those that stand alike once. */
export function hostSources(bundle: EvidenceBundle, tasks: readonly TaskFacts[]): PathSource[] {
  const wanted = new Set(tasks.flatMap((task) => hostOf(task) ?? []));
  return placeSources(
    hostPlaces(bundle).filter(
      ({ containerInstance }) => containerInstance !== undefined && wanted.has(containerInstance),
    ),
  );
}

/** The interfaces of these hosts; those in one subnet behind the same groups once. */
export function placeSources(places: readonly HostPlace[]): PathSource[] {
  const alike = new Map<string, PathSource>();
  for (const place of places) {
    const { subnetId, vpcId, securityGroups, address, publicAddress, networkInterface, instance } = place;
    const key = JSON.stringify([subnetId, [...securityGroups].sort(), publicAddress]);
    if (subnetId === undefined || alike.has(key)) continue;
    alike.set(key, {
      subnetId,
      securityGroups,
      host: instance,
      ...(vpcId === undefined ? {} : { vpcId }),
      ...(address === undefined ? {} : { address }),
      ...(publicAddress === undefined ? {} : { publicAddress }),
      ...(networkInterface === undefined ? {} : { networkInterface }),
    });
  }
  return [...alike.values()].slice(0, HOSTS_SOLVED);
}

/** The subnets that packets of these tasks leave from, where they are known. */
export function subnetsBehind(bundle: EvidenceBundle, tasks: readonly TaskFacts[], by: LeavesBy): string[] {
  const ids =
    by === 'host'
      ? hostSources(bundle, tasks).map(({ subnetId }) => subnetId)
      : tasks.map(({ subnetId }) => subnetId);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** ARN of the container instance that a task is on. */
export function hostOf({ observed }: Pick<TaskFacts, 'observed'>): string | undefined {
  return observed.value.containerInstanceArn;
}

function publicAddressOf(service: ServiceFacts): boolean | undefined {
  return /^EC2$/i.test(service.launchType) ? false : service.assignPublicIp;
}
