// Reads what the symptoms point at outside ECS, all at once: roles, images, secrets, log groups, file systems, the endpoints in the way,
// and the recent records about them. Which of them is decided by the facts, never here.

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, NetworkEvidence, Seen } from '../../src/diagnosis/evidence.ts';
import { vpcIdOf } from '../../src/diagnosis/facts/host-place.ts';
import type { ResourceNeeds } from '../../src/diagnosis/facts/needs.ts';
import { asksForAnything } from '../../src/diagnosis/facts/resource-needs.ts';
import {
  type Asked,
  asked,
  noResources,
  type ResourceEvidence,
  withResources,
} from '../../src/diagnosis/resources.ts';
import { hostRoleActions, readHostRoles } from './collect-host-roles.ts';
import { imageActions, readImages } from './collect-images.ts';
import { readEndpoints, readRouteTables, withMore } from './collect-network.ts';
import { readRoles, roleActions } from './collect-roles.ts';
import { readSecrets, secretActions } from './collect-secrets.ts';
import { readAccess, readDisk, readMounts, storageActions } from './collect-storage.ts';
import { readTrail, trailActions } from './collect-trail.ts';
import { gapOf, joined } from './reading.ts';

export const resourceActions = [
  ...roleActions,
  ...hostRoleActions,
  ...imageActions,
  ...secretActions,
  ...storageActions,
  ...trailActions,
  'logs:DescribeLogGroups',
] as const;

/** What was read: the resources, and the part of the network that came with them. */
export interface ReadResources {
  readonly resources: EvidenceBundle['resources'];
  readonly network: Partial<NetworkEvidence>;
}

/** Reads what is needed; nothing when nothing is. */
export async function readResources(
  aws: Aws,
  bundle: EvidenceBundle,
  needs: ResourceNeeds,
): Promise<ReadResources> {
  if (!asksForAnything(needs)) return { resources: undefined, network: {} };
  const permissions = needs.roles.length + needs.hosts.length > 0;
  const found = readImages(aws, needs);
  const [roles, images, secrets, logGroups, mounts, access, disk, trail, endpoints] = await Promise.all([
    readActors(aws, bundle, { ...needs, unless: found.then(isGone) }),
    found,
    readSecrets(aws, needs.secrets, { permissions }),
    Promise.all(needs.logGroups.map((name) => readLogGroup(aws, name))),
    readMounts(aws, needs.mounts),
    readAccess(aws, needs.volumes),
    needs.disk ? readDisk(aws, bundle) : undefined,
    readTrail(aws, needs.trail, bundle.nowMs),
    needs.endpoints ? readEndpointPolicies(aws, bundle) : {},
  ]);
  const resources = withResources(noResources, {
    ...roles,
    ...images,
    ...secrets,
    ...mounts,
    ...access,
    logGroups: joined(logGroups),
    ...(disk === undefined ? {} : { disk }),
    trail,
  });
  return { resources, network: endpoints };
}

/** The bundle with what was read. */
export function withRead(bundle: EvidenceBundle, read: ReadResources): EvidenceBundle {
  return {
    ...bundle,
    network: withMore(bundle.network, read.network),
    ...(read.resources === undefined
      ? {}
      : { resources: withResources(bundle.resources ?? noResources, read.resources) }),
  };
}

/** An image that is gone explains a start, whoever may pull it. */
function isGone({ images, repositories }: Pick<ResourceEvidence, 'images' | 'repositories'>): boolean {
  return [...images.items, ...repositories.items].some(({ value }) => value.thing === undefined);
}

interface Actors extends Pick<ResourceNeeds, 'roles' | 'hosts' | 'hostRequests'> {
  /** Whether what the role of a host may do is of no interest. */
  readonly unless: Promise<boolean>;
}

async function readActors(aws: Aws, bundle: EvidenceBundle, { roles, hosts, hostRequests, unless }: Actors) {
  const [named, below] = await Promise.all([
    readRoles(aws, roles),
    readHostRoles(aws, hosts, { cluster: bundle.cluster, requests: hostRequests, unless }),
  ]);
  return { ...named, ...below };
}

/** The exact name: a prefix sorts before everything it begins. */
async function readLogGroup(aws: Aws, name: string): Promise<Seen<Asked<Logs.LogGroup>>> {
  try {
    const { output, evidence } = await aws.call('logs:DescribeLogGroups', { logGroupNamePrefix: name });
    const index = output.logGroups?.findIndex((one) => one.logGroupName === name) ?? -1;
    const path = index === -1 ? '$.logGroups' : `$.logGroups[${index}]`;
    return { items: [asked(name, output.logGroups?.[index], { id: evidence, path })], gaps: [] };
  } catch (thrown) {
    const gap = gapOf(thrown, `the log group ${name}`, 'logs:DescribeLogGroups');
    return { items: [], gaps: [{ ...gap, about: name }] };
  }
}

/** Only when nobody reads the whole VPC: a refused request passed through one of its endpoints, or through none. */
export async function readEndpointPolicies(
  aws: Aws,
  bundle: EvidenceBundle,
): Promise<Partial<NetworkEvidence>> {
  const vpcId = vpcIdOf(bundle);
  if (vpcId === undefined) return {};
  const [vpcEndpoints, routeTables] = await Promise.all([
    readEndpoints(aws, vpcId),
    readRouteTables(aws, vpcId),
  ]);
  return { vpcEndpoints, routeTables };
}
