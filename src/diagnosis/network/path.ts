// The network path solver: can a task's interface open a connection to a destination? Pure; evidence in, hops out.
// Every gate a packet meets is judged, also behind the first closed one, so that one look names all that has to change.
// `reachable` needs every gate open; one gate proven shut for every address the destination may have is `blocked`.

import type { NetworkPath, PathHop } from '../../contract/finding.ts';
import type { NetworkEvidence } from '../evidence.ts';
import { type AddressSet, addressSet } from './address-set.ts';
import { judgeAcl } from './network-acl.ts';
import {
  type CheckVerdict,
  ephemeralPorts,
  linuxClientPorts,
  type Peer,
  type PortRange,
  worst,
} from './peer.ts';
import { judgeRoute, type RouteAnswer } from './route.ts';
import { type GroupQuestion, judgeGroups, portsText } from './security-group.ts';

/** The interface that opens the connection. */
export interface PathSource {
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  /** Private address; the subnet's whole range when it is not known. */
  readonly address?: string;
  /** Whether it has a public IPv4 address. */
  readonly publicAddress?: boolean;
  readonly task?: string;
  readonly networkInterface?: string;
}

/** Where the connection goes. */
export interface PathDestination {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Contains the destination's address. */
  readonly addresses: AddressSet;
  /** Groups of the destination's interface; undefined when unknown, empty outside the VPC. */
  readonly securityGroups: readonly string[] | undefined;
  /** Subnet of the destination's interface when it is in this VPC and known. */
  readonly subnetId?: string;
  readonly prefixList?: string;
  readonly host?: string;
  readonly address?: string;
  readonly name?: string;
  /** True when the application was seen to get past name resolution, false when it was seen to fail there. */
  readonly resolves?: boolean;
}

/** One subnet's path with the detail a rule needs to name the cause. */
export interface SolvedPath {
  readonly path: NetworkPath;
  readonly subnetId: string;
  readonly route: RouteAnswer;
}

/** Ids shown in a `culprits` list for a hop without a resource of its own. */
const UNKNOWN_ACL = 'network ACL';

