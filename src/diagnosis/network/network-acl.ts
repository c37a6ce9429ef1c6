// Network ACLs: stateless, rules in order of their numbers, the first match decides, what matches nothing is dropped.
// Judged for a whole set of addresses and a whole range of ports at once.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef, PathHop } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import { type AddressSet, addressSet, intersect, isEmpty, subtract } from './address-set.ts';
import type { CheckVerdict, PortRange } from './peer.ts';
import { protocolMatches } from './security-group.ts';

export interface AclQuestion {
  readonly egress: boolean;
  /** The far end: destination of outbound, source of inbound packets. */
  readonly addresses: AddressSet;
  readonly protocol: string;
  /** Destination ports of the packets; every one of them has to pass. */
  readonly ports: PortRange;
}

export interface AclAnswer {
  readonly verdict: CheckVerdict;
  readonly because: string;
  readonly rules: PathHop['rules'];
  readonly evidence: readonly EvidenceRef[];
}

/** The number of the implicit last rule, shown by AWS as `*`. */
const LAST_RULE = 32_767;

/** Judges one direction of one network ACL. */
export function judgeAcl(acl: Observed<Ec2.NetworkAcl>, question: AclQuestion): AclAnswer {
  const entries = (acl.value.Entries ?? [])
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => (entry.Egress ?? false) === question.egress)
    .sort((left, right) => (left.entry.RuleNumber ?? LAST_RULE) - (right.entry.RuleNumber ?? LAST_RULE));
  const decided = new Map<Ec2.NetworkAclEntry | 'none', boolean>();
  for (const ports of elementaryPorts(
    entries.map(({ entry }) => entry),
    question.ports,
  )) {
    for (const { entry, allowed } of decide(
      entries.map((item) => item.entry),
      { ...question, ports },
    ))
      decided.set(entry, allowed);
  }
  const outcomes = new Set(decided.values());
  const verdict: CheckVerdict = outcomes.size > 1 ? 'unknown' : outcomes.has(true) ? 'open' : 'blocked';
  const deciding = entries.filter(({ entry }) => decided.has(entry));
  return {
    verdict,
    because: sentence(
      verdict,
      deciding.map(({ entry }) => entry),
      question,
    ),
    rules: entries.slice(0, 60).map(({ entry }) => ({
      protocol: protocolText(entry.Protocol),
      ports: portRangeText(entry),
      peer: entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '',
      description: `${numberText(entry)} ${entry.RuleAction ?? 'deny'}`,
      matches: decided.has(entry),
    })),
    evidence:
      deciding.length === 0
        ? [below(acl, '.Entries')]
        : deciding.slice(0, 3).map(({ index }) => below(acl, `.Entries[${index}]`)),
  };
}

/** Which entry decides which part of the addresses, for ports between which no rule changes its mind. */
function decide(
  entries: readonly Ec2.NetworkAclEntry[],
  question: AclQuestion,
): { entry: Ec2.NetworkAclEntry | 'none'; allowed: boolean }[] {
  const decisions: { entry: Ec2.NetworkAclEntry | 'none'; allowed: boolean }[] = [];
  let open = question.addresses;
  for (const entry of entries) {
    if (isEmpty(open)) break;
    if (!protocolMatches(entry.Protocol, question.protocol)) continue;
    const { from, to } = entryPorts(entry);
    if (from > question.ports.from || to < question.ports.to) continue;
    const block = addressSet([entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '']);
    if (isEmpty(intersect(open, block))) continue;
    decisions.push({ entry, allowed: entry.RuleAction === 'allow' });
    open = subtract(open, block);
  }
  if (!isEmpty(open) || decisions.length === 0) decisions.push({ entry: 'none', allowed: false });
  return decisions;
}

/** Cuts `wanted` where some rule begins or ends, so that each rule covers a piece wholly or not at all. */
function elementaryPorts(entries: readonly Ec2.NetworkAclEntry[], wanted: PortRange): PortRange[] {
  const cuts = new Set<number>([wanted.from]);
  for (const entry of entries) {
    const { from, to } = entryPorts(entry);
    if (from > wanted.from && from <= wanted.to) cuts.add(from);
    if (to >= wanted.from && to < wanted.to) cuts.add(to + 1);
  }
  const starts = [...cuts].sort((a, b) => a - b);
  return starts.map((from, index) => ({ from, to: (starts[index + 1] ?? wanted.to + 1) - 1 }));
}

/** The ports an entry is about; all of them when it names none. */
export function entryPorts(entry: Ec2.NetworkAclEntry): PortRange {
  const { From, To } = entry.PortRange ?? {};
  if (entry.Protocol === '-1' || From === undefined || To === undefined || From < 0)
    return { from: 0, to: 65_535 };
  return { from: From, to: To };
}

function sentence(
  verdict: CheckVerdict,
  deciding: readonly Ec2.NetworkAclEntry[],
  { egress, protocol, ports }: AclQuestion,
): string {
  const way = egress ? 'outbound' : 'inbound';
  const what = `${way} ${protocol}/${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}`;
  const first = deciding[0];
  if (verdict === 'unknown') return `Some ${what} is allowed and some denied, depending on address or port.`;
  if (first === undefined) return `No rule matches ${what}, so it is dropped.`;
  const verb = verdict === 'open' ? 'allows' : 'denies';
  return `Rule ${numberText(first).slice('rule '.length)} ${verb} ${what}.`;
}

function numberText(entry: Ec2.NetworkAclEntry): string {
  return entry.RuleNumber === undefined || entry.RuleNumber === LAST_RULE
    ? 'rule *'
    : `rule ${entry.RuleNumber}`;
}

function protocolText(protocol: string | undefined): string {
  if (protocol === undefined || protocol === '-1') return 'all';
  return protocol === '6' ? 'tcp' : protocol === '17' ? 'udp' : protocol;
}

function portRangeText(entry: Ec2.NetworkAclEntry): string {
  const { from, to } = entryPorts(entry);
  if (from === 0 && to === 65_535) return 'all';
  return from === to ? String(from) : `${from}-${to}`;
}
