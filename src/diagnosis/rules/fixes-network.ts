// Proposed calls for gates of the VPC: an entry of a network ACL, a DNS attribute, a public address, an endpoint. Narrow, in the words
// of the change tools; the counterfactual run decides which are offered.

import type { ProposedCall } from '../../contract/finding.ts';
import type { NetworkEvidence } from '../evidence.ts';
import { serviceNames } from '../facts/aws-endpoints.ts';
import type { Block } from '../facts/blocks.ts';
import type { Facts } from '../facts/facts.ts';
import { freeRuleNumber } from '../network/acl-number.ts';
import { addressSet } from '../network/address-set.ts';
import { judgeAcl } from '../network/network-acl.ts';
import { ephemeralPorts, linuxClientPorts, type PortRange } from '../network/peer.ts';
import { bypassedBy, vpcOf } from './network-words.ts';
import { publicAddressFix } from './service-fixes.ts';

export const aclTool = 'ec2_create_network_acl_entry';
export const dnsTool = 'ec2_modify_vpc_attribute';
export const endpointTool = 'ec2_create_vpc_endpoint';

const ANYWHERE = '0.0.0.0/0';
const ALTERNATIVES_MAX = 3;

/** Calls for the gates of one class; none for gates of security groups, which have fixes of their own. */
export function networkFixes(blocks: readonly Block[], facts: Facts): ProposedCall[] {
  return blocks.flatMap((block) => {
    const { check } = block.hop;
    if (check.startsWith('network-acl')) return aclFixes(block, facts);
    if (check === 'dns' || block.class === 'vpc-dns-misconfig') return dnsFixes(block, facts);
    if (block.class === 'public-subnet-no-public-ip') return publicAddressFix(facts.service);
    if (check === 'route') return endpointFixes(block, facts);
    return [];
  });
}

const heals = ({ service }: Facts) => ({ heals: { cluster: service.cluster, service: service.name } });

/** One crossing of a subnet's edge: who is on the other side, on which ports. */
export interface Passage {
  readonly subnet: string;
  readonly egress: boolean;
  readonly cidr: string;
  readonly ports: PortRange;
}

function aclFixes(block: Block, facts: Facts): ProposedCall[] {
  return entryFixes(block.hop.resource, passages(block, facts.bundle.network), facts);
}

/** One entry for each passage of this ACL that is closed. */
export function entryFixes(aclId: string, crossings: readonly Passage[], facts: Facts): ProposedCall[] {
  const { networkAcls } = facts.bundle.network;
  const acl = networkAcls.items.find(({ value }) => value.NetworkAclId === aclId);
  if (acl === undefined) return [];
  const behind = new Set((acl.value.Associations ?? []).map(({ SubnetId }) => SubnetId));
  return crossings
    .filter(({ subnet }) => behind.has(subnet))
    .flatMap(({ egress, cidr, ports }) => {
      const question = { egress, addresses: addressSet([cidr]), protocol: 'tcp', ports };
      if (judgeAcl(acl, question).verdict === 'open') return [];
      const number = freeRuleNumber(acl.value.Entries ?? [], question);
      if (number === undefined) return [];
      const range = ports.from === ports.to ? String(ports.from) : `${ports.from}-${ports.to}`;
      const isReply = ports === linuxClientPorts || ports === ephemeralPorts;
      return [
        {
          tool: aclTool,
          input: {
            network_acl_id: aclId,
            direction: egress ? 'egress' : 'ingress',
            protocol: 'tcp',
            from_port: ports.from,
            to_port: ports.to,
            cidr,
            rule_number: number,
            ...heals(facts),
          },
          why: `Lets ${isReply ? 'replies on ' : ''}tcp/${range} ${egress ? 'out to' : 'in from'} ${cidr} pass ${aclId}, as entry ${number}, before the one that denies it.`,
        },
      ];
    });
}

/** Where this check is made, in the order of the path solver: at the task, at a NAT gateway, at the destination. */
function passages(block: Block, network: NetworkEvidence): Passage[] {
  const port = { from: block.dependency.port, to: block.dependency.port };
  const { check } = block.hop;
  return block.candidates.flatMap(({ candidate: { destination }, solved }) =>
    solved.flatMap(({ subnetId, route }) => {
      const source = cidrOf(network, subnetId);
      const target = targetCidr(destination, network);
      const nat = route.natGateway?.value.SubnetId;
      const far = destination.subnetId;
      const at = (subnet: string | undefined, egress: boolean, cidr: string | undefined, ports: PortRange) =>
        subnet === undefined || cidr === undefined ? [] : [{ subnet, egress, cidr, ports }];
      if (check === 'network-acl-egress')
        return [...at(subnetId, true, target, port), ...at(nat, true, target, port)];
      if (check === 'network-acl-ingress')
        return [...at(far, false, source, port), ...at(nat, false, source, port)];
      return [
        ...at(subnetId, false, target, linuxClientPorts),
        ...at(far, true, source, linuxClientPorts),
        ...at(nat, false, target, ephemeralPorts),
      ];
    }),
  );
}

