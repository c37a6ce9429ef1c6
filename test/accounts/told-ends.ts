// Ends of which one sign speaks for another cause: a sidecar nobody needs, an abort that only ends an exception, a log driver that is not
// CloudWatch's, a policy that is not the role's.

import type { World } from './base.ts';
import { tcpFrom, theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { changed, type ToldCase } from './case.ts';
import { essentialExited, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { addStopped } from './tasks.ts';
import { imageOf, theContainer, theDefinition } from './workload.ts';

const at = {
  region: 'eu-south-1',
  account: '330044550099',
  cluster: 'mole',
  service: 'pilots',
  net: 173,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

const KILLED = 'OutOfMemoryError: Container killed due to memory usage';

/** The task has a shipper beside its program, which was killed for memory while the program ended with `exit`. */
function withShipper(w: World, essential: boolean, exit: number, log: readonly string[]): void {
  theDefinition(w).containerDefinitions?.push({
    name: 'shipper',
    image: 'public.ecr.aws/x/shipper:3',
    essential,
  });
  failing(w, {
    code: exited,
    reason: essentialExited,
    lived: 31,
    exit,
    log,
    change: (task, index) => {
      task.containers?.push({
        containerArn: w.arn('ecs', `container/mole/${w.hex(`shipper-${index}`, 32)}`),
        name: 'shipper',
        lastStatus: 'STOPPED',
        exitCode: 137,
        reason: KILLED,
      });
    },
  });
}

/** The database as RDS tells of it, and a program that gives up waiting for it. */
function database(w: World, status: string, log: readonly string[]): void {
  Object.assign(w.snapshot.rds.DBInstances[0] ?? {}, { DBInstanceStatus: status });
  failing(w, { code: exited, reason: essentialExited, lived: 24, exit: 1, log });
}

/** Containers of the new revision log with another driver, which answers `words`. */
function logsWith(
  w: World,
  logDriver: 'splunk' | 'syslog' | 'awslogs',
  words: string,
  more: Record<string, string>,
) {
  failingRollOut(
    w,
    (definition) => {
      for (const one of definition.containerDefinitions ?? [])
        one.logConfiguration = { logDriver, options: more };
    },
    {
      code: failedToStart,
      reason: 'Task failed to start',
      why: `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: ${words}`,
    },
  );
}

const refusedPut = (w: World, why: string) =>
  `AccessDenied: User: arn:aws:sts::${w.place.account}:assumed-role/mole-task/77 is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::mole-uploads/n/1.png" ${why}`;

const dotnet = (line: string) => [
  'info: Microsoft.Hosting.Lifetime[0]',
  `Unhandled exception. ${line}`,
  '   at Pilots.Program.Main(String[] args) in /src/Program.cs:line 21',
];

export const toldEnds: readonly ToldCase[] = [
  {
    name: 'signs of an end: a shipper nobody needs is killed for memory, and the program lacks a file',
    class: 'app-config-error',
    verdicts: ['likely', 'proven'],
    says: () => [/charts\.pem/],
    account: () =>
      changed(at, [
        (w) =>
          withShipper(w, false, 1, [
            'boot',
            "Error: ENOENT: no such file or directory, open '/etc/charts.pem'",
          ]),
      ]),
  },
  {
    name: 'signs of an end: a shipper the task needs is killed for memory, and the program is taken down with it',
    class: 'oom-killed',
    verdicts: ['proven'],
    says: () => ['shipper'],
    account: () => changed(at, [(w) => withShipper(w, true, 143, ['boot', 'SIGTERM received'])]),
  },
  {
    name: 'signs of an end: a token that Splunk does not take',
    class: 'log-pipeline-failure',
    verdicts: ['likely', 'proven'],
    neverClass: ['exec-role-logs-denied', 'log-group-missing'],
    account: () =>
      changed(onHosts, [
        (w) =>
          logsWith(
            w,
            'splunk',
            'splunk: failed to verify connection - 403 Forbidden - {"text":"Invalid token"}',
            {
              'splunk-url': 'https://collect.mole.example:8088',
            },
          ),
      ]),
  },
  {
    name: 'signs of an end: a syslog server that refuses the connection',
    class: 'log-pipeline-failure',
    verdicts: ['likely', 'proven'],
    says: (w) => ['syslog', `10.${w.place.net}.33.9:514`],
    never: [/logs\.eu-south-1/],
    account: () =>
      changed(onHosts, [
        (w) =>
          logsWith(w, 'syslog', `dial tcp 10.${w.place.net}.33.9:514: connect: connection refused`, {
            'syslog-address': `tcp://10.${w.place.net}.33.9:514`,
          }),
      ]),
  },
  {
    name: 'signs of an end: a bucket whose own policy denies what the role allows',
    class: 'task-role-denied',
    verdicts: ['likely'],
    says: () => ['policy of arn:aws:s3:::mole-uploads', /resource-based/],
    never: [/boundary/, /organisation/],
    missing: 's3:GetBucketPolicy',
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 12,
            exit: 1,
            log: [refusedPut(w, 'with an explicit deny in a resource-based policy')],
          }),
      ]),
  },
  {
    name: 'signs of an end: an exception of .NET about a setting, and the abort that ends it',
    class: 'app-config-error',
    verdicts: ['likely', 'proven'],
    neverClass: ['native-crash'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 9,
            exit: 134,
            log: dotnet('System.InvalidOperationException: The setting CHARTS_URL is not set.'),
          }),
      ]),
  },
  {
    name: 'signs of an end: an exception of .NET about a database that does not answer, and the abort that ends it',
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    neverClass: ['native-crash'],
    account: () =>
      changed(at, [
        (w) => {
          theNetwork(w).group('database').IpPermissions = [tcpFrom(5432, w.id('sg', 'worker'))];
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 24,
            exit: 134,
            log: [
              ...dotnet(
                `Npgsql.NpgsqlException (0x80004005): Failed to connect to 10.${w.place.net}.33.40:5432`,
              ),
              ' ---> System.TimeoutException: The operation has timed out.',
            ],
          });
        },
      ]),
  },
  {
    name: 'signs of an end: an abort of the C library',
    class: 'native-crash',
    verdicts: ['proven'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 24,
            exit: 134,
            log: ['serving', 'double free or corruption (fasttop)', 'Aborted (core dumped)'],
          }),
      ]),
  },
  {
    name: 'signs of an end: a registry that does not answer some tasks, while others find no image',
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    says: () => [/\b3 tasks\b/, /log in to|pull their image/],
    never: [/\b5 tasks\b/, /secrets/],
    account: () =>
      changed(at, [
        (w) => {
          theNetwork(w).group('app').IpPermissionsEgress = [];
          const container = theContainer(w);
          container.secrets = [];
          container.image = imageOf(w, 'pilots', '9.9');
          failing(w, {
            count: 3,
            code: failedToStart,
            reason:
              'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
          });
          addStopped(w, {
            count: 2,
            last: 300,
            code: failedToStart,
            reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${imageOf(w, 'pilots', '9.9')}: ${imageOf(w, 'pilots', '9.9')}: not found`,
          });
        },
      ]),
  },
  {
    name: 'signs of an end: a database that was stopped, named in the log',
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    says: () => ['mole-orders', /\bstopped\b/],
    account: () =>
      changed(at, [(w) => database(w, 'stopped', [`Error: connect ETIMEDOUT ${databaseHost(w)}:5432`])]),
  },
  {
    name: 'signs of an end: a database that was stopped, not named in the log',
    class: 'dependency-unreachable',
    verdicts: ['likely'],
    says: () => ['mole-orders', /\bstopped\b/],
    account: () => changed(at, [(w) => database(w, 'stopped', ['starting', 'Error: connect ETIMEDOUT'])]),
  },
  {
    name: 'signs of an end: a database that runs, and a time-out without a name',
    class: 'app-config-error',
    verdicts: ['likely'],
    neverClass: ['dependency-unreachable'],
    account: () => changed(at, [(w) => database(w, 'available', ['starting', 'Error: connect ETIMEDOUT'])]),
  },
  {
    name: 'signs of an end: a database that was stopped, and a module that is not in the image',
    class: 'app-config-error',
    verdicts: ['likely'],
    neverClass: ['dependency-unreachable'],
    account: () =>
      changed(at, [(w) => database(w, 'stopped', ['starting', "Error: Cannot find module './charts'"])]),
  },
  {
    name: 'signs of an end: a time-out without a name, and groups that may not be read',
    class: 'unknown',
    verdicts: ['unknown'],
    missing: 'ec2:DescribeSecurityGroups',
    account: () =>
      changed(at, [
        (w) => database(w, 'available', ['starting', 'java.net.SocketTimeoutException: connect timed out']),
        (w) => void w.snapshot.denied.push('ec2:DescribeSecurityGroups'),
      ]),
  },
];
