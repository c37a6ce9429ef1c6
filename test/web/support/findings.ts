// The finding of the incident and the network path behind it.

import type { Finding, NetworkPath } from '../../../src/contract/finding.ts';

/** The evidence of the nth read of the diagnosis. */
export function evidenceId(n: number): string {
  return `ev_01KB3T00000000000000000${String(n).padStart(3, '0')}`;
}

const open = (
  check: NetworkPath['hops'][number]['check'],
  direction: 'out' | 'in' | 'return',
  resource: string,
  because: string,
): NetworkPath['hops'][number] => ({
  check,
  direction,
  resource,
  verdict: 'open',
  because,
  rules: [],
  evidence: [],
});

export const networkPath: NetworkPath = {
  from: {
    task: '5d1c77f29e',
    address: '10.0.12.47',
    subnets: ['subnet-0b7a', 'subnet-03e1'],
    securityGroups: ['sg-0a41f7c2'],
  },
  to: {
    host: 'db.production.internal',
    address: '10.0.40.18',
    name: 'orders-db',
    port: 5432,
    protocol: 'tcp',
    securityGroups: ['sg-0d55e093'],
  },
  verdict: 'blocked',
  hops: [
    open('dns', 'out', '10.0.40.18', 'The name resolves.'),
    {
      check: 'security-group-egress',
      direction: 'out',
      resource: 'sg-0a41f7c2',
      verdict: 'blocked',
      because: '2 outbound rules, and neither matches tcp/5432 to 10.0.40.18',
      rules: [
        { protocol: 'tcp', ports: '443', peer: '0.0.0.0/0', description: 'HTTPS', matches: false },
        { protocol: 'tcp', ports: '6379', peer: 'sg-0c77b1d8', description: 'session-cache', matches: false },
      ],
      missing: { protocol: 'tcp', ports: '5432', peer: 'sg-0d55e093' },
      evidence: [{ id: evidenceId(5), path: '$.SecurityGroups[0].IpPermissionsEgress' }],
    },
    open('network-acl-egress', 'out', 'acl-07c2aa', 'Rule 100 allows it.'),
    open('route', 'out', '10.0.0.0/16', 'The local route.'),
    open('network-acl-ingress', 'in', 'acl-0b1977', 'Rule 100 allows it.'),
    open('security-group-ingress', 'in', 'sg-0d55e093', 'It allows tcp/5432 from sg-0a41f7c2.'),
  ],
};

export const finding: Finding = {
  class: 'task-sg-egress-blocked',
  verdict: 'proven',
  title: 'New tasks cannot reach their database: no egress rule for tcp/5432.',
  explanation: `Security group sg-0a41f7c2 lets tcp/443 and tcp/6379 out, and nothing else. [${evidenceId(5)}] Tasks of revision 42 time out on db.production.internal:5432, [${evidenceId(4)}] fail their health check and are stopped. [${evidenceId(2)}]`,
  evidence: [
    {
      id: evidenceId(5),
      path: '$.SecurityGroups[0].IpPermissionsEgress',
      note: 'sg-0a41f7c2 outbound rules',
    },
    { id: evidenceId(4), path: '$.events[3].message', note: 'log of task 5d1c77f29e' },
    { id: evidenceId(2), path: '$.tasks[0].stoppedReason', note: '3 stopped tasks' },
  ],
  culprits: ['sg-0a41f7c2'],
  ruledOut: [
    { class: 'lb-sg-ingress-missing', because: 'The rule is open; the check fails inside the application.' },
    { class: 'nacl-blocked', because: 'Rule 100 allows it both ways.' },
    { class: 'oom-killed', because: 'The peak is 312 of 512 MiB.' },
  ],
  cannotVerify: [{ what: 'The encryption key of the database.', missingAction: 'kms:DescribeKey' }],
  fixes: [
    { tool: 'ec2_authorize_security_group_egress', input: {}, why: 'The smallest rule that opens the path.' },
  ],
  paths: [networkPath],
};
