// The network interface of an awsvpc task: made in one of the service's subnets with the service's groups, deleted with
// the task. Addresses are taken from the subnet in order, past the five that AWS keeps for itself.

import type { SnapshotNetworkInterface, SnapshotSubnet, SnapshotTask } from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { addressText, blockOf } from '../physics/address.ts';
import { profileRole } from '../physics/roles.ts';
import { lacksCapacity } from './placement/fargate-capacity.ts';
import { hostOf } from './placement/host-resources.ts';
import { isoNow, type World } from './world.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_FIRST = 4;

/** The subnet for `task`: of those that exist, the one with the fewest tasks of its group, counting failures last. */
export function chooseSubnet(world: World, task: SnapshotTask): SnapshotSubnet | undefined {
  const { network } = world.runOf(task);
  const subnets = (network?.subnets ?? [])
    .map((id) => world.account.state.ec2.Subnets.find((subnet) => subnet.SubnetId === id))
    .filter((subnet) => subnet !== undefined)
    .filter((subnet) => fits(world, task, subnet));
  const others = world.index.ofGroup(task.clusterArn, task.group ?? '');
  const load = (subnet: SnapshotSubnet) => {
    const here = others.filter((one) => subnetOf(one) === subnet.SubnetId);
    const live = here.filter((one) => one.lastStatus !== 'STOPPED').length;
    return live * others.length + here.length;
  };
  const loads = new Map(subnets.map((subnet) => [subnet, load(subnet)]));
  return subnets.sort((left, right) => (loads.get(left) ?? 0) - (loads.get(right) ?? 0))[0];
}

/** On EC2 the interface goes to the instance's zone, on Fargate to one that has capacity. */
function fits(world: World, task: SnapshotTask, subnet: SnapshotSubnet): boolean {
  const zone = instanceOf(world, task)?.Placement?.AvailabilityZone;
  if (task.containerInstanceArn !== undefined) return zone === undefined || zone === subnet.AvailabilityZone;
  return !lacksCapacity(subnet);
}

/** Makes the interface of `task` in `subnet` and attaches it; undefined when the subnet has no free address. */
export function attachInterface(
  world: World,
  task: SnapshotTask,
  subnet: SnapshotSubnet,
): SnapshotNetworkInterface | undefined {
  const address = freeAddress(world, subnet);
  if (address === undefined || subnet.AvailableIpAddressCount === 0) return undefined;
  const { account } = world;
  const configuration = world.runOf(task).network;
  const attachmentId = uuidFrom(account.newHex(32));
  const created: SnapshotNetworkInterface = {
    NetworkInterfaceId: `eni-0${account.newHex(16)}`,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    OwnerId: account.id,
    InterfaceType: 'interface',
    Status: 'in-use',
    Description: `arn:aws:ecs:${account.region}:${account.id}:attachment/${attachmentId}`,
    RequesterManaged: true,
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    PrivateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
    SourceDestCheck: true,
    Groups: groupsFor(world, { subnet, ids: configuration?.securityGroups ?? [] }),
    TagSet: [{ Key: 'aws:ecs:serviceName', Value: (task.group ?? '').replace(/^service:/, '') }],
    Attachment: {
      AttachmentId: `eni-attach-0${account.newHex(16)}`,
      Status: 'attached',
      ...holderOf(world, task),
      AttachTime: isoNow(world),
      DeleteOnTermination: false,
    },
    ...(configuration?.assignPublicIp === 'ENABLED' && task.launchType !== 'EC2'
      ? { Association: { PublicIp: address.replace(/^\d+\.\d+/, '198.51') } }
      : {}),
  };
  world.index.addInterface(created);
  subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 1) - 1;
  task.attachments = [attachmentFor(created, attachmentId)];
  const host = hostOf(world, task);
  host?.attachments?.push({ id: attachmentId, type: 'eni', status: 'ATTACHED', details: [] });
  for (const container of task.containers ?? [])
    container.networkInterfaces = [{ attachmentId, privateIpv4Address: address }];
  return created;
}

/** Fargate's machines are AWS's own; a trunk's branches are not attached to the instance themselves. */
function holderOf(
  world: World,
  task: SnapshotTask,
): { InstanceOwnerId: string; InstanceId?: string; DeviceIndex: number } {
  const host = hostOf(world, task);
  const trunk = host?.attributes?.some(({ name }) => name === 'ecs.awsvpc-trunk-id') === true;
  if (host?.ec2InstanceId === undefined || trunk) return { InstanceOwnerId: 'amazon-aws', DeviceIndex: 1 };
  return {
    InstanceOwnerId: world.account.id,
    InstanceId: host.ec2InstanceId,
    DeviceIndex: 1 + (host.attachments?.length ?? 0),
  };
}

/** The interface of a task, found by the id in its attachment. */
export function interfaceOf(world: World, task: SnapshotTask): SnapshotNetworkInterface | undefined {
  return world.index.networkInterface(detailOf(task, 'networkInterfaceId') ?? '');
}

/** The interface that ECS's own requests for a task leave by: the task's on Fargate, the instance's on EC2. */
export function platformInterface(world: World, task: SnapshotTask): SnapshotNetworkInterface | undefined {
  const instance = instanceOf(world, task);
  return instance === undefined ? interfaceOf(world, task) : hostInterface(world, instance);
}

