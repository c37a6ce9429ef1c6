// Security groups: stateful, allow-only, the union of all rules of all groups. Rule order cannot matter and adding a rule can
// only open; the property tests hold this file to both.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef, PathHop } from '../../contract/finding.ts';
import type { Observed, PrefixList, Seen } from '../evidence.ts';
import { below } from '../evidence.ts';
import { addressSet, covers, type Interval, overlaps, parseCidr, union } from './address-set.ts';
import { type CheckVerdict, type Peer, tidy } from './peer.ts';

export interface GroupQuestion {
  readonly side: 'egress' | 'ingress';
  /** The groups of the interface that is judged. */
  readonly groups: readonly string[];
  /** The other end. */
  readonly peer: Peer;
  readonly protocol: string;
  readonly port: number;
}

export interface GroupAnswer {
  readonly verdict: CheckVerdict;
  readonly rules: PathHop['rules'];
  /** The rule that opens it, when one does. */
  readonly by: string | undefined;
  readonly evidence: readonly EvidenceRef[];
  /** Group ids that were not seen. */
  readonly unseen: readonly string[];
}

/** How many rules a hop shows; the matching ones come first. */
const RULES_SHOWN = 60;

/** Whether one rule lets the peer through: for all its addresses, perhaps, or (apart from `covered`) not. */
interface Fit {
  readonly fit: 'all' | 'maybe' | 'none';
  readonly covered: Interval | undefined;
}

type Rule = PathHop['rules'][number] & Fit;

const noFit: Fit = { fit: 'none', covered: undefined };

/** Judges whether the union of the groups' rules lets protocol/port through between the interface and the peer. */
export function judgeGroups(
  question: GroupQuestion,
  seen: Seen<Ec2.SecurityGroup>,
  prefixLists: Seen<PrefixList>,
): GroupAnswer {
  const wanted = new Set(question.groups);
  const groups = firstById(seen.items.filter(({ value }) => wanted.has(value.GroupId ?? '')));
  const unseen = question.groups.filter((id) => !groups.some(({ value }) => value.GroupId === id));
  const lists = new Map(prefixLists.items.map(({ value }) => [value.id, value]));
  const rules: Rule[] = [];
  const deciding: EvidenceRef[] = [];
  for (const group of groups) {
    const key = question.side === 'egress' ? 'IpPermissionsEgress' : 'IpPermissions';
    for (const [index, permission] of (group.value[key] ?? []).entries()) {
      const found = rulesOf(permission, question, lists);
      // A loop rather than spread: a permission can hold thousands of ranges.
      for (const rule of found) rules.push(rule);
      if (found.some((rule) => rule.fit === 'all')) deciding.push(below(group, `.${key}[${index}]`));
    }
  }
  const verdict = verdictOf(rules, question.peer, unseen.length > 0);
  const whole = groups.map((group) =>
    below(group, question.side === 'egress' ? '.IpPermissionsEgress' : '.IpPermissions'),
  );
  const opener = rules.find((rule) => rule.fit === 'all') ?? rules.find((rule) => rule.matches);
  return {
    verdict,
    rules: shown(rules),
    by: verdict === 'open' && opener !== undefined ? `${portsText(opener)} ${opener.peer}` : undefined,
    evidence: verdict === 'open' && deciding.length > 0 ? deciding.slice(0, 4) : whole,
    unseen,
  };
}

/** `tcp/5432`, `tcp/8000-8100`, `all traffic`. */
export function portsText(rule: { readonly protocol: string; readonly ports: string }): string {
  return rule.protocol === 'all' ? 'all traffic' : `${rule.protocol}/${rule.ports}`;
}

/** True when a rule's protocol (a name, a number, or -1 for all) includes `protocol`. */
export function protocolMatches(ruleProtocol: string | undefined, protocol: string): boolean {
  const name = protocolName(ruleProtocol);
  return name === 'all' || name === protocol;
}

/** Ranges may cover the peer only together, so they are joined before the answer is `unknown`. */
function verdictOf(rules: readonly Rule[], peer: Peer, someUnseen: boolean): CheckVerdict {
  if (rules.some((rule) => rule.fit === 'all')) return 'open';
  const covered = rules.flatMap((rule) => (rule.covered === undefined ? [] : [rule.covered]));
  if (covered.length > 0 && peer.addresses.length > 0 && covers(union(covered), peer.addresses))
    return 'open';
  if (someUnseen || covered.length > 0 || rules.some((rule) => rule.fit === 'maybe')) return 'unknown';
  return 'blocked';
}

