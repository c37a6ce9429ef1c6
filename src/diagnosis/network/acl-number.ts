// Numbers of network ACL entries: the lowest that matches decides, so a new entry has to stand before those that deny.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { addressSet, intersect, isEmpty } from './address-set.ts';
import { type AclQuestion, entryPorts } from './network-acl.ts';
import { protocolMatches } from './security-group.ts';

/** The last number an entry can have; 32767 is the implicit last one. */
const NUMBER_MAX = 32_766;
/** AWS's own advice is to leave room between numbers. */
const STEP = 10;

/** A free number at which an entry decides what the question asks before every entry that denies a part of it; undefined when all are taken. */
export function freeRuleNumber(
  entries: readonly Ec2.NetworkAclEntry[],
  question: AclQuestion,
): number | undefined {
  const same = entries.filter((entry) => (entry.Egress ?? false) === question.egress);
  const used = new Set(same.map(({ RuleNumber }) => RuleNumber ?? NUMBER_MAX + 1));
  const denying = same
    .filter((entry) => entry.RuleAction === 'deny' && denies(entry, question))
    .map(({ RuleNumber }) => RuleNumber ?? NUMBER_MAX + 1);
  const below = Math.min(...denying, NUMBER_MAX + 1);
  if (below > NUMBER_MAX) {
    const next = Math.max(0, ...[...used].filter((number) => number <= NUMBER_MAX)) + STEP;
    if (next <= NUMBER_MAX) return next;
  }
  return between(used, below);
}

/** The middle of the nearest gap under `below`. */
function between(used: ReadonlySet<number>, below: number): number | undefined {
  let top = below - 1;
  while (top >= 1 && used.has(top)) top -= 1;
  if (top < 1) return undefined;
  let bottom = top;
  while (bottom > 1 && !used.has(bottom - 1)) bottom -= 1;
  return Math.ceil((bottom + top) / 2);
}

function denies(entry: Ec2.NetworkAclEntry, { addresses, protocol, ports }: AclQuestion): boolean {
  const { from, to } = entryPorts(entry);
  const block = addressSet([entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '']);
  return (
    protocolMatches(entry.Protocol, protocol) &&
    from <= ports.to &&
    to >= ports.from &&
    !isEmpty(intersect(addresses, block))
  );
}
