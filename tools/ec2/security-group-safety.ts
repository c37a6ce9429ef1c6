// Rules this product does not prepare, whoever asks: services for administrators and databases opened to the internet.
// Policy may refuse more; nothing may allow these.

import { fail } from '../../src/contract/errors.ts';
import { isInternet, parseCidr } from './cidr.ts';
import { type Direction, portsText, type SecurityGroupRule } from './security-group-rule.ts';

/** Ports of administration, data stores and file sharing that have no business on the internet. */
const SENSITIVE_PORTS: readonly number[] = [
  20, 21, 22, 23, 25, 111, 135, 137, 138, 139, 389, 445, 636, 873, 1433, 1521, 2049, 2375, 2376, 2379, 2380,
  3306, 3389, 4333, 5432, 5433, 5439, 5500, 5601, 5672, 5900, 5985, 5986, 6379, 6380, 6443, 7000, 7001, 8020,
  8888, 9042, 9092, 9200, 9300, 10250, 11211, 15672, 27017, 27018, 27019, 50070,
];

/** Throws `change-unsafe` for an inbound rule that opens a sensitive port, or very many ports, to the internet. */
export function requireSafe(rule: SecurityGroupRule, direction: Direction): void {
  const cidr = rule.peer.kind === 'cidr' ? parseCidr(rule.peer.id) : undefined;
  if (direction !== 'ingress' || cidr === undefined || !isInternet(cidr)) return;
  if (rule.protocol === 'icmp' || rule.protocol === 'icmpv6') return;
  const { protocol, fromPort, toPort } = rule;
  const everything = protocol === '-1' || fromPort === null || toPort === null;
  const sensitive = SENSITIVE_PORTS.find((port) => everything || (fromPort <= port && port <= toPort));
  if (sensitive === undefined) return;
  throw fail('change-unsafe', {
    detail: `it would open ${portsText(rule)} to ${rule.peer.id}, which is the internet${everything ? '' : `, and port ${sensitive} must not be reachable from there`}`,
    advice: 'Name the security group or the addresses that need it instead.',
  });
}
