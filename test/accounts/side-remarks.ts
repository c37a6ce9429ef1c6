// Accounts in which a log complains of something true that did not end the task, and their twins in which it did. The group of the tasks
// does
// not let them out to what they dial, so that times out for sure; whether it matters is in what the program says and how it ends.

import type { World } from './base.ts';
import { tcpTo, theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { changed, type ToldCase } from './case.ts';
import { byScheduler, essentialExited, exited, failingRollOut } from './incident.ts';
import type { LookAlike } from './look-alikes.ts';
import type { Stop } from './tasks.ts';
import { targetGroupArn } from './workload.ts';

const at = {
  region: 'eu-west-2',
  account: '414243444546',
  cluster: 'harbour',
  service: 'tariffs',
  net: 88,
} as const;

/** Out of the group of the tasks, only these ports. */
const only =
  (...ports: readonly number[]) =>
  (w: World) => {
    theNetwork(w).group('app').IpPermissionsEgress = ports.map((port) => tcpTo(port, '0.0.0.0/0'));
  };

const cache = (w: World) => `10.${w.place.net}.34.17:6379`;

/** The new revision ends as `stop` says, behind a group that lets almost nothing out. */
function ends(
  log: (w: World) => readonly string[],
  stop: Partial<Stop> = {},
  open: readonly number[] = [443, 5432],
): () => World {
  return () =>
    changed(at, [
      only(...open),
      (w) =>
        void failingRollOut(w, () => undefined, {
          code: exited,
          reason: essentialExited,
          lived: 26,
          exit: 1,
          log: log(w),
          ...stop,
        }),
    ]);
}

const gates = [
  'task-sg-egress-blocked',
  'dependency-unreachable',
  'nacl-blocked',
  'no-egress-route',
] as const;

/** What the task role refuses in every account below; no policy of the role allows it. */
const refusedSpans = (w: World, level: string) =>
  `${level} tracing is off: AccessDeniedException: User: arn:aws:sts::${w.place.account}:assumed-role/${w.place.cluster}-task/5d0c is not authorized to perform: xray:PutTraceSegments because no identity-based policy allows the xray:PutTraceSegments action`;

export const sideRemarks: readonly LookAlike[] = [
  {
    name: 'only a remark: a cache that the program does without, and a module that is not in the image',
    classes: ['app-config-error', 'entrypoint-invalid'],
    never: gates,
    account: ends((w) => [
      'tariffs 2.15 starts',
      `[warn] cache: dial tcp ${cache(w)}: i/o timeout, serving without cache`,
      "Error: Cannot find module './handlers/quotes'",
      'Require stack:',
      '- /srv/app/router.js',
    ]),
  },
  {
    name: 'only a remark: metrics that cannot be sent, and a setting that is not there',
    classes: ['app-config-error'],
    never: gates,
    account: ends(() => [
      '{"level":"warn","msg":"metrics: connect ETIMEDOUT 10.88.40.3:8125, turned off"}',
      'Traceback (most recent call last):',
      '  File "/app/main.py", line 12, in <module>',
      "KeyError: 'RATE_SOURCE'",
    ]),
  },
  {
    name: 'only a remark: an error report that cannot be sent, told as an error, and a program that crashes',
    classes: ['native-crash'],
    never: gates.slice(1),
    account: ends(
      (w) => [`ERROR could not send report: connect ETIMEDOUT ${cache(w)}`, 'resuming', 'Segmentation fault'],
      { exit: 139 },
    ),
  },
  {
    name: 'only a remark: a cache that the program does without, and a kill for memory',
    classes: ['oom-killed'],
    never: gates,
    account: ends((w) => [`WARN cache ${cache(w)} timed out; using memory`, 'INFO 40000 rows read'], {
      exit: 137,
      why: 'OutOfMemoryError: Container killed due to memory usage',
    }),
  },
  {
    name: 'only a remark: a cache that the program does without, and an end without an error',
    classes: ['app-clean-exit'],
    never: gates,
    account: ends((w) => [`WARN cache ${cache(w)} timed out; using memory`, 'INFO export complete'], {
      exit: 0,
    }),
  },
  {
    name: 'only a remark: a cache that the program does without, and a start longer than its grace period',
    classes: ['slow-start-grace'],
    never: gates,
    account: ends(
      (w) => [
        `WARN cache: dial tcp ${cache(w)}: i/o timeout (falling back to memory)`,
        ...Array.from({ length: 240 }, (_, line) => `INFO index part ${line} loaded`),
        'INFO listening on 0.0.0.0:8080',
        'INFO SIGTERM received',
      ],
      {
        code: byScheduler,
        lived: 90,
        exit: 143,
        get reason() {
          return `Task failed ELB health checks in (target-group ${targetGroupArn(changed(at, []))})`;
        },
      },
    ),
  },
  {
    name: 'only a remark: metadata of an instance that Fargate does not have, and a setting of the wrong kind',
    classes: ['app-config-error'],
    never: [...gates, 'task-credentials-unavailable'],
    account: ends(() => [
      'WARN resource detection: Get "http://169.254.169.254/latest/meta-data": dial tcp 169.254.169.254:80: i/o timeout',
      'ValidationError: "PORT" must be a number',
    ]),
  },
  {
    name: 'only a remark: traces that may not be sent, and a configuration file that cannot be read',
    classes: ['app-config-error'],
    never: ['task-role-denied'],
    account: ends((w) => [
      refusedSpans(w, 'WARN'),
      'FATAL config: /etc/tariffs.yaml: yaml: line 9: did not find key',
    ]),
  },
];

const hikari = (w: World) => [
  'HikariPool-1 - Starting...',
  `WARN HikariPool-1 - attempt 1 on ${databaseHost(w)}:5432 timed out, trying again`,
  `org.postgresql.util.PSQLException: The connection attempt failed. Caused by: java.net.SocketTimeoutException: connect timed out: ${databaseHost(w)}:5432`,
  'Application run failed',
];

export const sideRemarkTwins: readonly ToldCase[] = [
  {
    name: 'no mere remark: a database that is warned about first and then ends the program',
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    fix: 'ec2_authorize_security_group_egress',
    account: ends(hikari, {}, [443]),
  },
  {
    name: 'no mere remark: a cache whose silence is the last thing a program says before it ends with an error',
    class: 'task-sg-egress-blocked',
    verdicts: ['likely'],
    account: ends((w) => ['starting', `WARN cache: dial tcp ${cache(w)}: i/o timeout`]),
  },
  {
    name: 'no mere remark: a database that keeps a program from becoming ready',
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    account: ends(
      (w) => ['INFO listening on 0.0.0.0:8080', `ERROR pool: connect ETIMEDOUT ${databaseHost(w)}:5432`],
      {
        code: byScheduler,
        lived: 95,
        exit: 143,
        get reason() {
          return `Task failed ELB health checks in (target-group ${targetGroupArn(changed(at, []))})`;
        },
      },
      [443],
    ),
  },
  {
    name: 'no mere remark: a call that AWS refuses and that ends the program',
    class: 'task-role-denied',
    verdicts: ['proven', 'likely'],
    says: () => ['xray:PutTraceSegments'],
    account: ends((w) => [refusedSpans(w, 'FATAL'), 'exiting']),
  },
];
