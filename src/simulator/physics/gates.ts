// The two kinds of gate a packet meets: security groups, which only allow and remember connections, and network ACLs,
// which are ordered lists for each direction and remember nothing.

import type { Snapshot, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { isInBlock } from './address.ts';

export type Network = Snapshot['ec2'];
type Permission = NonNullable<Network['SecurityGroups'][number]['IpPermissions']>[number];
type AclEntry = NonNullable<Network['NetworkAcls'][number]['Entries']>[number];

/** One end of a packet's way; `interface` is set when it is an interface of this account. */
export interface PacketEnd {
  readonly address: string;
  readonly interface: SnapshotNetworkInterface | undefined;
}

/** A TCP packet as a gate sees it: who the other side is, and the port it is addressed to. */
export interface GateView {
  readonly peer: PacketEnd;
  readonly port: number;
}

const TCP = new Set(['tcp', '6']);
const ALL = new Set(['-1', 'all']);

/** Whether any security group of `guarded` lets the first packet of a connection pass. */
export function groupsAllow(
  network: Network,
  guarded: SnapshotNetworkInterface,
  packet: GateView & { egress: boolean },
): boolean {
  const ids = new Set((guarded.Groups ?? []).map((group) => group.GroupId));
  const permissions = network.SecurityGroups.filter((group) => ids.has(group.GroupId)).flatMap(
    (group) => (packet.egress ? group.IpPermissionsEgress : group.IpPermissions) ?? [],
  );
  return permissions.some(
    (permission) => coversPort(permission, packet.port) && namesPeer(network, permission, packet.peer),
  );
}

/** Whether the network ACL of `subnetId` lets a packet pass. The entry with the lowest number that matches decides. */
export function aclAllows(
  network: Network,
  subnetId: string,
  packet: GateView & { egress: boolean },
): boolean {
  const acl = aclOf(network, subnetId);
  if (acl === undefined) return true;
  const entries = (acl.Entries ?? [])
    .filter((entry) => entry.Egress === packet.egress)
    .sort((left, right) => (left.RuleNumber ?? 0) - (right.RuleNumber ?? 0));
  return entries.find((entry) => matches(entry, packet))?.RuleAction === 'allow';
}

function coversPort(permission: Permission, port: number): boolean {
  const protocol = (permission.IpProtocol ?? '').toLowerCase();
  if (ALL.has(protocol)) return true;
  if (!TCP.has(protocol)) return false;
  const from = permission.FromPort ?? 0;
  const to = permission.ToPort ?? 65_535;
  // From port -1 stands for all ports.
  return from === -1 || (port >= from && port <= to);
}

function namesPeer(network: Network, permission: Permission, peer: PacketEnd): boolean {
  if ((permission.IpRanges ?? []).some((range) => isInBlock(peer.address, range.CidrIp))) return true;
  const groups = new Set((peer.interface?.Groups ?? []).map((group) => group.GroupId));
  if ((permission.UserIdGroupPairs ?? []).some((pair) => groups.has(pair.GroupId))) return true;
  return (permission.PrefixListIds ?? []).some((list) =>
    isInPrefixList(network, list.PrefixListId, peer.address),
  );
}

/** Some of S3's addresses, for snapshots that do not list AWS's own prefix lists. */
export const S3_BLOCK = '52.216.0.0/15';

export function isInPrefixList(network: Network, id: string | undefined, address: string): boolean {
  const list = network.ManagedPrefixLists.find((one) => one.PrefixListId === id);
  if (list !== undefined && list.Entries.length > 0)
    return list.Entries.some((entry) => isInBlock(address, entry.Cidr));
  return isListOfS3(network, id) && isInBlock(address, S3_BLOCK);
}

/** A list that is not shown is known by its name, or by a route that leads what is in it to a gateway endpoint of S3. */
function isListOfS3(network: Network, id: string | undefined): boolean {
  const named = network.ManagedPrefixLists.find((one) => one.PrefixListId === id)?.PrefixListName;
  if (named !== undefined) return named.endsWith('.s3');
  const gateways = new Set(
    network.RouteTables.flatMap((table) => table.Routes ?? [])
      .filter((route) => id !== undefined && route.DestinationPrefixListId === id)
      .map((route) => route.GatewayId),
  );
  return network.VpcEndpoints.some(
    (endpoint) => gateways.has(endpoint.VpcEndpointId) && (endpoint.ServiceName ?? '').endsWith('.s3'),
  );
}

/** A subnet without an association of its own has the default ACL of its VPC. */
function aclOf(network: Network, subnetId: string): Network['NetworkAcls'][number] | undefined {
  const explicit = network.NetworkAcls.find((acl) =>
    (acl.Associations ?? []).some((one) => one.SubnetId === subnetId),
  );
  if (explicit !== undefined) return explicit;
  const vpc = network.Subnets.find((subnet) => subnet.SubnetId === subnetId)?.VpcId;
  return network.NetworkAcls.find((acl) => acl.VpcId === vpc && acl.IsDefault === true);
}

function matches(entry: AclEntry, packet: GateView): boolean {
  const protocol = entry.Protocol ?? '-1';
  if (!ALL.has(protocol) && !TCP.has(protocol)) return false;
  if (!isInBlock(packet.peer.address, entry.CidrBlock)) return false;
  if (ALL.has(protocol) || entry.PortRange === undefined) return true;
  return packet.port >= (entry.PortRange.From ?? 0) && packet.port <= (entry.PortRange.To ?? 65_535);
}
