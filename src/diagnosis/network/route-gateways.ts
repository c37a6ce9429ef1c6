// Ways to the internet: internet gateways, NAT gateways, and what neither of them reaches.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type NetworkEvidence, type Observed } from '../evidence.ts';
import {
  type AddressSet,
  addressSet,
  type Interval,
  intersect,
  isEmpty,
  isPrivate,
  parseCidr,
  publicInternet,
} from './address-set.ts';
import { routeTableOf, type Step, unseenStep } from './route-table.ts';

/** An internet gateway translates addresses one to one: without a public one nothing comes back. */
export function internetStep(
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
export function natStep(
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

interface Passing {
  readonly network: NetworkEvidence;
  /** The part of the destination that takes the route. */
  readonly part: AddressSet;
  readonly table: Observed<Ec2.RouteTable>;
  readonly index: number;
}

/** Nothing on the internet has a private address, so a way to the internet is none to a private address outside the VPC. */
export function pastPrivate(step: Step, { network, part, table, index }: Passing): Step {
  const outward = step.target === 'nat' || step.target === 'internet';
  if (!outward || step.verdict === 'blocked' || !isPrivate(part)) return step;
  const nat = step.natGateway?.value;
  const onward =
    nat === undefined ? undefined : routeTableOf(network, nat.SubnetId ?? '', nat.VpcId ?? '')?.value;
  // A NAT gateway hands on to whatever its own subnet's table says, which may know the other network.
  const known = (onward?.Routes ?? []).some(
    ({ DestinationCidrBlock: cidr = '', GatewayId: gateway = '' }) =>
      gateway !== 'local' && !gateway.startsWith('igw-') && !isEmpty(intersect(part, addressSet([cidr]))),
  );
  if (step.target === 'nat' && (onward === undefined || known))
    return { ...step, verdict: 'unknown', reason: 'unseen' };
  return {
    ...step,
    verdict: 'blocked',
    reason: 'private-outside',
    because: `No route of ${table.value.RouteTableId ?? 'the route table'} names the network of this private address, so packets take the way to the internet, where no private address is reached.`,
    evidence: [below(table, `.Routes[${index}]`), ...step.evidence.slice(1)],
  };
}
