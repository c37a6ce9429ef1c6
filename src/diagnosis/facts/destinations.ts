// From what an application wanted (host and port) to where that is in the VPC: network interfaces, security groups, addresses.
// When several things could be meant, all of them are kept as candidates; nothing is picked because it looks likely.

import { isIP } from 'node:net';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle, type NetworkEvidence, type Observed } from '../evidence.ts';
import { addressSet, isEmpty, publicInternet, subtract } from '../network/address-set.ts';
import { tidy } from '../network/peer.ts';
import { AWS_NAME, awsCandidates } from './aws-endpoints.ts';
import {
  type Base,
  baseOf,
  type Candidate,
  type FoundBy,
  internetCandidate,
  type ResolveContext,
  vpcAddresses,
  type Wanted,
} from './candidate.ts';
import { isDatabasePort, portName } from './environment.ts';
import { vpcIdOf } from './host-place.ts';

const CANDIDATES_MAX = 8;
const PRIVATE_NAME =
  /(?:\.(?:internal|local|lan|corp|private|intra|svc|test|home|consul)|\.(?:rds|cache|docdb|neptune|memorydb|redshift|efs)[.a-z0-9-]*\.amazonaws\.com)$|^[^.]+$/i;

/** Every place the wanted destination may be, as exact as the evidence allows. Never empty. */
export function resolveDestination(wanted: Wanted, context: ResolveContext): Candidate[] {
  const base = baseOf(wanted);
  const interfaces = interfacesFor(wanted.host, context.network);
  if (interfaces.length > 0) {
    const byAddress = wanted.host !== undefined && isIP(wanted.host) !== 0;
    return interfaces
      .slice(0, CANDIDATES_MAX)
      .map((found) => interfaceCandidate(found, base, { foundBy: byAddress ? 'address' : 'name', context }));
  }
  if (wanted.host !== undefined && isIP(wanted.host) !== 0)
    return [addressCandidate(wanted.host, base, context)];
  const database = databaseCandidates(wanted, context);
  if (database.length > 0) return database;
  const aws = wanted.host === undefined ? null : AWS_NAME.exec(wanted.host);
  if (aws !== null && !PRIVATE_NAME.test(wanted.host ?? ''))
    return awsCandidates(aws[1] ?? '', base, context);
  if (isPublicName(wanted)) return [internetCandidate(base)];
  const byRule = groupsAdmitting(wanted, context);
  if (byRule.length > 0) return byRule.slice(0, CANDIDATES_MAX);
  return [anywhereCandidate(wanted, base, context)];
}

/** A candidate for security groups a person named. */
export function groupDestination(groupId: string, wanted: Wanted, context: ResolveContext): Candidate[] {
  const base = baseOf(wanted);
  const members = interfacesOfGroup(groupId, context.network);
  if (members.length > 0)
    return members
      .slice(0, CANDIDATES_MAX)
      .map((found) => interfaceCandidate(found, base, { foundBy: 'given', context }));
  return [groupCandidate(groupId, base, { foundBy: 'given', context, evidence: [] })];
}

/** A candidate for a block of addresses a person named. */
export function rangeDestination(cidr: string, wanted: Wanted): Candidate {
  const addresses = addressSet([cidr]);
  const outside = isEmpty(subtract(addresses, publicInternet));
  return {
    destination: { ...baseOf(wanted), addresses, securityGroups: outside ? [] : undefined, name: cidr },
    foundBy: 'given',
    evidence: [],
  };
}

/** What people call the thing behind a group: its Name tag, else its name. */
export function groupLabel(network: NetworkEvidence, groupId: string): string | undefined {
  const group = network.securityGroups.items.find(({ value }) => value.GroupId === groupId)?.value;
  const tag = group?.Tags?.find((one) => one.Key === 'Name')?.Value;
  const label = tag !== undefined && tag !== '' ? tag : group?.GroupName;
  return label === undefined ? undefined : tidy(label, 80);
}

/** What look-ups of destinations need, for senders with these groups. */
export function resolveContext(bundle: EvidenceBundle, ownGroups: readonly string[]): ResolveContext {
  return {
    network: bundle.network,
    vpcId: vpcIdOf(bundle) ?? '',
    ownGroups,
    region: bundle.region,
  };
}

