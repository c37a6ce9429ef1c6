// One more rule in one security group: the network with it, the gates it is for, and which other interfaces it lets talk.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { ProposedCall } from '../../contract/finding.ts';
import type { EvidenceBundle, NetworkEvidence } from '../evidence.ts';
import type { Block } from '../facts/blocks.ts';
import { groupLabel } from '../facts/destinations.ts';
import { hostPlaces, machinePlaces } from '../facts/host-place.ts';
import { addressSet } from '../network/address-set.ts';
import { solvePath } from '../network/path.ts';
import { egressTool } from '../rules/fixes.ts';
import type { Applied } from './applied.ts';

const ruleInput = z.object({
  group_id: z.string(),
  protocol: z.string(),
  from_port: z.number().int(),
  to_port: z.number().int(),
  peer: z.union([
    z.object({ group_id: z.string() }),
    z.object({ cidr: z.string() }),
    z.object({ prefix_list_id: z.string() }),
  ]),
});
type RuleInput = z.infer<typeof ruleInput>;

/** Pairs of interfaces that are compared; more would not change what people read. */
const PAIRS_MAX = 400;

interface Change {
  readonly side: 'egress' | 'ingress';
  readonly input: RuleInput;
}

/** The evidence with the rule added; undefined for an input that is no rule. */
export function withRuleAdded(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = ruleInput.safeParse(call.input);
  if (!input.success) return undefined;
  const change: Change = { side: call.tool === egressTool ? 'egress' : 'ingress', input: input.data };
  const changed = { ...bundle, network: withRule(bundle.network, change) };
  return {
    bundle: changed,
    gate: (block) => isGateOf(block, change),
    alsoOpens: () => alsoOpens(bundle, changed, change),
  };
}

/** A gate of this kind on this port, in this group. */
function isGateOf(block: Block, { side, input }: Change): boolean {
  return (
    block.hop.check === `security-group-${side}` &&
    block.dependency.port === input.from_port &&
    block.hop.resource.split(', ').includes(input.group_id)
  );
}

/** The network with one more rule in one group. Nothing else is copied. */
function withRule(network: NetworkEvidence, { side, input }: Change): NetworkEvidence {
  const permission: Ec2.IpPermission = {
    IpProtocol: input.protocol === 'all' ? '-1' : input.protocol,
    FromPort: input.from_port,
    ToPort: input.to_port,
    ...peerOf(input.peer),
  };
  const key = side === 'egress' ? 'IpPermissionsEgress' : 'IpPermissions';
  const items = network.securityGroups.items.map((group) =>
    group.value.GroupId === input.group_id
      ? { ...group, value: { ...group.value, [key]: [...(group.value[key] ?? []), permission] } }
      : group,
  );
  return { ...network, securityGroups: { ...network.securityGroups, items } };
}

function peerOf(peer: RuleInput['peer']): Ec2.IpPermission {
  if ('group_id' in peer) return { UserIdGroupPairs: [{ GroupId: peer.group_id }] };
  if ('prefix_list_id' in peer) return { PrefixListIds: [{ PrefixListId: peer.prefix_list_id }] };
  return peer.cidr.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: peer.cidr }] }
    : { IpRanges: [{ CidrIp: peer.cidr }] };
}

/** Pairs of known interfaces between which the port becomes reachable, told per group. */
function alsoOpens(before: EvidenceBundle, after: EvidenceBundle, { side, input }: Change): string[] {
  const { network } = before;
  const all = [
    ...new Map(
      network.networkInterfaces.items.map(({ value }) => [value.NetworkInterfaceId ?? '', value]),
    ).values(),
  ];
  const has = (eni: Ec2.NetworkInterface, id: string) =>
    eni.Groups?.some((group) => group.GroupId === id) === true;
  const peerGroup = 'group_id' in input.peer ? input.peer.group_id : undefined;
  const mine = all.filter((eni) => has(eni, input.group_id));
  const others = peerGroup === undefined ? all : all.filter((eni) => has(eni, peerGroup));
  const pairs = (side === 'egress' ? product(mine, others) : product(others, mine)).slice(0, PAIRS_MAX);
  const opened = pairs.filter(
    ([from, to]) =>
      from !== to &&
      verdict(network, from, to, input.from_port) === 'blocked' &&
      verdict(after.network, from, to, input.from_port) !== 'blocked',
  );
  const sources = new Set(opened.map(([from]) => serviceOf(from)));
  sources.delete(before.service.value.serviceName ?? '');
  const targets = new Set(opened.map(([, to]) => to.NetworkInterfaceId));
  const name =
    peerGroup === undefined ? undefined : groupLabel(network, side === 'egress' ? peerGroup : input.group_id);
  const where = `${targets.size} network interface${targets.size === 1 ? '' : 's'}${name === undefined ? '' : ` of ${name}`} on tcp/${input.from_port}`;
  const told = [...sources]
    .filter((source) => source !== undefined)
    .map((source) => `${source} also reaches ${where}.`);
  told.push(...openedForHosts(before, { side, input }));
  if (!('group_id' in input.peer) && 'cidr' in input.peer && input.peer.cidr.endsWith('/0'))
    told.push(`Everything with ${input.group_id} reaches any address on tcp/${input.from_port}.`);
  return told.slice(0, 10);
}

/** A group of hosts stands for all that runs on them without a network interface of its own. */
function openedForHosts(bundle: EvidenceBundle, { side, input }: Change): string[] {
  const machines = bundle.balancing === undefined ? [] : machinePlaces(bundle.balancing.instances);
  const groups = new Set(
    [...hostPlaces(bundle), ...machines].flatMap(({ securityGroups }) => [...securityGroups]),
  );
  const peer = 'group_id' in input.peer ? input.peer.group_id : undefined;
  const sender = side === 'egress' ? input.group_id : peer;
  const receiver = side === 'egress' ? peer : input.group_id;
  const all = 'is a group of hosts: tasks in bridge or host mode on them';
  return [
    ...(sender !== undefined && groups.has(sender) ? [`${sender} ${all} get this way too.`] : []),
    ...(receiver !== undefined && groups.has(receiver)
      ? [`${receiver} ${all} are reached too, on whichever of these ports they listen.`]
      : []),
  ];
}

function verdict(
  network: NetworkEvidence,
  from: Ec2.NetworkInterface,
  to: Ec2.NetworkInterface,
  port: number,
): string {
  const groups = (eni: Ec2.NetworkInterface) =>
    (eni.Groups ?? []).flatMap((group) => (group.GroupId === undefined ? [] : [group.GroupId]));
  return solvePath(
    network,
    {
      subnetId: from.SubnetId ?? '',
      securityGroups: groups(from),
      ...(from.PrivateIpAddress === undefined ? {} : { address: from.PrivateIpAddress }),
      publicAddress: from.Association?.PublicIp !== undefined,
    },
    {
      port,
      protocol: 'tcp',
      addresses: addressSet([to.PrivateIpAddress ?? '']),
      securityGroups: groups(to),
      ...(to.SubnetId === undefined ? {} : { subnetId: to.SubnetId }),
    },
  ).path.verdict;
}

function product<T>(left: readonly T[], right: readonly T[]): [T, T][] {
  return left.flatMap((one) => right.map((two): [T, T] => [one, two]));
}

/** ECS tags the interfaces of tasks with the service when propagation is on; else the interface speaks for itself. */
function serviceOf(eni: Ec2.NetworkInterface): string | undefined {
  return eni.TagSet?.find((tag) => tag.Key === 'aws:ecs:serviceName')?.Value ?? undefined;
}
