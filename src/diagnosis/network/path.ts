// The network path solver: can the interface of a task or of its host open a connection to a destination? Pure; evidence in, hops out.
// Every gate a packet meets is judged, also behind the first closed one, so that one look names all that has to change.
// `reachable` needs every gate open; one gate proven shut for every address the destination may have is `blocked`.

import type { NetworkPath, PathHop } from '../../contract/finding.ts';
import type { NetworkEvidence } from '../evidence.ts';
import { type AddressSet, addressSet, intersect, ipv4, isEmpty } from './address-set.ts';
import { aclHop, dnsHop, groupHop, routeHop } from './gates.ts';
import {
  ephemeralPorts,
  linuxClientPorts,
  type PathDestination,
  type Peer,
  type PortRange,
  worst,
} from './peer.ts';
import { judgeRoute } from './route.ts';
import type { RouteAnswer } from './route-table.ts';

/** The interface that opens the connection. */
export interface PathSource {
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  /** True of an interface that is known to have no groups, as those of some network load balancers. */
  readonly groupless?: boolean;
  /** Private address; the subnet's whole range when it is not known. */
  readonly address?: string;
  /** Whether it has a public IPv4 address. */
  readonly publicAddress?: boolean;
  readonly task?: string;
  /** The EC2 instance, when the interface is its own. */
  readonly host?: string;
  readonly networkInterface?: string;
  /** Where the subnet is, for one that was not read. */
  readonly vpcId?: string;
}

/** One subnet's path with the detail a rule needs to name the cause. */
export interface SolvedPath {
  readonly path: NetworkPath;
  readonly subnetId: string;
  readonly route: RouteAnswer;
}

/** Judges the whole way from one source to one destination. */
export function solvePath(network: NetworkEvidence, from: PathSource, to: PathDestination): SolvedPath {
  const place = placeOf(network, from);
  const addresses = isEmpty(to.addresses) ? ipv4 : to.addresses;
  const known = from.address === undefined ? place.addresses : addressSet([from.address]);
  // Other interfaces that open connections have a group: without one, its groups are not known.
  const groupless = from.groupless === true;
  const groups = from.securityGroups.length === 0 && !groupless ? undefined : from.securityGroups;
  const source: Peer = { addresses: sameFamily(known, addresses), groups };
  const target: Peer = {
    addresses: sameFamily(addresses, known),
    groups: to.securityGroups,
    ...(to.prefixList === undefined ? {} : { prefixList: to.prefixList }),
  };
  const route = judgeRoute(network, {
    subnetId: from.subnetId,
    vpcId: place.vpcId,
    to: target,
    publicAddress: from.publicAddress,
  });
  const { protocol, port } = to;
  const leaving = { side: 'egress', groups: from.securityGroups, peer: target, protocol, port } as const;
  const hops: PathHop[] = [
    ...dnsHop(network, place.vpcId, to),
    ...(groupless ? [] : [groupHop(network, leaving, to)]),
    ...farHops(network, { from, to, source, target, route }),
  ];
  return { path: pathOf(from, to, hops), subnetId: from.subnetId, route };
}

