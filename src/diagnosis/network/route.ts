// Where a subnet's route table sends packets: explicit association else the VPC's main table, longest prefix first.
// A target this investigation cannot look behind (transit gateway, peering, appliance) is unknown, never open or closed.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type NetworkEvidence, type Observed } from '../evidence.ts';
import {
  type AddressSet,
  addressSet,
  type Interval,
  intersect,
  isEmpty,
  parseCidr,
  publicInternet,
  subtract,
} from './address-set.ts';
import { type CheckVerdict, type Peer, worst } from './peer.ts';

export interface RouteQuestion {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly to: Peer;
  /** Whether the sending interface has a public IPv4 address; undefined when that is not known. */
  readonly publicAddress: boolean | undefined;
}

export type RouteTarget = 'local' | 'nat' | 'internet' | 'endpoint' | 'elsewhere' | 'none';

export interface RouteAnswer {
  readonly verdict: CheckVerdict;
  readonly table: string;
  /** Where the packets go; the first one when parts of the destination differ. */
  readonly target: RouteTarget;
  readonly natGateway: Observed<Ec2.NatGateway> | undefined;
  /** Why a block is a block, for the rule that names the cause. */
  readonly reason: 'open' | 'no-route' | 'blackhole' | 'nat-unusable' | 'no-public-address' | 'unseen';
  readonly because: string;
  readonly evidence: readonly EvidenceRef[];
}

interface Step extends Omit<RouteAnswer, 'table'> {}

/** The route table that applies to a subnet, or undefined when it was not seen. */
export function routeTableOf(
  network: NetworkEvidence,
  subnetId: string,
  vpcId: string,
): Observed<Ec2.RouteTable> | undefined {
  const tables = network.routeTables.items;
  const explicit = tables.find(({ value }) =>
    value.Associations?.some((association) => association.SubnetId === subnetId),
  );
  if (explicit !== undefined) return explicit;
  // With a gap the explicit association may be what is missing, so the main table proves nothing.
  if (network.routeTables.gaps.length > 0) return undefined;
  return tables.find(
    ({ value }) =>
      value.VpcId === vpcId && value.Associations?.some((association) => association.Main === true),
  );
}

/** Judges where packets from the subnet to the peer go. */
export function judgeRoute(network: NetworkEvidence, question: RouteQuestion): RouteAnswer {
  const table = routeTableOf(network, question.subnetId, question.vpcId);
  if (table === undefined) {
    return {
      ...unseenStep(`The route table of ${question.subnetId} could not be read.`),
      table: 'route table',
    };
  }
  const id = table.value.RouteTableId ?? 'route table';
  const steps = stepsOf(network, table, question);
  const first = steps.find((step) => step.verdict === 'blocked') ?? steps[0];
  if (first === undefined) return { ...unseenStep('The destination is not known.'), table: id };
  const verdicts = steps.map((step) => step.verdict);
  // Some of the possible addresses pass and some do not: only a block of all of them is a block.
  const verdict = new Set(verdicts).size > 1 ? 'unknown' : worst(verdicts);
  return { ...first, verdict, table: id, evidence: steps.flatMap((step) => step.evidence).slice(0, 4) };
}

/** One step per route that takes a part of the destination; what no route takes is a step without a way. */
function stepsOf(network: NetworkEvidence, table: Observed<Ec2.RouteTable>, question: RouteQuestion): Step[] {
  const routes = (table.value.Routes ?? []).map((route, index) => ({ route, index }));
  const byList = routes.find(
    ({ route }) =>
      route.DestinationPrefixListId !== undefined && route.DestinationPrefixListId === question.to.prefixList,
  );
  if (byList !== undefined) return [stepOf(network, { ...byList, table }, question)];
  const steps: Step[] = [];
  let rest: AddressSet = question.to.addresses;
  for (const { route, index, blocks } of longestFirst(routes, network)) {
    if (isEmpty(rest)) break;
    if (isEmpty(intersect(rest, blocks))) continue;
    if (isForOthers(route, question.to)) {
      rest = subtract(rest, blocks);
      continue;
    }
    steps.push(stepOf(network, { route, index, table }, question));
    rest = subtract(rest, blocks);
  }
  if (!isEmpty(rest)) {
    steps.push({
      verdict: 'blocked',
      target: 'none',
      natGateway: undefined,
      reason: 'no-route',
      because: `${table.value.RouteTableId ?? 'The route table'} has no route to the destination.`,
      evidence: [below(table, '.Routes')],
    });
  }
  return steps;
}

/** A gateway endpoint takes S3 or DynamoDB alone: of a destination known only as "somewhere outside", it takes what is not meant. */
function isForOthers(route: Ec2.Route, to: RouteQuestion['to']): boolean {
  const isEndpoint = route.GatewayId?.startsWith('vpce-') === true;
  const isOneAddress = to.addresses.length === 1 && to.addresses[0]?.low === to.addresses[0]?.high;
  return isEndpoint && to.prefixList === undefined && !isOneAddress;
}

function longestFirst(
  routes: readonly { route: Ec2.Route; index: number }[],
  network: NetworkEvidence,
): { route: Ec2.Route; index: number; blocks: AddressSet }[] {
  const lists = new Map(network.prefixLists.items.map(({ value }) => [value.id, value.cidrs]));
  const sized = routes.flatMap(({ route, index }) => {
    const cidr = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
    const cidrs = cidr === undefined ? (lists.get(route.DestinationPrefixListId ?? '') ?? []) : [cidr];
    return cidrs.flatMap((text) => {
      const block = parseCidr(text);
      return block === undefined ? [] : [{ route, index, blocks: [block], size: block.high - block.low }];
    });
  });
  return sized.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : a.index - b.index));
}

