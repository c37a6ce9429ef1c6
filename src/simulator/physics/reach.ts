// Whether a TCP connection from an interface to an address would be established: the packet is walked hop by hop
// over groups, ACLs and routes, and its answer back over the ACLs. This is the simulator's own idea of the network and
// shares nothing with the product's, so that each can be tested against the other.

import type { SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { blockOf, isInBlock } from './address.ts';
import { aclAllows, groupsAllow, isInPrefixList, type Network, type PacketEnd } from './gates.ts';

export type Obstacle =
  | 'group-egress'
  | 'group-ingress'
  | 'acl-egress'
  | 'acl-ingress'
  | 'acl-return'
  | 'no-route'
  | 'blackhole'
  | 'no-public-address'
  | 'gateway-down'
  | 'no-host';

export interface Reach {
  readonly open: boolean;
  /** The first obstacle on the way, when there is one. */
  readonly obstacle?: Obstacle;
  /** The gateway endpoint or NAT gateway that an open path leads through. */
  readonly through?: string;
}

export interface Probe {
  readonly from: SnapshotNetworkInterface;
  /** IPv4 address. */
  readonly to: string;
  readonly port: number;
  /** The interface at `to`, for one that the network does not list. */
  readonly at?: SnapshotNetworkInterface;
}

type Route = NonNullable<Network['RouteTables'][number]['Routes']>[number];

/** The ends and the middle of Linux's range of local ports; a path must carry answers to all of them to be dependable. */
const LOCAL_PORTS = [32_768, 47_000, 60_999] as const;

/** A NAT gateway answers from ports of its own: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
const NAT_PORTS = [1_024, 32_768, 65_535] as const;

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

/** Walks one connection attempt. */
export function reach(network: Network, probe: Probe): Reach {
  const source: PacketEnd = { address: probe.from.PrivateIpAddress ?? '', interface: probe.from };
  const inside = probe.at ?? interfaceAt(network, probe);
  const target: PacketEnd = { address: probe.to, interface: inside };
  if (!groupsAllow(network, probe.from, { peer: target, port: probe.port, egress: true }))
    return blocked('group-egress');
  const route = routeFor(network, probe.from.SubnetId ?? '', probe.to);
  if (route === undefined) return blocked('no-route');
  if (route.State === 'blackhole') return blocked('blackhole');
  if (route.GatewayId === 'local') return walkInside(network, { source, target, port: probe.port });
  return walkOutside(network, { source, target, port: probe.port, route });
}

interface Walk {
  readonly source: PacketEnd;
  readonly target: PacketEnd;
  readonly port: number;
}

function walkInside(network: Network, { source, target, port }: Walk): Reach {
  if (target.interface === undefined) return blocked('no-host');
  const here = source.interface?.SubnetId ?? '';
  const there = target.interface.SubnetId ?? '';
  // An ACL stands at the border of a subnet, so traffic within one subnet never meets it.
  if (here !== there) {
    if (!aclAllows(network, here, { peer: target, port, egress: true })) return blocked('acl-egress');
    if (!aclAllows(network, there, { peer: source, port, egress: false })) return blocked('acl-ingress');
  }
  if (!groupsAllow(network, target.interface, { peer: source, port, egress: false }))
    return blocked('group-ingress');
  if (here !== there) {
    const answered = LOCAL_PORTS.every(
      (local) =>
        aclAllows(network, there, { peer: source, port: local, egress: true }) &&
        aclAllows(network, here, { peer: target, port: local, egress: false }),
    );
    if (!answered) return blocked('acl-return');
  }
  return { open: true };
}

function walkOutside(network: Network, { source, target, port, route }: Walk & { route: Route }): Reach {
  const here = source.interface?.SubnetId ?? '';
  if (!aclAllows(network, here, { peer: target, port, egress: true })) return blocked('acl-egress');
  if (!LOCAL_PORTS.every((local) => aclAllows(network, here, { peer: target, port: local, egress: false })))
    return blocked('acl-return');
  if (route.NatGatewayId !== undefined)
    return throughNat(network, { source, target, port }, route.NatGatewayId);
  const gateway = route.GatewayId ?? '';
  if (gateway.startsWith('vpce-')) {
    const endpoint = network.VpcEndpoints.find((one) => one.VpcEndpointId === gateway);
    return String(endpoint?.State ?? '').toLowerCase() === 'available'
      ? { open: true, through: gateway }
      : blocked('gateway-down');
  }
  if (gateway.startsWith('igw-'))
    return source.interface?.Association?.PublicIp === undefined
      ? blocked('no-public-address')
      : throughInternetGateway(network, gateway, target.address);
  // Transit gateways, peerings and appliances lead out of what a snapshot holds; nothing answers there.
  return blocked('no-host');
}

function throughNat(network: Network, { source, target, port }: Walk, natId: string): Reach {
  const nat = network.NatGateways.find((one) => one.NatGatewayId === natId);
  if (nat === undefined || nat.State !== 'available' || nat.ConnectivityType === 'private')
    return blocked('gateway-down');
  const subnet = nat.SubnetId ?? '';
  if (subnet !== source.interface?.SubnetId) {
    if (!aclAllows(network, subnet, { peer: source, port, egress: false })) return blocked('acl-ingress');
    if (
      !LOCAL_PORTS.every((local) => aclAllows(network, subnet, { peer: source, port: local, egress: true }))
    )
      return blocked('acl-return');
  }
  if (!aclAllows(network, subnet, { peer: target, port, egress: true })) return blocked('acl-egress');
  if (!NAT_PORTS.every((local) => aclAllows(network, subnet, { peer: target, port: local, egress: false })))
    return blocked('acl-return');
  const onward = routeFor(network, subnet, target.address);
  if (onward === undefined || !(onward.GatewayId ?? '').startsWith('igw-')) return blocked('no-route');
  if (onward.State === 'blackhole') return blocked('blackhole');
  const out = throughInternetGateway(network, onward.GatewayId ?? '', target.address);
  return out.open ? { ...out, through: natId } : out;
}

/** Nobody on the internet has a private address. */
function throughInternetGateway(network: Network, id: string, to: string): Reach {
  if (PRIVATE.some((block) => isInBlock(to, block))) return blocked('no-host');
  const gateway = network.InternetGateways.find((one) => one.InternetGatewayId === id);
  return (gateway?.Attachments ?? []).length > 0 ? { open: true } : blocked('gateway-down');
}

/** The route with the longest prefix; the subnet's own table, otherwise the VPC's main one. */
function routeFor(network: Network, subnetId: string, address: string): Route | undefined {
  const own = network.RouteTables.find((table) =>
    (table.Associations ?? []).some((one) => one.SubnetId === subnetId),
  );
  const vpc = network.Subnets.find((subnet) => subnet.SubnetId === subnetId)?.VpcId;
  const table =
    own ??
    network.RouteTables.find(
      (one) => one.VpcId === vpc && (one.Associations ?? []).some((entry) => entry.Main === true),
    );
  const candidates = (table?.Routes ?? [])
    .map((route) => ({ route, length: matchLength(network, route, address) }))
    .filter(({ length }) => length >= 0);
  candidates.sort((left, right) => right.length - left.length);
  return candidates[0]?.route;
}

/** How many bits of `address` a route fixes, or -1 when the route is not for it. */
function matchLength(network: Network, route: Route, address: string): number {
  if (route.DestinationPrefixListId !== undefined) {
    const list = network.ManagedPrefixLists.find((one) => one.PrefixListId === route.DestinationPrefixListId);
    if (!isInPrefixList(network, route.DestinationPrefixListId, address)) return -1;
    return Math.max(
      // A list whose entries the snapshot does not show is still longer than any default route.
      1,
      ...(list?.Entries ?? [])
        .filter((entry) => isInBlock(address, entry.Cidr))
        .map((entry) => blockOf(entry.Cidr)?.prefix ?? 0),
    );
  }
  return isInBlock(address, route.DestinationCidrBlock)
    ? (blockOf(route.DestinationCidrBlock ?? '')?.prefix ?? -1)
    : -1;
}

/** The interface that has the address in the VPC the packet comes from; addresses of other VPCs are somebody else. */
function interfaceAt(network: Network, probe: Probe): SnapshotNetworkInterface | undefined {
  return network.NetworkInterfaces.find(
    (one) =>
      one.VpcId === probe.from.VpcId &&
      (one.PrivateIpAddress === probe.to ||
        (one.PrivateIpAddresses ?? []).some((address) => address.PrivateIpAddress === probe.to)),
  );
}

function blocked(obstacle: Obstacle): Reach {
  return { open: false, obstacle };
}
