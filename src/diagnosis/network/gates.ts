// The gates of a path, each as people read it: what was checked, open or closed, the rules that were considered, and the one that is missing.

import type { PathHop } from '../../contract/finding.ts';
import type { Namespace, NetworkEvidence, Observed } from '../evidence.ts';
import { judgeAcl } from './network-acl.ts';
import type { CheckVerdict, PathDestination, Peer, PortRange } from './peer.ts';
import type { RouteAnswer } from './route-table.ts';
import { type GroupQuestion, judgeGroups, portsText } from './security-group.ts';

/** Stands for a subnet's network ACL that was not seen. */
const UNKNOWN_ACL = 'network ACL';

/** Name resolution in the VPC; no gate for a destination that is an address. */
export function dnsHop(network: NetworkEvidence, vpcId: string, to: PathDestination): PathHop[] {
  if (to.host === undefined || to.host === to.address) return [];
  const seen = network.vpcAttributes.items.find(({ value }) => value.vpcId === vpcId);
  const hop = (verdict: CheckVerdict, because: string): PathHop[] => [
    {
      check: 'dns',
      direction: 'out',
      resource: vpcId,
      verdict,
      because,
      rules: [],
      evidence: seen === undefined ? [] : [seen.at],
    },
  ];
  if (to.resolves === true) return hop('open', 'The application got past name resolution.');
  if (seen?.value.enableDnsSupport === false)
    return hop('blocked', 'DNS support is off in this VPC, so names do not resolve through its resolver.');
  const apart = to.resolves === false ? apartFromDns(network, to.host) : undefined;
  if (apart !== undefined)
    return [
      {
        check: 'dns',
        direction: 'out',
        resource: apart.value.id,
        verdict: 'blocked',
        because: `Cloud Map namespace ${apart.value.name} is of type HTTP: its services are found by calls of its API, and no DNS holds their names.`,
        rules: [],
        evidence: [apart.at],
      },
    ];
  if (seen === undefined) return hop('unknown', 'The DNS attributes of the VPC could not be read.');
  if (to.resolves === false)
    return seen.value.enableDnsHostnames === false
      ? hop('blocked', 'The name does not resolve, and DNS hostnames are off in this VPC.')
      : hop('unknown', 'The name does not resolve although the DNS attributes of the VPC are on.');
  return hop('open', 'DNS support is on in this VPC.');
}

/** The namespace that a name belongs to, when none of that name is in a DNS. */
function apartFromDns({ namespaces }: NetworkEvidence, host: string): Observed<Namespace> | undefined {
  const around = (namespaces?.items ?? []).filter(({ value }) =>
    host.toLowerCase().endsWith(`.${value.name}`),
  );
  return around.some(({ value }) => value.inDns) ? undefined : around[0];
}

/** The rules of the sender's groups on the way out, or of the receiver's on the way in. */
export function groupHop(network: NetworkEvidence, question: GroupQuestion, to: PathDestination): PathHop {
  const what = `${to.protocol}/${to.port}`;
  const out = question.side === 'egress';
  const base = {
    check: out ? 'security-group-egress' : 'security-group-ingress',
    direction: out ? 'out' : 'in',
    resource: question.groups.length === 0 ? 'security group' : question.groups.join(', '),
  } as const;
  if (question.groups.length === 0)
    return {
      ...base,
      verdict: 'unknown',
      because: `The security groups of the ${out ? 'sender' : 'destination'} are not known.`,
      rules: [],
      evidence: [],
    };
  const answer = judgeGroups(question, network.securityGroups, network.prefixLists);
  const far = peerText(question, to);
  const missing = { protocol: to.protocol, ports: String(to.port), peer: far };
  const hop = { ...base, verdict: answer.verdict, rules: answer.rules, evidence: [...answer.evidence] };
  if (answer.verdict === 'open')
    return { ...hop, because: `${out ? 'Outbound' : 'Inbound'} rule ${answer.by ?? what} matches.` };
  if (answer.verdict === 'blocked') {
    const has = ruleList(answer.rules);
    return {
      ...hop,
      because: `No ${out ? 'outbound' : 'inbound'} rule for ${what} ${out ? 'to' : 'from'} ${far}. ${has}`,
      missing,
    };
  }
  const because =
    answer.unseen.length > 0
      ? `${answer.unseen.join(', ')} could not be read.`
      : `Rules for ${what} cover only a part of where the destination may be.`;
  return { ...hop, because };
}

function peerText(question: GroupQuestion, to: PathDestination): string {
  const groups = question.peer.groups ?? [];
  if (groups.length > 0) return groups.join(', ');
  if (question.side === 'egress') return to.address ?? to.host ?? 'any destination';
  return question.peer.groups === undefined ? 'the tasks' : 'an interface without security groups';
}

function ruleList(rules: PathHop['rules']): string {
  if (rules.length === 0) return 'It has no rules at all.';
  const listed = rules.slice(0, 4).map((rule) => `${portsText(rule)} ${rule.peer}`);
  const more = rules.length > listed.length ? ` and ${rules.length - listed.length} more` : '';
  return `It has ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}: ${listed.join(', ')}${more}.`;
}

export interface AclCheck {
  readonly subnetId: string;
  readonly check: PathHop['check'];
  readonly peer: Peer;
  readonly ports: PortRange;
  readonly protocol: string;
  /** Direction of the ACL; follows from the check unless a reply leaves a subnet. */
  readonly egress?: boolean;
}

/** One direction of one subnet's network ACL. */
export function aclHop(network: NetworkEvidence, check: AclCheck): PathHop {
  const acl = network.networkAcls.items.find(({ value }) =>
    value.Associations?.some((association) => association.SubnetId === check.subnetId),
  );
  const direction =
    check.check === 'network-acl-egress' ? 'out' : check.check === 'network-acl-ingress' ? 'in' : 'return';
  const base = { check: check.check, direction, resource: acl?.value.NetworkAclId ?? UNKNOWN_ACL } as const;
  if (acl === undefined)
    return {
      ...base,
      verdict: 'unknown',
      because: `The network ACL of ${check.subnetId} could not be read.`,
      rules: [],
      evidence: [],
    };
  const answer = judgeAcl(acl, {
    egress: check.egress ?? check.check === 'network-acl-egress',
    addresses: check.peer.addresses,
    protocol: check.protocol,
    ports: check.ports,
  });
  const reply = direction === 'return' ? 'Replies: ' : '';
  return {
    ...base,
    verdict: answer.verdict,
    because: `${reply}${answer.because}`,
    rules: answer.rules,
    evidence: [...answer.evidence],
  };
}

/** The route table's answer as a gate. */
export function routeHop(route: RouteAnswer): PathHop {
  return {
    check: route.target === 'endpoint' ? 'endpoint' : 'route',
    direction: 'out',
    resource: route.table,
    verdict: route.verdict,
    because: route.because,
    rules: [],
    evidence: [...route.evidence],
  };
}