function interfacesFor(host: string | undefined, network: NetworkEvidence): Observed<Ec2.NetworkInterface>[] {
  if (host === undefined) return [];
  const wanted = host.toLowerCase();
  const seen = new Map<string, Observed<Ec2.NetworkInterface>>();
  for (const one of network.networkInterfaces.items) {
    const eni = one.value;
    const names = [
      eni.PrivateIpAddress,
      eni.PrivateDnsName,
      eni.Association?.PublicDnsName,
      eni.Association?.PublicIp,
      ...(eni.PrivateIpAddresses ?? []).flatMap((address) => [
        address.PrivateIpAddress,
        address.PrivateDnsName,
      ]),
      ...(eni.Ipv6Addresses ?? []).map((address) => address.Ipv6Address),
      ...(eni.TagSet ?? [])
        .filter((tag) => /^(?:dns[-_]?name|name|hostname|fqdn)$/i.test(tag.Key ?? ''))
        .map((tag) => tag.Value),
    ];
    if (names.some((name) => name?.toLowerCase() === wanted)) seen.set(eni.NetworkInterfaceId ?? '', one);
  }
  return [...seen.values()];
}

/** What RDS says about the host: the interfaces behind its groups, or the groups alone when no interface was seen. */
function databaseCandidates(wanted: Wanted, context: ResolveContext): Candidate[] {
  const host = wanted.host?.toLowerCase();
  const found = context.network.databases?.items.find(({ value }) => value.host === host);
  if (found === undefined || found.value.groups.length === 0) return [];
  const base = baseOf(wanted);
  const { groups } = found.value;
  const members = groups
    .flatMap((id) => interfacesOfGroup(id, context.network))
    .filter(({ value }) => value.RequesterId === 'amazon-rds');
  if (members.length > 0)
    return members
      .slice(0, CANDIDATES_MAX)
      .map((one) => interfaceCandidate(one, base, { foundBy: 'name', context }));
  const [first = ''] = groups;
  const evidence = [below(found, '.VpcSecurityGroups')];
  const { destination } = groupCandidate(first, base, { foundBy: 'name', context, evidence });
  return [{ destination: { ...destination, securityGroups: groups }, foundBy: 'name', evidence }];
}

function interfacesOfGroup(groupId: string, network: NetworkEvidence): Observed<Ec2.NetworkInterface>[] {
  const members = network.networkInterfaces.items.filter(({ value }) =>
    value.Groups?.some((group) => group.GroupId === groupId),
  );
  return [...new Map(members.map((one) => [one.value.NetworkInterfaceId ?? '', one])).values()];
}

function interfaceCandidate(
  found: Observed<Ec2.NetworkInterface>,
  base: Base,
  { foundBy, context }: { foundBy: FoundBy; context: ResolveContext },
): Candidate {
  const eni = found.value;
  const address = isIP(base.host ?? '') !== 0 ? (base.host ?? '') : (eni.PrivateIpAddress ?? '');
  const groups = (eni.Groups ?? []).flatMap((group) => (group.GroupId === undefined ? [] : [group.GroupId]));
  const name = groups.map((id) => groupLabel(context.network, id)).find((label) => label !== undefined);
  return {
    destination: {
      ...base,
      addresses: addressSet([address]),
      address,
      securityGroups: groups,
      ...(eni.SubnetId === undefined ? {} : { subnetId: eni.SubnetId }),
      ...(name === undefined ? {} : { name }),
    },
    foundBy,
    evidence: [below(found, '.Groups')],
  };
}

function addressCandidate(address: string, base: Base, context: ResolveContext): Candidate {
  const inside = addressSet([address]);
  const subnet = context.network.subnets.items.find(({ value }) =>
    addressSet([value.CidrBlock ?? '']).some((range) =>
      inside.some((one) => range.low <= one.low && one.high <= range.high),
    ),
  );
  const isPublic = publicInternet.some((range) =>
    inside.some((one) => range.low <= one.low && one.high <= range.high),
  );
  return {
    destination: {
      ...base,
      addresses: inside,
      address,
      securityGroups: isPublic ? [] : undefined,
      ...(subnet?.value.SubnetId === undefined ? {} : { subnetId: subnet.value.SubnetId }),
    },
    foundBy: 'address',
    evidence: [],
  };
}

