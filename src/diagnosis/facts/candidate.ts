// A place a destination may be: what the path solver needs to know about it, and how it was found.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { NetworkEvidence } from '../evidence.ts';
import { type AddressSet, addressSet, publicInternet } from '../network/address-set.ts';
import type { PathDestination } from '../network/peer.ts';

/** How the candidate was found; most name the destination itself, some only where it may be. */
export type FoundBy =
  | 'address'
  | 'name'
  | 'given'
  | 'inbound-rule'
  /** By a group that is only called like what listens there. */
  | 'group-name'
  | 'anywhere'
  | 'internet'
  | 'endpoint'
  | 'mount-target';

export interface Candidate {
  readonly destination: PathDestination;
  readonly foundBy: FoundBy;
  readonly evidence: readonly EvidenceRef[];
}

export interface Wanted {
  readonly host: string | undefined;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** Whether the name was seen to resolve. */
  readonly resolves?: boolean;
}

export interface ResolveContext {
  readonly network: NetworkEvidence;
  readonly vpcId: string;
  /** The task's own groups: never a destination candidate. */
  readonly ownGroups: readonly string[];
  readonly region: string;
}

/** What all candidates of one question share. */
export type Base = Pick<PathDestination, 'port' | 'protocol' | 'host' | 'resolves'>;

export function baseOf(wanted: Wanted): Base {
  return {
    port: wanted.port,
    protocol: wanted.protocol ?? 'tcp',
    ...(wanted.host === undefined ? {} : { host: wanted.host }),
    ...(wanted.resolves === undefined ? {} : { resolves: wanted.resolves }),
  };
}

/** Anywhere outside the VPC. */
export function internetCandidate(base: Base): Candidate {
  return {
    destination: { ...base, addresses: publicInternet, securityGroups: [] },
    foundBy: 'internet',
    evidence: [],
  };
}

/** The CIDR blocks of the VPC, from the local routes of its tables. */
export function vpcAddresses(network: NetworkEvidence, vpcId: string): AddressSet {
  const cidrs = network.routeTables.items
    .filter(({ value }) => value.VpcId === vpcId)
    .flatMap(({ value }) => value.Routes ?? [])
    .filter((route) => route.GatewayId === 'local')
    .flatMap((route) => [route.DestinationCidrBlock ?? '']);
  const subnets = network.subnets.items
    .filter(({ value }) => value.VpcId === vpcId)
    .map(({ value }) => value.CidrBlock ?? '');
  return addressSet([...cidrs, ...subnets]);
}
