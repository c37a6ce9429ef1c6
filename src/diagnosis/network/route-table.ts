// The route table of a subnet, and what is told of where one of its routes leads.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { NetworkEvidence, Observed } from '../evidence.ts';
import type { CheckVerdict, Peer } from './peer.ts';

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
  readonly reason:
    | 'open'
    | 'no-route'
    | 'blackhole'
    | 'nat-unusable'
    | 'no-public-address'
    | 'private-outside'
    | 'unseen';
  readonly because: string;
  readonly evidence: readonly EvidenceRef[];
}

/** What one route says of the part of the destination that takes it. */
export interface Step extends Omit<RouteAnswer, 'table'> {}

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

/** A step nobody can look behind, for the reason given. */
export function unseenStep(because: string): Step {
  return {
    verdict: 'unknown',
    target: 'none',
    natGateway: undefined,
    reason: 'unseen',
    because,
    evidence: [],
  };
}