/** The interface that the task's containers use: their own in awsvpc mode, otherwise the instance's. */
export function containerInterface(world: World, task: SnapshotTask): SnapshotNetworkInterface | undefined {
  return interfaceOf(world, task) ?? platformInterface(world, task);
}

type Instance = World['account']['state']['ec2']['Instances'][number];

/** The EC2 instance that a task was placed on. */
export function instanceOf(world: World, task: SnapshotTask): Instance | undefined {
  if (task.containerInstanceArn === undefined) return undefined;
  const { ecs, ec2 } = world.account.state;
  const host = ecs.containerInstances.find((one) => one.containerInstanceArn === task.containerInstanceArn);
  return ec2.Instances.find((one) => one.InstanceId === host?.ec2InstanceId);
}

export function hostInterface(world: World, instance: Instance): SnapshotNetworkInterface | undefined {
  const listed = world.account.state.ec2.NetworkInterfaces.find(
    (one) => one.Attachment?.InstanceId === instance.InstanceId && (one.Attachment?.DeviceIndex ?? 0) === 0,
  );
  if (listed !== undefined) return listed;
  if (instance.SubnetId === undefined || instance.PrivateIpAddress === undefined) return undefined;
  return {
    NetworkInterfaceId: `primary of ${instance.InstanceId}`,
    SubnetId: instance.SubnetId,
    VpcId: instance.VpcId,
    AvailabilityZone: instance.Placement?.AvailabilityZone,
    PrivateIpAddress: instance.PrivateIpAddress,
    Groups: instance.SecurityGroups ?? [],
    ...(instance.PublicIpAddress === undefined
      ? {}
      : { Association: { PublicIp: instance.PublicIpAddress } }),
  };
}

/** A profile whose role is not in the snapshot is taken to be unknown. */
export function instanceRoleOf(world: World, instance: Instance | undefined): string | undefined {
  const profile = instance?.IamInstanceProfile?.Arn ?? '';
  return profileRole(world.account.state, profile.slice(profile.lastIndexOf('/') + 1))?.Arn;
}

export function deleteInterface(world: World, task: SnapshotTask): void {
  const { ec2 } = world.account.state;
  const gone = interfaceOf(world, task);
  if (gone !== undefined) {
    world.index.removeInterface(gone.NetworkInterfaceId);
    const subnet = ec2.Subnets.find((one) => one.SubnetId === gone.SubnetId);
    if (subnet !== undefined) subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 0) + 1;
  }
  const own = new Set((task.attachments ?? []).map(({ id }) => id));
  const host = hostOf(world, task);
  if (host?.attachments !== undefined) host.attachments = host.attachments.filter(({ id }) => !own.has(id));
  for (const attachment of task.attachments ?? []) attachment.status = 'DELETED';
}

function attachmentFor(
  created: SnapshotNetworkInterface,
  id: string,
): NonNullable<SnapshotTask['attachments']>[number] {
  return {
    id,
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: [
      { name: 'subnetId', value: created.SubnetId ?? '' },
      { name: 'networkInterfaceId', value: created.NetworkInterfaceId },
      { name: 'macAddress', value: '0a:58:a9:fe:ac:02' },
      { name: 'privateDnsName', value: created.PrivateDnsName ?? '' },
      { name: 'privateIPv4Address', value: created.PrivateIpAddress ?? '' },
    ],
  };
}

/** Security groups that the task is to have and that do not exist. */
export function absentGroups(world: World, task: SnapshotTask): string[] {
  const all = world.account.state.ec2.SecurityGroups;
  return (world.runOf(task).network?.securityGroups ?? []).filter(
    (id) => !all.some((group) => group.GroupId === id),
  );
}

/** Without groups of its own a task gets the default group of the VPC. */
function groupsFor(
  world: World,
  { subnet, ids }: { subnet: SnapshotSubnet; ids: readonly string[] },
): { GroupId: string; GroupName: string }[] {
  const all = world.account.state.ec2.SecurityGroups;
  const chosen =
    ids.length > 0
      ? all.filter((group) => ids.includes(group.GroupId))
      : all.filter((group) => group.VpcId === subnet.VpcId && group.GroupName === 'default');
  return chosen.map((group) => ({ GroupId: group.GroupId, GroupName: group.GroupName ?? '' }));
}

export function freeAddress(world: World, subnet: SnapshotSubnet): string | undefined {
  const block = blockOf(subnet.CidrBlock ?? '');
  if (block === undefined) return undefined;
  const taken = new Set(
    world.account.state.ec2.NetworkInterfaces.filter((one) => one.SubnetId === subnet.SubnetId).map(
      (one) => one.PrivateIpAddress,
    ),
  );
  for (let offset = RESERVED_FIRST; offset < block.size - 1; offset++) {
    const address = addressText(block.first + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

export function subnetOf(task: SnapshotTask): string | undefined {
  return detailOf(task, 'subnetId');
}

function detailOf(task: SnapshotTask, name: string): string | undefined {
  return task.attachments
    ?.flatMap((attachment) => attachment.details ?? [])
    .find((detail) => detail.name === name)?.value;
}