function groupCandidate(
  groupId: string,
  base: Base,
  {
    foundBy,
    context,
    evidence,
  }: { foundBy: FoundBy; context: ResolveContext; evidence: readonly EvidenceRef[] },
): Candidate {
  const within = vpcAddresses(context.network, context.vpcId);
  const name = groupLabel(context.network, groupId);
  return {
    destination: {
      ...base,
      addresses: within.length > 0 ? within : addressSet(['0.0.0.0/0']),
      securityGroups: [groupId],
      ...(name === undefined ? {} : { name }),
    },
    foundBy,
    evidence,
  };
}

/** Groups whose inbound rules name exactly this port: what listens there is what a task could have wanted. */
function groupsAdmitting(wanted: Wanted, context: ResolveContext): Candidate[] {
  const base = baseOf(wanted);
  const seen = new Set<string>(context.ownGroups);
  const found: { candidate: Candidate; fromTask: boolean }[] = [];
  for (const group of context.network.securityGroups.items) {
    const id = group.value.GroupId ?? '';
    if (seen.has(id) || (group.value.VpcId ?? context.vpcId) !== context.vpcId) continue;
    const index = (group.value.IpPermissions ?? []).findIndex((rule) => namesPort(rule, wanted.port));
    const named = index === -1 && isDatabasePort(wanted.port) && soundsLike(group.value, wanted.port);
    if (index === -1 && !named) continue;
    seen.add(id);
    const rule = group.value.IpPermissions?.[index];
    const fromTask =
      rule?.UserIdGroupPairs?.some((pair) => context.ownGroups.includes(pair.GroupId ?? '')) ?? false;
    const evidence = [below(group, index === -1 ? '.GroupName' : `.IpPermissions[${index}]`)];
    const members = interfacesOfGroup(id, context.network);
    const foundBy = index === -1 ? 'group-name' : 'inbound-rule';
    const candidates =
      members.length === 0
        ? [groupCandidate(id, base, { foundBy, context, evidence })]
        : members.map((one) => interfaceCandidate(one, base, { foundBy, context }));
    for (const candidate of candidates) found.push({ candidate, fromTask });
  }
  // A group that already names the task's group says whom it serves; then the others are not meant.
  const chosen = found.some((one) => one.fromTask) ? found.filter((one) => one.fromTask) : found;
  return chosen.map((one) => one.candidate);
}

function namesPort(rule: Ec2.IpPermission, port: number): boolean {
  const tcp = rule.IpProtocol === 'tcp' || rule.IpProtocol === '6';
  const { FromPort, ToPort } = rule;
  // A rule over a wide range says nothing about what listens.
  return (
    tcp &&
    FromPort !== undefined &&
    ToPort !== undefined &&
    FromPort <= port &&
    port <= ToPort &&
    ToPort - FromPort < 100
  );
}

function soundsLike(group: Ec2.SecurityGroup, port: number): boolean {
  const words = [group.GroupName, group.Description, ...(group.Tags ?? []).map((tag) => tag.Value)].join(' ');
  return new RegExp(`\\b(?:database|db|rds|${portName(port) ?? 'database'})\\b`, 'i').test(words);
}

function isPublicName({ host, port }: Wanted): boolean {
  return host !== undefined && (port === 443 || port === 80) && !PRIVATE_NAME.test(host);
}

/** Nothing is known but the port: in the VPC when the name says so, else anywhere at all. */
function anywhereCandidate(wanted: Wanted, base: Base, context: ResolveContext): Candidate {
  const within = vpcAddresses(context.network, context.vpcId);
  const inside = wanted.host !== undefined && PRIVATE_NAME.test(wanted.host) && within.length > 0;
  return {
    destination: {
      ...base,
      addresses: inside ? within : addressSet(['0.0.0.0/0']),
      securityGroups: undefined,
    },
    foundBy: 'anywhere',
    evidence: [],
  };
}
