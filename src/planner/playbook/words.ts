// Sentences that several replies share: offers in the words the playbook itself understands, and how rules and groups are named.

import type { Finding, NetworkPath, PathHop, ProposedCall } from '../../contract/finding.ts';
import type { Json } from '../../kernel/canonical-json.ts';
import { portText } from './ports.ts';
import { cite, quoted } from './view.ts';

export const OFFER_LOGS = 'Show me the logs from the failed task.';
export const OFFER_NETWORK = 'Check if the security group allows outbound traffic to the database port.';
export const OFFER_PATH = 'Check the network path.';
export const OFFER_FIX = 'Apply the proposed fix.';
export const OFFER_STATUS = 'Show me the status again.';
export const OFFER_WHY = 'Why did the task fail?';
export const OFFER_DEPLOYMENTS = 'Show the deployments.';
export const OFFER_TASKS = 'Show the tasks.';
export const OFFER_UNDO = 'Undo that change.';
export const OFFER_WHAT_TO_DO = 'What do I have to do?';
export const OFFER_STATEMENT = 'Give me the IAM statement for this.';
export const OFFER_AGAIN = 'Prepare the change again.';

/** Offered when nothing else is known to ask. */
export const STARTERS = ['List the clusters.', 'What is wrong in all clusters?'];

/** True for an offer that stands beside every answer and follows from none. */
export function isGeneralOffer(offer: string): boolean {
  return offer === OFFER_STATUS || STARTERS.includes(offer);
}

/** The findings that name something broken, the surest first; `healthy` and `unknown` are none. */
export function causes(findings: readonly Finding[]): Finding[] {
  const order = ['proven', 'likely', 'possible', 'unknown'];
  return findings
    .filter((one) => one.class !== 'healthy' && one.class !== 'unknown')
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

/** A finding's own evidence as citations. */
export function citeFinding(finding: Finding, fallback: readonly string[] = []): string {
  const own = finding.evidence.map(({ id }) => id);
  return cite(own.length > 0 ? own : fallback);
}

/** The offer that stands for one fix, in words that parse back to it. */
export function offerOf(fix: ProposedCall): string {
  const port = fixPort(fix);
  if (port === null) return OFFER_FIX;
  const inbound = fix.tool.endsWith('_ingress');
  const peer = fix.input.peer;
  const group =
    isRecord(peer) && typeof peer.group_id === 'string'
      ? ` security group ${peer.group_id}`
      : ' the destination';
  return inbound
    ? `Add a rule to allow inbound ${port} traffic from${group}.`
    : `Add a rule to allow outbound ${port} traffic to${group}.`;
}

/** `tcp/5432` of a fix that adds a security group rule; null for any other fix. */
export function fixPort(fix: ProposedCall): string | null {
  if (!/^ec2_authorize_security_group_(?:egress|ingress)$/.test(fix.tool)) return null;
  const { protocol, from_port: from, to_port: to } = fix.input;
  if (typeof from !== 'number') return null;
  return portText({
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    from,
    to: typeof to === 'number' ? to : from,
  });
}

export function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a path ends, as people call it and as it may stand in a sentence: "orders-db (sg-0d55…)", the host, or the address. */
export function destinationOf(path: NetworkPath): string {
  const { to } = path;
  const group = to.securityGroups[0];
  const name = to.name ?? to.host ?? to.address;
  const both = name !== undefined && group !== undefined && name !== group;
  // The host may be a word of a log line.
  return quoted(both ? `${name} (${group})` : (name ?? group ?? 'the destination'), 160);
}

const DATABASE_PORTS: readonly number[] = [1433, 1521, 3306, 5432, 9042, 27017];

/** True for a path to what is a database by its port or its name. */
export function leadsToDatabase(path: NetworkPath): boolean {
  return DATABASE_PORTS.includes(path.to.port) || /database|rds|(?:^|[^a-z])db/i.test(destinationOf(path));
}

/** The offer to check the paths of a finding; none for a finding without any. */
export function networkOffer(paths: readonly NetworkPath[]): string[] {
  if (paths.length === 0) return [];
  return [paths.some(leadsToDatabase) ? OFFER_NETWORK : OFFER_PATH];
}

const HOP_NAMES: Readonly<Record<PathHop['check'], string>> = {
  dns: 'DNS',
  'security-group-egress': 'security group, outbound',
  'network-acl-egress': 'network ACL, outbound',
  route: 'route',
  endpoint: 'endpoint',
  'network-acl-ingress': 'network ACL, inbound',
  'security-group-ingress': 'security group, inbound',
  'network-acl-return': 'network ACL, replies',
};

export function hopName(hop: PathHop): string {
  return HOP_NAMES[hop.check];
}

export function citeHop(hop: PathHop, fallback: readonly string[]): string {
  const own = hop.evidence.map(({ id }) => id);
  return cite(own.length > 0 ? own : fallback);
}