function rulesOf(
  permission: Ec2.IpPermission,
  question: GroupQuestion,
  lists: ReadonlyMap<string, PrefixList>,
): Rule[] {
  const { from, to } = portsOf(permission);
  const relevant =
    protocolMatches(permission.IpProtocol, question.protocol) && from <= question.port && question.port <= to;
  const protocol = protocolName(permission.IpProtocol);
  const ports = from === 0 && to === 65_535 ? 'all' : from === to ? String(from) : `${from}-${to}`;
  const { peer } = question;
  const row = (peerText: string, description = '', judged: Fit = noFit): Rule => {
    const { fit, covered } = relevant ? judged : noFit;
    const matches = fit !== 'none' || covered !== undefined;
    return { protocol, ports, peer: peerText, description, matches, fit, covered };
  };
  const rows: Rule[] = [];
  for (const range of permission.IpRanges ?? [])
    rows.push(row(range.CidrIp ?? '', range.Description, cidrFit(range.CidrIp ?? '', peer)));
  for (const range of permission.Ipv6Ranges ?? [])
    rows.push(row(range.CidrIpv6 ?? '', range.Description, cidrFit(range.CidrIpv6 ?? '', peer)));
  for (const pair of permission.UserIdGroupPairs ?? [])
    rows.push(row(pair.GroupId ?? '', pair.Description, groupFit(pair.GroupId ?? '', peer)));
  for (const list of permission.PrefixListIds ?? [])
    rows.push(
      row(list.PrefixListId ?? '', list.Description, prefixListFit(list.PrefixListId ?? '', peer, lists)),
    );
  return rows;
}

function cidrFit(cidr: string, peer: Peer): Fit {
  const interval = parseCidr(cidr);
  if (interval === undefined || !overlaps(interval, peer.addresses)) return noFit;
  return covers([interval], peer.addresses)
    ? { fit: 'all', covered: interval }
    : { fit: 'none', covered: interval };
}

function groupFit(group: string, peer: Peer): Fit {
  if (peer.groups === undefined) return { fit: 'maybe', covered: undefined };
  return peer.groups.includes(group) ? { fit: 'all', covered: undefined } : noFit;
}

function prefixListFit(id: string, peer: Peer, lists: ReadonlyMap<string, PrefixList>): Fit {
  if (peer.prefixList === id) return { fit: 'all', covered: undefined };
  const list = lists.get(id);
  if (list === undefined) return { fit: 'maybe', covered: undefined };
  const set = addressSet(list.cidrs);
  if (peer.addresses.length > 0 && covers(set, peer.addresses)) return { fit: 'all', covered: undefined };
  const partly = set.some((interval) => overlaps(interval, peer.addresses));
  return partly ? { fit: 'maybe', covered: undefined } : noFit;
}

function portsOf(permission: Ec2.IpPermission): { from: number; to: number } {
  const all = protocolName(permission.IpProtocol) === 'all';
  const from = permission.FromPort ?? 0;
  const to = permission.ToPort ?? 65_535;
  // AWS writes "all ports" as no ports, as 0-65535 and, in old rules, as -1.
  return all || from < 0 || to < 0 ? { from: 0, to: 65_535 } : { from, to };
}

function protocolName(protocol: string | undefined): string {
  switch (protocol) {
    case undefined:
    case '-1':
      return 'all';
    case '6':
      return 'tcp';
    case '17':
      return 'udp';
    case '1':
      return 'icmp';
    default:
      return protocol;
  }
}

function firstById(groups: readonly Observed<Ec2.SecurityGroup>[]): Observed<Ec2.SecurityGroup>[] {
  const byId = new Map<string, Observed<Ec2.SecurityGroup>>();
  for (const group of groups) {
    const id = group.value.GroupId ?? '';
    if (!byId.has(id)) byId.set(id, group);
  }
  return [...byId.values()];
}

function shown(rules: readonly Rule[]): PathHop['rules'] {
  const ordered = [...rules.filter((rule) => rule.matches), ...rules.filter((rule) => !rule.matches)];
  return ordered.slice(0, RULES_SHOWN).map(({ protocol, ports, peer, description, matches }) => ({
    protocol,
    ports,
    peer,
    description: tidy(description),
    matches,
  }));
}