/** Solves from several sources and joins those whose way looks the same, so that people read each way once. */
export function solvePaths(
  network: NetworkEvidence,
  sources: readonly PathSource[],
  to: PathDestination,
): { paths: NetworkPath[]; solved: SolvedPath[] } {
  const solved = sources.map((source) => solvePath(network, source, to));
  const groups = new Map<string, SolvedPath[]>();
  for (const one of solved) {
    const key = JSON.stringify([
      one.path.from.securityGroups,
      one.path.hops.map((hop) => [
        hop.check,
        hop.direction,
        hop.verdict,
        hop.verdict === 'open' ? '' : hop.resource,
      ]),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return { paths: [...groups.values()].map(joined), solved };
}

/** A connection is IPv4 or IPv6 at both ends, so what the other end cannot speak does not count. */
function sameFamily(set: AddressSet, other: AddressSet): AddressSet {
  const speaks4 = !isEmpty(intersect(other, ipv4));
  const mine = intersect(set, ipv4);
  return speaks4 && !isEmpty(mine) ? mine : set;
}

interface Way {
  readonly from: PathSource;
  readonly to: PathDestination;
  readonly source: Peer;
  readonly target: Peer;
  readonly route: RouteAnswer;
}

/** Everything after the sender's own security group, in the order packets meet it, replies last. */
function farHops(network: NetworkEvidence, way: Way): PathHop[] {
  const { from, to, source, target, route } = way;
  const sameSubnet = to.subnetId !== undefined && to.subnetId === from.subnetId;
  const request: PortRange = { from: to.port, to: to.port };
  const leaves = !sameSubnet;
  const acl = (subnetId: string, check: PathHop['check'], peer: Peer, ports: PortRange): PathHop =>
    aclHop(network, { subnetId, check, peer, ports, protocol: to.protocol });
  const hops: PathHop[] = [];
  if (leaves) hops.push(acl(from.subnetId, 'network-acl-egress', target, request));
  hops.push(routeHop(route));
  const natSubnet = route.natGateway?.value.SubnetId;
  if (natSubnet !== undefined && natSubnet !== from.subnetId) {
    hops.push(acl(natSubnet, 'network-acl-ingress', source, request));
    hops.push(acl(natSubnet, 'network-acl-egress', target, request));
    hops.push(acl(natSubnet, 'network-acl-return', target, ephemeralPorts));
    hops.push(returnOut(network, natSubnet, source, to.protocol));
  }
  if (to.subnetId !== undefined && leaves)
    hops.push(acl(to.subnetId, 'network-acl-ingress', source, request));
  if (route.target === 'local' && to.securityGroups?.length !== 0) {
    hops.push(
      groupHop(
        network,
        {
          side: 'ingress',
          groups: to.securityGroups ?? [],
          peer: source,
          protocol: to.protocol,
          port: to.port,
        },
        to,
      ),
    );
  }
  if (to.subnetId !== undefined && leaves) hops.push(returnOut(network, to.subnetId, source, to.protocol));
  if (leaves) hops.push(acl(from.subnetId, 'network-acl-return', target, linuxClientPorts));
  return hops;
}

/** The reply leaving the destination's subnet: outbound there, to the client's ports. */
function returnOut(network: NetworkEvidence, subnetId: string, peer: Peer, protocol: string): PathHop {
  return aclHop(network, {
    subnetId,
    check: 'network-acl-return',
    peer,
    ports: linuxClientPorts,
    protocol,
    egress: true,
  });
}

function pathOf(from: PathSource, to: PathDestination, hops: PathHop[]): NetworkPath {
  const verdict = worst(hops.map((hop) => hop.verdict));
  return {
    from: {
      ...(from.task === undefined ? {} : { task: from.task }),
      ...(from.host === undefined ? {} : { host: from.host }),
      ...(from.networkInterface === undefined ? {} : { networkInterface: from.networkInterface }),
      ...(from.address === undefined ? {} : { address: from.address }),
      subnets: [from.subnetId],
      securityGroups: [...from.securityGroups],
    },
    to: {
      ...(to.host === undefined ? {} : { host: to.host }),
      ...(to.address === undefined ? {} : { address: to.address }),
      ...(to.name === undefined ? {} : { name: to.name }),
      securityGroups: [...(to.securityGroups ?? [])],
      port: to.port,
      protocol: to.protocol,
    },
    verdict: verdict === 'open' ? 'reachable' : verdict,
    hops,
  };
}

/** Several equal ways as one, with all their subnets, objects and evidence. */
function joined(same: readonly SolvedPath[]): NetworkPath {
  const paths = same.map((one) => one.path);
  const first = paths[0];
  if (first === undefined || paths.length === 1) return first ?? emptyPath();
  const subnets = [...new Set(paths.flatMap((path) => path.from.subnets))];
  return {
    ...first,
    from: { ...first.from, subnets },
    hops: first.hops.map((hop, index) => {
      const alike = paths.map((path) => path.hops[index] ?? hop);
      return {
        ...hop,
        resource: [...new Set(alike.map((one) => one.resource))].join(', '),
        evidence: uniqueRefs(alike.flatMap((one) => one.evidence)).slice(0, 8),
      };
    }),
  };
}

function uniqueRefs(refs: PathHop['evidence']): PathHop['evidence'] {
  return [...new Map(refs.map((ref) => [`${ref.id} ${ref.path}`, ref])).values()];
}

function emptyPath(): NetworkPath {
  return {
    from: { subnets: [], securityGroups: [] },
    to: { securityGroups: [], port: 0, protocol: 'tcp' },
    verdict: 'unknown',
    hops: [],
  };
}

/** The VPC and addresses of a subnet; anything at all when the subnet was not seen. */
function placeOf(
  network: NetworkEvidence,
  { subnetId, vpcId = '' }: PathSource,
): { vpcId: string; addresses: AddressSet } {
  const subnet = network.subnets.items.find(({ value }) => value.SubnetId === subnetId);
  const cidrs = [
    subnet?.value.CidrBlock ?? '',
    ...(subnet?.value.Ipv6CidrBlockAssociationSet ?? []).map((item) => item.Ipv6CidrBlock ?? ''),
  ];
  const addresses = addressSet(cidrs);
  return {
    vpcId: subnet?.value.VpcId ?? vpcId,
    addresses: addresses.length > 0 ? addresses : addressSet(['0.0.0.0/0']),
  };
}
