// Hosts that ECS has lost sight of: registered ones whose agent is not connected, and machines of the cluster's groups that never joined.
// What either of them needs is a way from its own interface to the endpoints of ECS.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html

import type { CapacityEvidence, EvidenceBundle } from '../evidence.ts';
import { solvePaths } from '../network/path.ts';
import { awsServiceDestination } from './aws-endpoints.ts';
import type { Dependency } from './dependencies.ts';
import { resolveContext } from './destinations.ts';
import { hostPlaces } from './host-place.ts';
import { placeSources } from './sources.ts';

/** Registers and reports state, is told what to do, reports metrics; without the first two a host is lost. */
const AGENT_SERVICES = ['ecs', 'ecs-agent', 'ecs-telemetry'] as const;
/** More machines stand for the rest. */
const MACHINES_MAX = 10;

/** Ids of the EC2 instances of registered, active hosts whose agent is not connected. */
export function disconnectedMachines(capacity: Pick<CapacityEvidence, 'containerInstances'>): string[] {
  return capacity.containerInstances.items
    .filter(({ value }) => value.agentConnected === false && (value.status ?? 'ACTIVE') === 'ACTIVE')
    .flatMap(({ value }) => value.ec2InstanceId ?? [])
    .slice(0, MACHINES_MAX);
}

/** Ids of machines that are in service in one of the groups and are no host of the cluster, new ones among them. */
export function strangersOf(
  capacity: Pick<CapacityEvidence, 'containerInstances' | 'autoScalingGroups'>,
): string[] {
  // Where the hosts of the cluster could not be read, each machine may be one of them.
  if (capacity.containerInstances.gaps.length > 0) return [];
  const joined = new Set(capacity.containerInstances.items.map(({ value }) => value.ec2InstanceId));
  return capacity.autoScalingGroups.items
    .flatMap(({ value }) => value.Instances ?? [])
    .filter(({ LifecycleState, InstanceId }) => LifecycleState === 'InService' && !joined.has(InstanceId))
    .flatMap(({ InstanceId }) => InstanceId ?? [])
    .slice(0, MACHINES_MAX);
}

/** The ways of lost hosts to ECS, as far as their places were read; none when no host is lost. */
export function agentDependencies(bundle: EvidenceBundle): Dependency[] {
  const { capacity } = bundle;
  if (capacity === undefined) return [];
  const lost = new Set([...disconnectedMachines(capacity), ...strangersOf(capacity)]);
  const places = hostPlaces(bundle).filter(({ instance }) => lost.has(instance));
  const sources = placeSources(places);
  if (sources.length === 0) return [];
  const context = resolveContext(bundle, sources[0]?.securityGroups ?? []);
  return AGENT_SERVICES.map((service) => {
    const candidates = awsServiceDestination(service, context).map((candidate) => ({
      candidate,
      ...solvePaths(bundle.network, sources, candidate.destination),
    }));
    return {
      why: 'agent',
      leavesBy: 'host',
      host: candidates[0]?.candidate.destination.host,
      port: 443,
      label: service,
      attempt: undefined,
      named: undefined,
      start: undefined,
      candidates,
      failedSubnets: [],
      evidence: places.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, 3),
    };
  });
}