function targetCidr(
  {
    address,
    subnetId,
    securityGroups,
  }: { address?: string; subnetId?: string; securityGroups: readonly string[] | undefined },
  network: NetworkEvidence,
): string | undefined {
  if (address !== undefined) return `${address}/${address.includes(':') ? 128 : 32}`;
  if (subnetId !== undefined) return cidrOf(network, subnetId);
  return securityGroups?.length === 0 ? ANYWHERE : undefined;
}

function cidrOf(network: NetworkEvidence, subnetId: string): string | undefined {
  return network.subnets.items.find(({ value }) => value.SubnetId === subnetId)?.value.CidrBlock;
}

/** The attribute that is off; support goes before host names, which need it. */
function dnsFixes(block: Block, facts: Facts): ProposedCall[] {
  const vpc = block.hop.check === 'dns' ? block.hop.resource : vpcOf(block, facts);
  const seen = facts.bundle.network.vpcAttributes.items.find(({ value }) => value.vpcId === vpc);
  if (seen === undefined) return [];
  const { vpcId, enableDnsSupport, enableDnsHostnames } = seen.value;
  const attribute =
    enableDnsSupport === false
      ? 'enable_dns_support'
      : enableDnsHostnames === false
        ? 'enable_dns_hostnames'
        : undefined;
  if (attribute === undefined) return [];
  return [
    {
      tool: dnsTool,
      input: { vpc_id: vpcId, attribute, value: true, ...heals(facts) },
      why: `Turns ${attribute === 'enable_dns_support' ? 'DNS support' : 'DNS host names'} of ${vpcId} on, so that names resolve there.${enableDnsSupport === false && enableDnsHostnames === false ? ' DNS host names are off too, and names of private zones need both: that is the second step.' : ''}`,
    },
  ];
}

/** A gateway for S3, else an interface endpoint behind the groups other endpoints of the VPC already have. */
function endpointFixes(block: Block, facts: Facts): ProposedCall[] {
  const { bundle, service } = facts;
  const { network } = bundle;
  if (block.class !== 'missing-vpc-endpoint' && block.class !== 's3-path-blocked') return [];
  const vpc = vpcOf(block, facts);
  // A second endpoint beside one that only lacks its name would be paid for and needed by nobody.
  if (vpc === undefined || bypassedBy(block) !== undefined) return [];
  // Subnets of the service in which no task has failed yet have no way out either.
  const same = facts.blocks.filter(
    (one) => one.dependency === block.dependency && one.class === block.class && one.hop.check === 'route',
  );
  if (block.class === 's3-path-blocked')
    return [
      {
        tool: endpointTool,
        input: {
          vpc_id: vpc,
          service: 's3',
          type: 'Gateway',
          route_table_ids: [...new Set(same.map(({ hop }) => hop.resource))].sort(),
          ...heals(facts),
        },
        why: 'Gives the route tables of these subnets a gateway endpoint for S3, which opens nothing else and costs nothing.',
      },
    ];
  const name = endpointName(block.dependency.host, bundle.region);
  if (name === undefined) return [];
  const subnets = onePerZone(
    network,
    same.flatMap((one) => one.subnets),
  );
  return endpointGroups(network, vpc).map((groups) => ({
    tool: endpointTool,
    input: {
      vpc_id: vpc,
      service: name,
      type: 'Interface',
      subnet_ids: subnets,
      security_group_ids: [...groups],
      ...heals(facts),
    },
    why: `Gives ${service.name} an endpoint for ${name} in its own subnets, behind ${groups.join(', ')}, as the other endpoints of the VPC.`,
  }));
}

/** An interface endpoint takes one subnet of each zone. */
function onePerZone(network: NetworkEvidence, ids: readonly string[]): string[] {
  const zoneOf = (id: string) =>
    network.subnets.items.find(({ value }) => value.SubnetId === id)?.value.AvailabilityZone ?? id;
  return [
    ...new Map(
      [...ids]
        .sort()
        .reverse()
        .map((id) => [zoneOf(id), id]),
    ).values(),
  ].sort();
}

/** `secretsmanager` of `secretsmanager.eu-central-1.amazonaws.com`, in the spelling of endpoints. */
function endpointName(host: string | undefined, region: string): string | undefined {
  const label = host?.endsWith(`.${region}.amazonaws.com`)
    ? host.slice(0, -`.${region}.amazonaws.com`.length)
    : undefined;
  const [name = ''] = label === undefined ? [] : serviceNames(label);
  return /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+){0,5}$/.test(name) ? name : undefined;
}

/** The different sets of groups that interface endpoints of the VPC have. */
function endpointGroups(network: NetworkEvidence, vpc: string): string[][] {
  const sets = network.vpcEndpoints.items
    .filter(({ value }) => value.VpcId === vpc && value.VpcEndpointType === 'Interface')
    .map(({ value }) => (value.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).sort())
    .filter((groups) => groups.length > 0);
  return [...new Map(sets.map((groups) => [groups.join(), groups])).values()].slice(0, ALTERNATIVES_MAX);
}
