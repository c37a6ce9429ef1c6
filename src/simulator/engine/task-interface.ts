// The network interface of an awsvpc task: made in one of the service's subnets with the service's groups, deleted with
// the task. Addresses are taken from the subnet in order, past the five that AWS keeps for itself.

import type {
  SnapshotNetworkInterface,
  SnapshotService,
  SnapshotSubnet,
  SnapshotTask,
} from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { addressText, blockOf } from '../physics/address.ts';
import { isoNow, tasksOf, type World } from './world.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_FIRST = 4;

/** The subnet for the next task: of those that exist, the one with the fewest tasks of the service. */
export function chooseSubnet(world: World, service: SnapshotService): SnapshotSubnet | undefined {
  const ids = service.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const subnets = ids
    .map((id) => world.account.state.ec2.Subnets.find((subnet) => subnet.SubnetId === id))
    .filter((subnet) => subnet !== undefined);
  const load = (subnet: SnapshotSubnet) =>
    tasksOf(world, service).filter(
      (task) => task.lastStatus !== 'STOPPED' && subnetOf(task) === subnet.SubnetId,
    ).length;
  return subnets.sort((left, right) => load(left) - load(right))[0];
}

/** Makes the interface of `task` in `subnet` and attaches it; undefined when the subnet has no free address. */
export function attachInterface(
  world: World,
  task: SnapshotTask,
  place: { subnet: SnapshotSubnet; service: SnapshotService },
): SnapshotNetworkInterface | undefined {
  const { subnet, service } = place;
  const address = freeAddress(world, subnet);
  if (address === undefined || subnet.AvailableIpAddressCount === 0) return undefined;
  const { account } = world;
  const configuration = service.networkConfiguration?.awsvpcConfiguration;
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
    TagSet: [{ Key: 'aws:ecs:serviceName', Value: service.serviceName }],
    Attachment: {
      AttachmentId: `eni-attach-0${account.newHex(16)}`,
      Status: 'attached',
      InstanceOwnerId: 'amazon-aws',
      DeviceIndex: 1,
      AttachTime: isoNow(world),
      DeleteOnTermination: false,
    },
    ...(configuration?.assignPublicIp === 'ENABLED'
      ? { Association: { PublicIp: address.replace(/^\d+\.\d+/, '198.51') } }
      : {}),
  };
  account.state.ec2.NetworkInterfaces.push(created);
  subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 1) - 1;
  task.attachments = [attachmentFor(created, attachmentId)];
  for (const container of task.containers ?? [])
    container.networkInterfaces = [{ attachmentId, privateIpv4Address: address }];
  return created;
}

/** The interface of a task, found by the id in its attachment. */
export function interfaceOf(world: World, task: SnapshotTask): SnapshotNetworkInterface | undefined {
  const id = detailOf(task, 'networkInterfaceId');
  return world.account.state.ec2.NetworkInterfaces.find((one) => one.NetworkInterfaceId === id);
}

export function deleteInterface(world: World, task: SnapshotTask): void {
  const { ec2 } = world.account.state;
  const gone = interfaceOf(world, task);
  if (gone !== undefined) {
    ec2.NetworkInterfaces.splice(ec2.NetworkInterfaces.indexOf(gone), 1);
    const subnet = ec2.Subnets.find((one) => one.SubnetId === gone.SubnetId);
    if (subnet !== undefined) subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 0) + 1;
  }
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

function freeAddress(world: World, subnet: SnapshotSubnet): string | undefined {
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

function subnetOf(task: SnapshotTask): string | undefined {
  return detailOf(task, 'subnetId');
}

function detailOf(task: SnapshotTask, name: string): string | undefined {
  return task.attachments
    ?.flatMap((attachment) => attachment.details ?? [])
    .find((detail) => detail.name === name)?.value;
}
