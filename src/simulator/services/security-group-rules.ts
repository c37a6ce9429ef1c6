// Security group rules as EC2 numbers them: each peer of a permission is one rule with an id of its own.
// An id is computed from what the rule says, so that it stays the same while the rule exists.

import { createHash } from 'node:crypto';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { SnapshotSecurityGroup, Stored } from '../../contract/snapshot.ts';

export type Permission = Stored<Ec2.IpPermission>;
export type SecurityGroupRule = Stored<Ec2.SecurityGroupRule> & {
  SecurityGroupRuleId: string;
  GroupId: string;
};

export type Direction = 'ingress' | 'egress';

/** One peer of a permission: exactly one of the peers is set. */
export interface SingleRule {
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly groupId?: string;
  readonly prefixListId?: string;
  readonly description?: string;
}

/** The rules of `group` in both directions, ingress first. */
export function rulesOf(group: SnapshotSecurityGroup, ownerId: string): SecurityGroupRule[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    permissionsOf(group, direction)
      .flatMap(splitPermission)
      .map((rule) => describeRule(group, rule, { direction, ownerId })),
  );
}

export function permissionsOf(group: SnapshotSecurityGroup, direction: Direction): Permission[] {
  return (direction === 'ingress' ? group.IpPermissions : group.IpPermissionsEgress) ?? [];
}

/** One rule per peer. */
export function splitPermission(permission: Permission): SingleRule[] {
  const { FromPort, ToPort } = permission;
  const protocol = protocolName(permission.IpProtocol ?? '-1');
  const base = {
    protocol,
    fromPort: protocol === '-1' ? undefined : FromPort,
    toPort: protocol === '-1' ? undefined : ToPort,
  };
  const described = (text: string | undefined) => (text === undefined ? {} : { description: text });
  return [
    ...(permission.IpRanges ?? []).map((one) => ({
      ...base,
      cidrIpv4: one.CidrIp ?? '',
      ...described(one.Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map((one) => ({
      ...base,
      cidrIpv6: one.CidrIpv6 ?? '',
      ...described(one.Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map((one) => ({
      ...base,
      groupId: one.GroupId ?? '',
      ...described(one.Description),
    })),
    ...(permission.PrefixListIds ?? []).map((one) => ({
      ...base,
      prefixListId: one.PrefixListId ?? '',
      ...described(one.Description),
    })),
  ];
}

/** Whether two rules say the same; descriptions do not count, as in EC2. */
export function sameRule(left: SingleRule, right: SingleRule): boolean {
  return ruleKey(left) === ruleKey(right);
}

/** EC2 answers protocol numbers that have a name by their name. */
export function protocolName(protocol: string): string {
  const names: Readonly<Record<string, string>> = {
    '1': 'icmp',
    '6': 'tcp',
    '17': 'udp',
    '58': 'icmpv6',
    all: '-1',
  };
  const lower = protocol.toLowerCase();
  return Object.hasOwn(names, lower) ? (names[lower] ?? lower) : lower;
}

export function describeRule(
  group: SnapshotSecurityGroup,
  rule: SingleRule,
  { direction, ownerId }: { direction: Direction; ownerId: string },
): SecurityGroupRule {
  const digest = createHash('sha256')
    .update(`${group.GroupId} ${direction} ${ruleKey(rule)}`)
    .digest('hex');
  const id = `sgr-0${digest.slice(0, 16)}`;
  return {
    SecurityGroupRuleId: id,
    GroupId: group.GroupId,
    GroupOwnerId: ownerId,
    IsEgress: direction === 'egress',
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...(rule.cidrIpv4 === undefined ? {} : { CidrIpv4: rule.cidrIpv4 }),
    ...(rule.cidrIpv6 === undefined ? {} : { CidrIpv6: rule.cidrIpv6 }),
    ...(rule.prefixListId === undefined ? {} : { PrefixListId: rule.prefixListId }),
    ...(rule.groupId === undefined
      ? {}
      : { ReferencedGroupInfo: { GroupId: rule.groupId, UserId: ownerId } }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: [],
  };
}

function ruleKey(rule: SingleRule): string {
  return JSON.stringify([
    rule.protocol,
    rule.fromPort ?? -1,
    rule.toPort ?? -1,
    rule.cidrIpv4,
    rule.cidrIpv6,
    rule.groupId,
    rule.prefixListId,
  ]);
}