/** Judges the whole way from one source to one destination. */
export function solvePath(network: NetworkEvidence, from: PathSource, to: PathDestination): SolvedPath {
  const place = placeOf(network, from.subnetId);
  const source: Peer = {
    addresses: from.address === undefined ? place.addresses : addressSet([from.address]),
    groups: from.securityGroups,
  };
  const target: Peer = {
    addresses: to.addresses,
    groups: to.securityGroups,
    ...(to.prefixList === undefined ? {} : { prefixList: to.prefixList }),
  };
  const route = judgeRoute(network, {
    subnetId: from.subnetId,
    vpcId: place.vpcId,
    to: target,
    publicAddress: from.publicAddress,
  });
  const hops: PathHop[] = [
    ...dnsHop(network, place.vpcId, to),
    groupHop(
      network,
      { side: 'egress', groups: from.securityGroups, peer: target, protocol: to.protocol, port: to.port },
      to,
    ),
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

interface Way {
  readonly from: PathSource;
  readonly to: PathDestination;
  readonly source: Peer;
  readonly target: Peer;
  readonly route: RouteAnswer;
}

/** Everything after the task's own security group, in the order packets meet it, replies last. */
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

function dnsHop(network: NetworkEvidence, vpcId: string, to: PathDestination): PathHop[] {
  if (to.host === undefined || to.host === to.address) return [];
  const seen = network.vpcAttributes.items.find(({ value }) => value.vpcId === vpcId);
  const hop = (verdict: CheckVerdict, because: string): PathHop[] => [
    {
      check: 'dns',
      direction: 'out',
      resource: vpcId,
      verdict,
      because,
      rules: [],
      evidence: seen === undefined ? [] : [seen.at],
    },
  ];
  if (to.resolves === true) return hop('open', 'The application got past name resolution.');
  if (seen?.value.enableDnsSupport === false)
    return hop('blocked', 'DNS support is off in this VPC, so names do not resolve through its resolver.');
  if (seen === undefined) return hop('unknown', 'The DNS attributes of the VPC could not be read.');
  if (to.resolves === false)
    return seen.value.enableDnsHostnames === false
      ? hop('blocked', 'The name does not resolve, and DNS hostnames are off in this VPC.')
      : hop('unknown', 'The name does not resolve although the DNS attributes of the VPC are on.');
  return hop('open', 'DNS support is on in this VPC.');
}

function groupHop(network: NetworkEvidence, question: GroupQuestion, to: PathDestination): PathHop {
  const what = `${to.protocol}/${to.port}`;
  const out = question.side === 'egress';
  const base = {
    check: out ? 'security-group-egress' : 'security-group-ingress',
    direction: out ? 'out' : 'in',
    resource: question.groups.length === 0 ? 'security group' : question.groups.join(', '),
  } as const;
  if (question.groups.length === 0 && !out)
    return {
      ...base,
      verdict: 'unknown',
      because: 'The security groups of the destination are not known.',
      rules: [],
      evidence: [],
    };
  const answer = judgeGroups(question, network.securityGroups, network.prefixLists);
  const far = peerText(question, to);
  const missing = { protocol: to.protocol, ports: String(to.port), peer: far };
  const hop = { ...base, verdict: answer.verdict, rules: answer.rules, evidence: [...answer.evidence] };
  if (answer.verdict === 'open')
    return { ...hop, because: `${out ? 'Outbound' : 'Inbound'} rule ${answer.by ?? what} matches.` };
  if (answer.verdict === 'blocked') {
    const has = ruleList(answer.rules);
    return {
      ...hop,
      because: `No ${out ? 'outbound' : 'inbound'} rule for ${what} ${out ? 'to' : 'from'} ${far}. ${has}`,
      missing,
    };
  }
  const because =
    answer.unseen.length > 0
      ? `${answer.unseen.join(', ')} could not be read.`
      : `Rules for ${what} cover only a part of where the destination may be.`;
  return { ...hop, because };
}

function peerText(question: GroupQuestion, to: PathDestination): string {
  const groups = question.peer.groups ?? [];
  if (groups.length > 0) return groups.join(', ');
  if (question.side === 'egress') return to.address ?? to.host ?? 'any destination';
  return 'the tasks';
}

function ruleList(rules: PathHop['rules']): string {
  if (rules.length === 0) return 'It has no rules at all.';
  const listed = rules.slice(0, 4).map((rule) => `${portsText(rule)} ${rule.peer}`);
  const more = rules.length > listed.length ? ` and ${rules.length - listed.length} more` : '';
  return `It has ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}: ${listed.join(', ')}${more}.`;
}

interface AclCheck {
  readonly subnetId: string;
  readonly check: PathHop['check'];
  readonly peer: Peer;
  readonly ports: PortRange;
  readonly protocol: string;
  /** Direction of the ACL; follows from the check unless a reply leaves a subnet. */
  readonly egress?: boolean;
}

function aclHop(network: NetworkEvidence, check: AclCheck): PathHop {
  const acl = network.networkAcls.items.find(({ value }) =>
    value.Associations?.some((association) => association.SubnetId === check.subnetId),
  );
  const direction =
    check.check === 'network-acl-egress' ? 'out' : check.check === 'network-acl-ingress' ? 'in' : 'return';
  const base = { check: check.check, direction, resource: acl?.value.NetworkAclId ?? UNKNOWN_ACL } as const;
  if (acl === undefined)
    return {
      ...base,
      verdict: 'unknown',
      because: `The network ACL of ${check.subnetId} could not be read.`,
      rules: [],
      evidence: [],
    };
  const answer = judgeAcl(acl, {
    egress: check.egress ?? check.check === 'network-acl-egress',
    addresses: check.peer.addresses,
    protocol: check.protocol,
    ports: check.ports,
  });
  const reply = direction === 'return' ? 'Replies: ' : '';
  return {
    ...base,
    verdict: answer.verdict,
    because: `${reply}${answer.because}`,
    rules: answer.rules,
    evidence: [...answer.evidence],
  };
}

function routeHop(route: RouteAnswer): PathHop {
  return {
    check: route.target === 'endpoint' ? 'endpoint' : 'route',
    direction: 'out',
    resource: route.table,
    verdict: route.verdict,
    because: route.because,
    rules: [],
    evidence: [...route.evidence],
  };
}

function pathOf(from: PathSource, to: PathDestination, hops: PathHop[]): NetworkPath {
  const verdict = worst(hops.map((hop) => hop.verdict));
  return {
    from: {
      ...(from.task === undefined ? {} : { task: from.task }),
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

function placeOf(network: NetworkEvidence, subnetId: string): { vpcId: string; addresses: AddressSet } {
  const subnet = network.subnets.items.find(({ value }) => value.SubnetId === subnetId);
  const cidrs = [
    subnet?.value.CidrBlock ?? '',
    ...(subnet?.value.Ipv6CidrBlockAssociationSet ?? []).map((item) => item.Ipv6CidrBlock ?? ''),
  ];
  const addresses = addressSet(cidrs);
  return {
    vpcId: subnet?.value.VpcId ?? '',
    addresses: addresses.length > 0 ? addresses : addressSet(['0.0.0.0/0']),
  };
}
