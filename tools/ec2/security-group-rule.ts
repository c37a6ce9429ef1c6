// One security group rule: a protocol, a range of ports and exactly one peer. EC2 stores permissions with many peers;
// here each peer is a rule of its own, as the console shows them. Comparison ignores descriptions, as EC2 does.

import type { IpPermission } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { contains, parseCidr } from './cidr.ts';

export const directions = ['egress', 'ingress'] as const;
export type Direction = (typeof directions)[number];

export const securityGroupRule = z.strictObject({
  /** tcp, udp, icmp, icmpv6, a protocol number, or -1 for all. */
  protocol: z.string(),
  /** For ICMP the type and code; null where the protocol has none. */
  fromPort: z.number().int().nullable(),
  toPort: z.number().int().nullable(),
  peer: z.strictObject({ kind: z.enum(['group', 'cidr', 'prefix-list']), id: z.string() }),
  description: z.string(),
});
export type SecurityGroupRule = z.infer<typeof securityGroupRule>;

/** The rules in `permissions`, in one stable order whatever order EC2 returned them in. */
export function rulesOf(permissions: readonly IpPermission[] | undefined): SecurityGroupRule[] {
  return (permissions ?? []).flatMap(split).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** The rule as EC2 takes it. Without its description it names an existing rule, as revoking does. */
export function permissionOf(rule: SecurityGroupRule, { describe }: { describe: boolean }) {
  const note = describe && rule.description !== '' ? { Description: rule.description } : {};
  const ports =
    rule.fromPort === null || rule.toPort === null ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
  const base = { IpProtocol: rule.protocol, ...ports };
  const { kind, id } = rule.peer;
  if (kind === 'group') return { ...base, UserIdGroupPairs: [{ GroupId: id, ...note }] };
  if (kind === 'prefix-list') return { ...base, PrefixListIds: [{ PrefixListId: id, ...note }] };
  if (id.includes(':')) return { ...base, Ipv6Ranges: [{ CidrIpv6: id, ...note }] };
  return { ...base, IpRanges: [{ CidrIp: id, ...note }] };
}

/** Same traffic, same peer. */
export function isSameRule(left: SecurityGroupRule, right: SecurityGroupRule): boolean {
  return ruleKey(left) === ruleKey(right);
}

/** Whether everything `narrow` allows is allowed by `wide` alone. A block of addresses is not compared with a group. */
export function covers(wide: SecurityGroupRule, narrow: SecurityGroupRule): boolean {
  return coversPorts(wide, narrow) && coversPeer(wide.peer, narrow.peer);
}

/** Whether the protocol and ports of `narrow` lie within those of `wide`. */
export function coversPorts(wide: SecurityGroupRule, narrow: SecurityGroupRule): boolean {
  if (wide.protocol === '-1') return true;
  if (wide.protocol !== narrow.protocol) return false;
  if (wide.fromPort === null || wide.toPort === null) return true;
  if (wide.fromPort === -1) return true;
  return (
    narrow.fromPort !== null &&
    narrow.toPort !== null &&
    wide.fromPort <= narrow.fromPort &&
    narrow.toPort <= wide.toPort
  );
}

/** "tcp/5432", "udp/1000-2000", "icmp", "all traffic". */
export function portsText(rule: Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort'>): string {
  const { protocol, fromPort, toPort } = rule;
  if (protocol === '-1') return 'all traffic';
  if (fromPort === null || toPort === null || fromPort === -1) return protocol;
  if (protocol === 'icmp' || protocol === 'icmpv6') return `${protocol} type ${fromPort}`;
  if (fromPort === 0 && toPort === 65_535) return `${protocol}/all ports`;
  return fromPort === toPort ? `${protocol}/${fromPort}` : `${protocol}/${fromPort}-${toPort}`;
}

function coversPeer(wide: SecurityGroupRule['peer'], narrow: SecurityGroupRule['peer']): boolean {
  if (wide.kind !== narrow.kind) return false;
  if (wide.id === narrow.id) return true;
  const outer = parseCidr(wide.id);
  const inner = parseCidr(narrow.id);
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}

function split(permission: IpPermission): SecurityGroupRule[] {
  const protocol = protocolName(permission.IpProtocol ?? '-1');
  const hasPorts = protocol !== '-1';
  const rule = (
    kind: SecurityGroupRule['peer']['kind'],
    id: string | undefined,
    description: string | undefined,
  ) => ({
    protocol,
    fromPort: hasPorts ? (permission.FromPort ?? null) : null,
    toPort: hasPorts ? (permission.ToPort ?? null) : null,
    peer: { kind, id: id ?? '' },
    description: description ?? '',
  });
  return [
    ...(permission.UserIdGroupPairs ?? []).map((pair) => rule('group', pair.GroupId, pair.Description)),
    ...(permission.IpRanges ?? []).map((range) => rule('cidr', range.CidrIp, range.Description)),
    ...(permission.Ipv6Ranges ?? []).map((range) => rule('cidr', range.CidrIpv6, range.Description)),
    ...(permission.PrefixListIds ?? []).map((list) =>
      rule('prefix-list', list.PrefixListId, list.Description),
    ),
  ];
}

/** EC2 names these protocols even when they were written as numbers. */
function protocolName(protocol: string): string {
  return { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }[protocol] ?? protocol.toLowerCase();
}

function ruleKey(rule: SecurityGroupRule): string {
  return JSON.stringify([
    rule.protocol,
    rule.fromPort,
    rule.toPort,
    rule.peer.kind,
    rule.peer.id.toLowerCase(),
  ]);
}

function sortKey(rule: SecurityGroupRule): string {
  const port = String(rule.fromPort ?? -1).padStart(6, '0');
  return `${port} ${ruleKey(rule)} ${rule.description}`;
}
