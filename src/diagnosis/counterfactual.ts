// What would be if a proposed rule existed: the same facts over the same evidence with the rule added. A call whose gate stays
// shut is not offered; what else its rule opens is listed, one sentence each.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { ProposedCall } from '../contract/finding.ts';
import type { EvidenceBundle, NetworkEvidence } from './evidence.ts';
import type { PathQuestion } from './facts/dependencies.ts';
import { groupLabel } from './facts/destinations.ts';
import { type Facts, factsOf } from './facts/facts.ts';
import { addressSet } from './network/address-set.ts';
import { solvePath } from './network/path.ts';
import { noResources } from './resources.ts';
import { egressTool, ingressTool } from './rules/fixes.ts';
import { logGroupTool, updateTool } from './rules/service-fixes.ts';

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

/** Whether a cause still holds in these facts; beside closed gates, what a change has to end. */
export type CauseHolds = (facts: Facts) => boolean;

export interface Verification {
  readonly question?: PathQuestion;
  readonly holds?: CauseHolds;
}

/** The calls that end what they are for, each with what the run with the change showed; a roll-back cannot be run and carries no verdict. */
export function verifiedFixes(
  bundle: EvidenceBundle,
  calls: readonly ProposedCall[],
  { question, holds }: Verification = {},
): ProposedCall[] {
  return distinctRules(calls).flatMap((call) => {
    const change = changeOf(call);
    if (change === undefined)
      return call.tool === updateTool
        ? verifiedUpdate(bundle, call, holds)
        : call.tool === logGroupTool
          ? verifiedGroup(bundle, call, holds)
          : [];
    const changed = { ...bundle, network: withRule(bundle.network, change) };
    const ends = holds !== undefined && !holds(factsOf(changed));
    if (!ends && !flips([bundle, changed], change, question)) return [];
    return [{ ...call, counterfactual: { flips: true, alsoOpens: alsoOpens(bundle, changed, change) } }];
  });
}

/** One call per rule: two names of one destination would otherwise propose the same rule twice, differing in words only. */
function distinctRules(calls: readonly ProposedCall[]): ProposedCall[] {
  const keyOf = ({ tool, input: { description: _, ...rule } }: ProposedCall) => JSON.stringify([tool, rule]);
  return calls.filter((call, index) => calls.findIndex((one) => keyOf(one) === keyOf(call)) === index);
}

const updateInput = z.object({
  health_check_grace_seconds: z.number().optional(),
  desired_count: z.number().optional(),
  task_definition: z.string().optional(),
  force_new_deployment: z.boolean().optional(),
});

/** Grace and count can be worked out on the evidence; whether another revision runs well cannot, and it is offered without a verdict. */
function verifiedUpdate(
  bundle: EvidenceBundle,
  call: ProposedCall,
  holds: CauseHolds | undefined,
): ProposedCall[] {
  const input = updateInput.safeParse(call.input);
  if (!input.success || holds === undefined) return [];
  const { health_check_grace_seconds: grace, desired_count: desired, task_definition: revision } = input.data;
  // Of a new deployment of the same revision as well, only that ECS looks its images up again is certain.
  if (revision !== undefined || input.data.force_new_deployment === true) return [call];
  const value = {
    ...bundle.service.value,
    ...(grace === undefined ? {} : { healthCheckGracePeriodSeconds: grace }),
    ...(desired === undefined ? {} : { desiredCount: desired }),
  };
  const changed = { ...bundle, service: { ...bundle.service, value } };
  return holds(factsOf(changed)) ? [] : [{ ...call, counterfactual: { flips: true, alsoOpens: [] } }];
}

/** The evidence as it would be with the log group. */
function verifiedGroup(
  bundle: EvidenceBundle,
  call: ProposedCall,
  holds: CauseHolds | undefined,
): ProposedCall[] {
  const { log_group: name } = call.input;
  if (typeof name !== 'string' || holds === undefined) return [];
  const resources = bundle.resources ?? noResources;
  const items = resources.logGroups.items.map(({ value, at }) =>
    value.key === name ? { value: { key: name, thing: { logGroupName: name } }, at } : { value, at },
  );
  const changed = { ...bundle, resources: { ...resources, logGroups: { ...resources.logGroups, items } } };
  return holds(factsOf(changed)) ? [] : [{ ...call, counterfactual: { flips: true, alsoOpens: [] } }];
}

interface Change {
  readonly side: 'egress' | 'ingress';
  readonly input: RuleInput;
}

function changeOf(call: ProposedCall): Change | undefined {
  const side = call.tool === egressTool ? 'egress' : call.tool === ingressTool ? 'ingress' : undefined;
  const input = ruleInput.safeParse(call.input);
  return side === undefined || !input.success ? undefined : { side, input: input.data };
}

/** True when a gate of this kind on this port that was shut before is open with the change. */
function flips(
  [before, after]: readonly [EvidenceBundle, EvidenceBundle],
  { side, input }: Change,
  question: PathQuestion | undefined,
): boolean {
  const shut = (bundle: EvidenceBundle): number =>
    factsOf(bundle, question)
      .blocks.filter(
        (block) =>
          block.hop.check === `security-group-${side}` &&
          block.dependency.port === input.from_port &&
          block.hop.resource.split(', ').includes(input.group_id),
      )
      .reduce((sum, block) => sum + block.candidates.length, 0);
  return shut(after) < shut(before);
}

/** The network with one more rule in one group. Nothing else is copied. */
export function withRule(network: NetworkEvidence, { side, input }: Change): NetworkEvidence {
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
  if (!('group_id' in input.peer) && 'cidr' in input.peer && input.peer.cidr.endsWith('/0'))
    told.push(`Everything with ${input.group_id} reaches any address on tcp/${input.from_port}.`);
  return told.slice(0, 10);
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
