// Where a subnet's route table sends packets: explicit association else the VPC's main table, longest prefix first.
// A target this investigation cannot look behind (transit gateway, peering, appliance) is unknown, never open or closed.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { below, type NetworkEvidence, type Observed } from '../evidence.ts';
import { type AddressSet, intersect, isEmpty, parseCidr, subtract } from './address-set.ts';
import { worst } from './peer.ts';
import { internetStep, natStep, pastPrivate } from './route-gateways.ts';
import { type RouteAnswer, type RouteQuestion, routeTableOf, type Step, unseenStep } from './route-table.ts';

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
    const part = intersect(rest, blocks);
    if (isEmpty(part)) continue;
    if (isForOthers(route, question.to)) {
      rest = subtract(rest, blocks);
      continue;
    }
    steps.push(
      pastPrivate(stepOf(network, { route, index, table }, question), { network, part, table, index }),
    );
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
      because: `The route for ${destination} in ${table.value.RouteTableId ?? 'its table'} leads to ${viaOf(route) ?? 'something'}, which was deleted (blackhole).`,
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
  return {
    ...base,
    verdict: 'unknown',
    target: 'elsewhere',
    reason: 'unseen',
    because: `The route for ${destination} leaves through ${viaOf(route) ?? 'its target'}; what is behind it cannot be seen from here.`,
  };
}

function viaOf(route: Ec2.Route): string | undefined {
  const { NatGatewayId, TransitGatewayId, VpcPeeringConnectionId, NetworkInterfaceId, GatewayId } = route;
  return NatGatewayId ?? TransitGatewayId ?? VpcPeeringConnectionId ?? NetworkInterfaceId ?? GatewayId;
}
