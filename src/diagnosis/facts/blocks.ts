// Closed gates, each with the class of cause it stands for. One dependency can meet several: a missing egress rule and a missing
// ingress rule both have to change, so both are kept.

import type { CauseClass, PathHop } from '../../contract/finding.ts';
import type { NetworkEvidence } from '../evidence.ts';
import { intersect, isEmpty, isPrivate } from '../network/address-set.ts';
import type { SolvedPath } from '../network/path.ts';
import { vpcAddresses } from './candidate.ts';
import type { CandidatePaths, Dependency } from './dependencies.ts';

export interface Block {
  readonly class: CauseClass;
  readonly hop: PathHop;
  readonly dependency: Dependency;
  /** The destination candidates for which this gate is closed. */
  readonly candidates: readonly CandidatePaths[];
  /** True when the gate is closed wherever the destination may be. */
  readonly forAllCandidates: boolean;
  readonly subnets: readonly string[];
  /** True when a task that failed sits in one of the subnets, or when its subnet is not known. */
  readonly hitsFailed: boolean;
}

/** Every closed gate on the way to every dependency, one entry per gate and class. */
export function blocksOf(dependencies: readonly Dependency[], network: NetworkEvidence): Block[] {
  const all = dependencies.flatMap((dependency) => blocksOfOne(dependency, network));
  return all.filter((block) => !isPartOfAnother(block, all));
}

/** A group that lets tasks reach neither the registry nor S3 has one fault: the rule for the registry opens both. */
function isPartOfAnother(block: Block, all: readonly Block[]): boolean {
  if (block.class !== 's3-path-blocked' || block.hop.check !== 'security-group-egress') return false;
  return all.some(
    (other) =>
      other.class === 'task-sg-egress-blocked' &&
      other.hop.resource === block.hop.resource &&
      other.dependency.port === block.dependency.port &&
      other.candidates.every(({ candidate }) => candidate.foundBy === 'internet'),
  );
}

function blocksOfOne(dependency: Dependency, network: NetworkEvidence): Block[] {
  const found = new Map<
    string,
    { class: CauseClass; hop: PathHop; candidates: Set<CandidatePaths>; subnets: Set<string> }
  >();
  for (const candidate of dependency.candidates) {
    for (const solved of candidate.solved) {
      for (const hop of solved.path.hops) {
        if (hop.verdict !== 'blocked') continue;
        const name = classOf(hop, { solved, candidate, network });
        const key = `${name} ${hop.check} ${hop.direction} ${hop.resource}`;
        const entry = found.get(key) ?? { class: name, hop, candidates: new Set(), subnets: new Set() };
        entry.candidates.add(candidate);
        entry.subnets.add(solved.subnetId);
        found.set(key, entry);
      }
    }
  }
  const { failedSubnets } = dependency;
  return [...found.values()].map((entry) => ({
    class: entry.class,
    hop: entry.hop,
    dependency,
    candidates: [...entry.candidates],
    forAllCandidates: closedForAll(entry.class, dependency, network),
    subnets: [...entry.subnets],
    hitsFailed: failedSubnets.length === 0 || failedSubnets.some((id) => entry.subnets.has(id)),
  }));
}

/** Different candidates may be closed by different objects of the same kind, such as each by its own group. */
function closedForAll(name: CauseClass, dependency: Dependency, network: NetworkEvidence): boolean {
  return dependency.candidates.every((candidate) =>
    candidate.solved.some((solved) =>
      solved.path.hops.some(
        (hop) => hop.verdict === 'blocked' && classOf(hop, { solved, candidate, network }) === name,
      ),
    ),
  );
}

/** The class of cause a closed gate stands for. */
export function classOf(
  hop: PathHop,
  { solved, candidate, network }: { solved: SolvedPath; candidate: CandidatePaths; network: NetworkEvidence },
): CauseClass {
  const toS3 = candidate.candidate.destination.prefixList !== undefined;
  const viaEndpoint = candidate.candidate.foundBy === 'endpoint';
  const toFiles = candidate.candidate.foundBy === 'mount-target';
  switch (hop.check) {
    case 'dns':
      return 'vpc-dns-misconfig';
    case 'security-group-egress':
      return toFiles ? 'efs-unreachable' : toS3 ? 's3-path-blocked' : 'task-sg-egress-blocked';
    case 'security-group-ingress':
      if (toFiles) return 'efs-unreachable';
      return viaEndpoint ? 'missing-vpc-endpoint' : 'dependency-unreachable';
    case 'network-acl-egress':
    case 'network-acl-ingress':
    case 'network-acl-return':
      return 'nacl-blocked';
    case 'endpoint':
      return 'missing-vpc-endpoint';
    case 'route':
      if (candidate.candidate.destination.bypassed?.lacks === 'hostnames') return 'vpc-dns-misconfig';
      // The way out may be in order; it is the other network that is not reached.
      return leadsElsewhere(candidate, network)
        ? 'dependency-unreachable'
        : routeClass(solved, toS3 || isS3(candidate.candidate.destination.host), network);
  }
}

/** A private address outside the VPC: peered, behind a transit gateway, or on premises. */
function leadsElsewhere({ candidate }: CandidatePaths, network: NetworkEvidence): boolean {
  const { addresses } = candidate.destination;
  const [vpcId] = network.subnets.items.flatMap(({ value }) => value.VpcId ?? []);
  return (
    candidate.foundBy !== 'endpoint' &&
    isPrivate(addresses) &&
    isEmpty(intersect(addresses, vpcAddresses(network, vpcId ?? '')))
  );
}

/** S3 by its name: the prefix list is known only where a route or a rule names it, which is what may be missing. */
function isS3(host: string | undefined): boolean {
  return /(?:^|\.)s3[.-](?:[a-z0-9-]{1,40}\.)?amazonaws\.com$/i.test(host ?? '');
}

function routeClass(solved: SolvedPath, toS3: boolean, network: NetworkEvidence): CauseClass {
  if (solved.route.reason === 'no-public-address') return 'public-subnet-no-public-ip';
  if (solved.route.reason !== 'no-route') return 'no-egress-route';
  // A subnet meant to be isolated lives from endpoints; then the missing piece is an endpoint, not a way to the internet.
  const isolated = network.vpcEndpoints.items.some(({ value }) => value.VpcEndpointType === 'Interface');
  if (!isolated) return 'no-egress-route';
  return toS3 ? 's3-path-blocked' : 'missing-vpc-endpoint';
}
