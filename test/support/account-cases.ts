// Incidents as small snapshots: each changes a healthy account until it shows one kind of trouble, and says what it is.

import type { CauseClass } from '../../src/contract/finding.ts';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import {
  addTasks,
  allFail,
  exits,
  failStart,
  healthyAccount,
  ids,
  rollOut,
  theGroup,
  theService,
} from './account-builder.ts';

export interface AccountCase {
  readonly name: string;
  readonly change: (snapshot: Snapshot) => void;
  readonly expected: {
    readonly class: CauseClass;
    readonly verdict: 'proven' | 'likely' | 'possible' | 'unknown';
  };
  /** Part of an id that has to be among the culprits. */
  readonly culprit?: string;
  /** An action that has to be named as missing. */
  readonly missing?: string;
}

const REGISTRY = '210987654321.dkr.ecr.eu-central-1.amazonaws.com';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:210987654321:secret:api-db-Ab12Cd';
const secretFailure = (end: string) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ${end}`;
const secretTimeout = secretFailure(
  'RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
);
const pullTimeout = `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${REGISTRY}/api:7: failed to do request: Head "https://${REGISTRY}/v2/api/manifests/7": dial tcp 3.121.4.5:443: i/o timeout`;
const databaseTimeout = ['starting', 'connecting', `Error: connect ETIMEDOUT ${ids.databaseAddress}:5432`];

/** Closes the way to the database; old troubles and rules that look like the cause lie around it. */
function databaseEgressMissing(snapshot: Snapshot): void {
  theGroup(snapshot, ids.groups.app).IpPermissionsEgress = [
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    // The port is right and the peer is not.
    { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.9.0.0/16' }] },
  ];
  allFail(snapshot, { ...exits(1), log: databaseTimeout });
  // An image that was missing long ago, under another revision, has nothing to do with it.
  addTasks(snapshot, {
    count: 1,
    revision: 3,
    secondsAgo: 3_200,
    ...failStart(`CannotPullContainerError: ${REGISTRY}/api:3: not found`),
  });
}

export const accountCases: readonly AccountCase[] = [
  { name: 'a healthy service', change: () => {}, expected: { class: 'healthy', verdict: 'proven' } },
  {
    name: 'a rolling deployment without failures',
    change: (s) => void rollOut(s, { running: 1 }),
    expected: { class: 'healthy', verdict: 'proven' },
  },
  {
    name: 'no egress rule to the database, among decoys',
    change: databaseEgressMissing,
    expected: { class: 'task-sg-egress-blocked', verdict: 'proven' },
    culprit: ids.groups.app,
  },
  {
    name: 'the same, where security groups may not be read',
    change: (s) => {
      databaseEgressMissing(s);
      s.denied = ['ec2:DescribeSecurityGroups'];
    },
    expected: { class: 'unknown', verdict: 'unknown' },
    missing: 'ec2:DescribeSecurityGroups',
  },
  {
    name: 'a network ACL that drops the replies',
    change: (s) => {
      s.ec2.NetworkAcls[0]?.Entries?.unshift({
        Egress: false,
        RuleNumber: 50,
        RuleAction: 'deny',
        Protocol: '6',
        PortRange: { From: 1_024, To: 65_535 },
        CidrBlock: '10.1.20.0/24',
      });
      allFail(s, { ...exits(1), log: databaseTimeout });
    },
    expected: { class: 'nacl-blocked', verdict: 'proven' },
    culprit: ids.acl,
  },
  {
    name: 'no way out of one of two zones',
    change: (s) => {
      const [table] = s.ec2.RouteTables;
      if (table !== undefined) table.Routes = (table.Routes ?? []).filter((one) => one.GatewayId === 'local');
      allFail(s, { ...failStart(pullTimeout), zone: 'a' });
      addTasks(s, { count: 1, zone: 'b' });
      theService(s).runningCount = 1;
    },
    expected: { class: 'no-egress-route', verdict: 'proven' },
    culprit: ids.tables.a,
  },
  {
    name: 'a public subnet and no public address',
    change: (s) => {
      for (const table of s.ec2.RouteTables)
        table.Routes = [
          ...(table.Routes ?? []).filter((one) => one.GatewayId === 'local'),
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: ids.igw, State: 'active' },
        ];
      allFail(s, failStart(secretTimeout));
    },
    expected: { class: 'public-subnet-no-public-ip', verdict: 'proven' },
  },
  {
    name: 'a database that lets nobody in',
    change: (s) => {
      theGroup(s, ids.groups.database).IpPermissions = [];
      allFail(s, { ...exits(1), log: databaseTimeout });
    },
    expected: { class: 'dependency-unreachable', verdict: 'proven' },
    culprit: ids.groups.database,
  },
  {
    name: 'a container killed for memory',
    change: (s) => void allFail(s, exits(137, 'OutOfMemoryError: Container killed due to memory usage')),
    expected: { class: 'oom-killed', verdict: 'proven' },
    culprit: 'api:7',
  },
  {
    name: 'an application that ends with 0',
    change: (s) => void allFail(s, { ...exits(0), log: ['12 rows written', 'done'] }),
    expected: { class: 'app-clean-exit', verdict: 'proven' },
    culprit: 'api:7',
  },
  {
    name: 'an image that is not there',
    change: (s) =>
      void allFail(
        s,
        failStart(
          `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${REGISTRY}/api:7: ${REGISTRY}/api:7: not found`,
        ),
      ),
    // The registry itself proves it: ECR has no such repository.
    expected: { class: 'image-not-found', verdict: 'proven' },
  },
  {
    name: 'a log group that is not there',
    change: (s) => {
      s.logs.logGroups = [];
      allFail(
        s,
        failStart(
          'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
        ),
      );
    },
    expected: { class: 'log-group-missing', verdict: 'proven' },
    culprit: '/ecs/api',
  },
  {
    name: 'a secret that may not be read',
    change: (s) =>
      void allFail(
        s,
        failStart(
          secretFailure(
            `AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/api-execution/x is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
          ),
        ),
      ),
    // The account shows no role, so that AWS's own words are all there is.
    expected: { class: 'exec-role-secret-denied', verdict: 'likely' },
  },
  {
    name: 'stopped tasks that are no longer visible',
    change: (s) => {
      allFail(s, exits(1));
      s.ecs.tasks = [];
    },
    expected: { class: 'unknown', verdict: 'unknown' },
  },
  {
    name: 'secrets out of reach because nothing may leave the tasks',
    change: (s) => {
      theGroup(s, ids.groups.app).IpPermissionsEgress = [];
      allFail(s, failStart(secretTimeout));
    },
    expected: { class: 'task-sg-egress-blocked', verdict: 'proven' },
    culprit: ids.groups.app,
  },
  {
    name: 'names that do not resolve',
    change: (s) => {
      s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: false };
      allFail(s, { ...exits(1), log: ['Error: getaddrinfo ENOTFOUND orders.internal'] });
    },
    expected: { class: 'vpc-dns-misconfig', verdict: 'proven' },
    culprit: ids.vpc,
  },
];

/** The snapshot of a case. */
export function accountOf(one: AccountCase): Snapshot {
  const snapshot = healthyAccount();
  one.change(snapshot);
  return snapshot;
}