function stepOf(
  network: NetworkEvidence,
  found: { route: Ec2.Route; index: number; table: Observed<Ec2.RouteTable> },
  question: RouteQuestion,
): Step {
  const { route, index, table } = found;
  const evidence = [below(table, `.Routes[${index}]`)];
  const destination =
    route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '';
  const base = { natGateway: undefined, evidence } as const;
  if (route.State === 'blackhole') {
    return {
      ...base,
      verdict: 'blocked',
      target: 'none',
      reason: 'blackhole',
      because: `The route for ${destination} leads to something that was deleted (blackhole).`,
    };
  }
  if (route.NatGatewayId !== undefined)
    return natStep(network, route.NatGatewayId, { destination, evidence });
  const gateway = route.GatewayId ?? '';
  if (gateway === 'local')
    return {
      ...base,
      verdict: 'open',
      target: 'local',
      reason: 'open',
      because: `Local route for ${destination}.`,
    };
  if (gateway.startsWith('vpce-'))
    return {
      ...base,
      verdict: 'open',
      target: 'endpoint',
      reason: 'open',
      because: `Gateway endpoint ${gateway}.`,
    };
  if (gateway.startsWith('igw-'))
    return { ...base, ...internetStep(gateway, destination, question.publicAddress) };
  if (route.EgressOnlyInternetGatewayId !== undefined)
    return {
      ...base,
      verdict: 'open',
      target: 'internet',
      reason: 'open',
      because: 'Egress-only internet gateway.',
    };
  const via =
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.NetworkInterfaceId ??
    (gateway || 'its target');
  return {
    ...base,
    verdict: 'unknown',
    target: 'elsewhere',
    reason: 'unseen',
    because: `The route for ${destination} leaves through ${via}; what is behind it cannot be seen from here.`,
  };
}

/** An internet gateway translates addresses one to one: without a public one nothing comes back. */
function internetStep(
  gateway: string,
  destination: string,
  publicAddress: boolean | undefined,
): Pick<Step, 'verdict' | 'target' | 'reason' | 'because'> {
  const route = `The route for ${destination} is the internet gateway ${gateway}`;
  if (publicAddress === true)
    return {
      verdict: 'open',
      target: 'internet',
      reason: 'open',
      because: `${route}, and the sender has a public address.`,
    };
  if (publicAddress === undefined)
    return {
      verdict: 'unknown',
      target: 'internet',
      reason: 'unseen',
      because: `${route}; whether the sender has a public address was not seen.`,
    };
  return {
    verdict: 'blocked',
    target: 'internet',
    reason: 'no-public-address',
    because: `${route}, but the sender has no public IPv4 address.`,
  };
}

/** A NAT gateway works when it is available, public, and its own subnet has a route to an internet gateway. */
function natStep(
  network: NetworkEvidence,
  id: string,
  { destination, evidence }: { destination: string; evidence: readonly EvidenceRef[] },
): Step {
  const nat = network.natGateways.items.find(({ value }) => value.NatGatewayId === id);
  const base = { target: 'nat', natGateway: nat } as const;
  if (nat === undefined) {
    return { ...unseenStep(`NAT gateway ${id} could not be read.`), ...base, evidence };
  }
  const seen = [...evidence, below(nat, '.State')];
  const blocked = (because: string, refs: readonly EvidenceRef[] = seen): Step => ({
    ...base,
    verdict: 'blocked',
    reason: 'nat-unusable',
    because,
    evidence: refs,
  });
  if (nat.value.State !== 'available')
    return blocked(`NAT gateway ${id} is ${nat.value.State ?? 'not available'}.`);
  if (nat.value.ConnectivityType === 'private')
    return {
      ...unseenStep(`${id} is a private NAT gateway; where it leads cannot be seen from here.`),
      ...base,
      evidence: seen,
    };
  const table = routeTableOf(network, nat.value.SubnetId ?? '', nat.value.VpcId ?? '');
  if (table === undefined)
    return {
      ...unseenStep(`The route table of NAT gateway ${id} could not be read.`),
      ...base,
      evidence: seen,
    };
  const out = (table.value.Routes ?? []).findIndex(
    (route) =>
      route.GatewayId?.startsWith('igw-') === true && route.State !== 'blackhole' && coversInternet(route),
  );
  if (out === -1) {
    return blocked(
      `NAT gateway ${id} is in ${nat.value.SubnetId ?? 'a subnet'}, whose route table has no route to an internet gateway.`,
      [...seen, below(table, '.Routes')],
    );
  }
  return {
    ...base,
    verdict: 'open',
    reason: 'open',
    because: `The route for ${destination} is NAT gateway ${id}, which reaches the internet.`,
    evidence: [...seen, below(table, `.Routes[${out}]`)],
  };
}

function coversInternet(route: Ec2.Route): boolean {
  const block: Interval | undefined = parseCidr(route.DestinationCidrBlock ?? '');
  return (
    block !== undefined && !isEmpty(intersect(addressSet([route.DestinationCidrBlock ?? '']), publicInternet))
  );
}

function unseenStep(because: string): Step {
  return {
    verdict: 'unknown',
    target: 'none',
    natGateway: undefined,
    reason: 'unseen',
    because,
    evidence: [],
  };
}
