// Proposed calls for closed gates: one rule, the narrowest peer that is known, in the words of the change tools.
// Nothing here is offered yet; the counterfactual run decides whether a call opens the gate it is for.

import type { ProposedCall } from '../../contract/finding.ts';
import type { Block } from '../facts/blocks.ts';
import type { Dependency } from '../facts/dependencies.ts';
import type { Facts } from '../facts/facts.ts';

export const egressTool = 'ec2_authorize_security_group_egress';
export const ingressTool = 'ec2_authorize_security_group_ingress';

type RulePeer = { group_id: string } | { cidr: string } | { prefix_list_id: string };

/** At most this many alternatives are offered when the destination is not known for sure. */
const ALTERNATIVES_MAX = 3;
/** What EC2 accepts in the description of a rule. */
const NOT_IN_DESCRIPTION = /[^A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]/g;

/** Calls that would add the missing rule of a closed security-group gate; one per place the destination may be. */
export function ruleFixes(block: Block, facts: Facts): ProposedCall[] {
  const egress = block.hop.check === 'security-group-egress';
  if (!egress && block.hop.check !== 'security-group-ingress') return [];
  const calls = new Map<string, ProposedCall>();
  for (const { candidate, solved } of block.candidates) {
    const { destination } = candidate;
    const source = solved[0]?.path.from.securityGroups[0];
    const target = destination.securityGroups?.[0];
    const group = egress ? source : target;
    const peer: RulePeer | undefined = egress
      ? egressPeer(candidate.destination)
      : source === undefined
        ? undefined
        : { group_id: source };
    if (group === undefined || peer === undefined) continue;
    const call = ruleCall({ block, facts, group, peer, egress });
    calls.set(JSON.stringify(call.input), call);
  }
  return [...calls.values()].slice(0, ALTERNATIVES_MAX);
}

/** The different security groups the destination may have: more than one means that nobody knows which. */
export function meantGroups(dependency: Dependency): string[] {
  return [
    ...new Set(
      dependency.candidates.map(({ candidate }) => candidate.destination.securityGroups?.join(', ') ?? ''),
    ),
  ].filter((groups) => groups !== '');
}

function egressPeer(
  destination: Block['candidates'][number]['candidate']['destination'],
): RulePeer | undefined {
  if (destination.prefixList !== undefined) return { prefix_list_id: destination.prefixList };
  const group = destination.securityGroups?.[0];
  if (group !== undefined) return { group_id: group };
  if (destination.address !== undefined)
    return { cidr: `${destination.address}/${destination.address.includes(':') ? 128 : 32}` };
  // Outside the VPC no address is known; names on the internet move, so the port is opened to all of it.
  if (destination.securityGroups !== undefined && destination.port === 443) return { cidr: '0.0.0.0/0' };
  return undefined;
}

interface RuleCall {
  readonly block: Block;
  readonly facts: Facts;
  readonly group: string;
  readonly peer: RulePeer;
  readonly egress: boolean;
}

function ruleCall({ block, facts, group, peer, egress }: RuleCall): ProposedCall {
  const { port } = block.dependency;
  const { name, cluster } = facts.service;
  const peerText = 'group_id' in peer ? peer.group_id : 'cidr' in peer ? peer.cidr : peer.prefix_list_id;
  const description = `${name} to ${block.dependency.label}`.replace(NOT_IN_DESCRIPTION, '').slice(0, 200);
  const certain = meantGroups(block.dependency).length <= 1;
  return {
    tool: egress ? egressTool : ingressTool,
    input: {
      group_id: group,
      protocol: 'tcp',
      from_port: port,
      to_port: port,
      peer,
      description,
      heals: { cluster, service: name },
    },
    why: `Lets tcp/${port} ${egress ? `out of ${group} to` : `into ${group} from`} ${peerText} and nothing else${certain ? '' : ', if that is where it listens'}.`,
  };
}
