// What a rule opens: which network interfaces become reachable for whom, and whether the other end lets them in.
// Sentences for people. Only what was read is claimed; the path beyond security groups is the business of check_network_path.

import type { Aws } from '../../src/contract/aws.ts';
import { AwsCallError } from '../../src/contract/aws.ts';
import { counted } from '../text-lines.ts';
import { hasAddress, isInternet, parseCidr } from './cidr.ts';
import { coversPorts, type Direction, portsText, type SecurityGroupRule } from './security-group-rule.ts';
import type { SecurityGroupState } from './security-group-state.ts';
import { type GroupUse, interfacesOf } from './security-group-users.ts';

export interface ReachQuestion {
  readonly verb: 'authorize' | 'revoke';
  readonly rule: SecurityGroupRule;
  readonly state: SecurityGroupState;
  readonly use: GroupUse;
  /** How people call the two ends. */
  readonly own: string;
  readonly peer: string;
  readonly aws: Aws;
}

/** The `opens` of a proposal, and warnings that belong to them. */
export async function opensOf(question: ReachQuestion): Promise<{ sentences: string[]; warnings: string[] }> {
  const { verb, rule, state } = question;
  if (verb === 'revoke') {
    return {
      sentences: ['Nothing becomes reachable that was not.'],
      warnings: [
        `New connections over ${portsText(rule)} to or from ${question.peer} stop working for everything that uses this group.`,
      ],
    };
  }
  const warnings = [
    ...(state.peer !== null && state.peer.vpc !== state.group.vpc
      ? [
          `${state.peer.name} is in ${state.peer.vpc}, not in ${state.group.vpc}: the rule works only if the two are peered.`,
        ]
      : []),
    ...widthWarnings(rule, state.direction),
    ...otherEndWarnings(question),
  ];
  return { sentences: await openedBy(question), warnings };
}

async function openedBy({ rule, state, use, own, peer, aws }: ReachQuestion): Promise<string[]> {
  const ports = portsText(rule);
  const users = usersText(use, own);
  if (rule.peer.kind !== 'group') {
    const whole = isWholeInternet(rule) ? 'any address on the internet' : rule.peer.id;
    const [from, to] = state.direction === 'egress' ? [users, whole] : [capital(whole), own];
    return [`${from} can reach ${to} on ${ports}.`, 'Nothing else opens.'];
  }
  const far = await countInterfaces(rule.peer.id, aws);
  const near = use.interfaces.length;
  const sentence =
    state.direction === 'egress'
      ? `${users} can reach ${far} of ${peer} on ${ports}.`
      : `${capital(far)} of ${peer} can reach ${counted(near, 'network interface')} of ${own} on ${ports}.`;
  return [sentence, 'Nothing else opens.'];
}

async function countInterfaces(groupId: string, aws: Aws): Promise<string> {
  try {
    const { items, more } = await interfacesOf(groupId, aws);
    return `${more ? 'at least ' : ''}${counted(items.length, 'network interface')}`;
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.kind === 'denied') return 'the network interfaces';
    throw thrown;
  }
}

function widthWarnings(rule: SecurityGroupRule, direction: Direction): string[] {
  if (rule.protocol === '-1') return ['The rule allows every protocol and port.'];
  if (isWholeInternet(rule))
    return [`The rule names the whole internet as ${direction === 'egress' ? 'destination' : 'source'}.`];
  return [];
}

/** The other group has to allow the same traffic in the other direction of the handshake; say so when it does not. */
function otherEndWarnings({ rule, state, use, own, peer }: ReachQuestion): string[] {
  if (state.peer === null) return [];
  const candidates = state.peer.rules.filter((one) => coversPorts(one, rule));
  const named = candidates.some((one) => one.peer.kind === 'group' && one.peer.id === state.group.id);
  const byAddress = candidates.some((one) => {
    const cidr = one.peer.kind === 'cidr' ? parseCidr(one.peer.id) : undefined;
    return (
      cidr !== undefined &&
      use.interfaces.length > 0 &&
      use.interfaces.every(({ address }) => hasAddress(cidr, address))
    );
  });
  // Without an interface there is no address yet to compare a block with.
  const isUnseen = use.interfaces.length === 0;
  const unsure = candidates.some(
    ({ peer: { kind } }) => kind === 'prefix-list' || (kind === 'cidr' && isUnseen),
  );
  if (named || byAddress || unsure) return [];
  const side = state.direction === 'egress' ? 'inbound' : 'outbound';
  return [
    `${peer} has no ${side} rule for ${portsText(rule)} ${side === 'inbound' ? 'from' : 'to'} ${own}, so this rule alone does not open the path.`,
  ];
}

/** Who gets the new reach: the services by number when there are several, otherwise the end by its own name. */
function usersText(use: GroupUse, own: string): string {
  const count = use.services.length;
  if (count < 2) return own;
  return count === 2 ? 'Both services' : `All ${count} services`;
}

function isWholeInternet(rule: SecurityGroupRule): boolean {
  const cidr = rule.peer.kind === 'cidr' ? parseCidr(rule.peer.id) : undefined;
  return cidr !== undefined && isInternet(cidr);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
