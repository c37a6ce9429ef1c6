// What tasks on EC2 and the things around them have to say to each other: where tasks have no interface of their own, databases, file
// systems and load balancers meet the host's; where they have one, they meet the task's.

import type { World } from './base.ts';
import { found } from './base.ts';
import { tcpFrom, theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { cause } from './case.ts';
import {
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  workerOutOfMemory,
} from './decoys.ts';
import { checksFail, ready } from './health.ts';
import { mountTimesOut, withoutBalancer } from './host-places.ts';
import { essentialExited, exited, failing } from './incident.ts';
import { mountFiles } from './storage.ts';
import { targetGroupArn } from './workload.ts';

const kind = 'on hosts';
const timedOut = { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' } as const;

function databaseTimesOut(w: World, lines: readonly string[]): void {
  failing(w, { code: exited, reason: essentialExited, lived: 41, exit: 1, log: lines });
}

export const onHostsPeers = [
  cause('dependency-unreachable', {
    kind,
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'eu-west-3',
      account: '105577482315',
      cluster: 'club',
      service: 'members',
      net: 135,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      // The tasks' group is let in; in bridge mode nobody wears it.
      theNetwork(w).group('database').IpPermissions = [tcpFrom(5432, w.id('sg', 'app'))];
      databaseTimesOut(w, [
        'info: starting (production)',
        'Error: connect ETIMEDOUT 10.135.33.40:5432',
        "  errno: -110, code: 'ETIMEDOUT', syscall: 'connect'",
      ]);
    },
    decoysAt: {
      region: 'us-east-1',
      account: '818290046316',
      cluster: 'desk',
      service: 'tickets',
      net: 136,
      launch: 'EC2',
      mode: 'host',
    },
    again: (w) => {
      theNetwork(w).group('database').IpPermissions = [
        tcpFrom(5432, w.id('sg', 'app'), w.id('sg', 'worker')),
      ];
      databaseTimesOut(w, [
        'HikariPool-1 - Starting...',
        `org.postgresql.util.PSQLException: The connection attempt failed. Caused by: java.net.SocketTimeoutException: connect timed out: ${databaseHost(w)}:5432`,
        'Application run failed',
      ]);
    },
    decoys: [workerOutOfMemory, oldPullTimeouts, oddSettings, scaryLines],
  }),
  cause('efs-unreachable', {
    kind,
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-west-2',
      account: '763310017317',
      cluster: 'lens',
      service: 'gallery',
      net: 137,
      count: 2,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      mountFiles(w);
      theNetwork(w).group('files').IpPermissions = [tcpFrom(2049, w.id('sg', 'app'))];
      mountTimesOut(w);
    },
    decoysAt: {
      region: 'us-west-1',
      account: '528860028318',
      cluster: 'press',
      service: 'archive',
      net: 138,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // Mounts are made in the network of the task, whose group is the one that is missing.
      mountFiles(w);
      theNetwork(w).group('files').IpPermissions = [tcpFrom(2049, w.id('sg', 'hosts'), w.id('sg', 'worker'))];
      mountTimesOut(w);
    },
    decoys: [oldPullTimeouts, workerOutOfMemory, oddSettings],
  }),
  cause('lb-sg-ingress-missing', {
    kind,
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-east-1',
      account: '645520017319',
      cluster: 'gate',
      service: 'turnstile',
      net: 139,
      launch: 'EC2',
    },
    ill: (w) => {
      theNetwork(w).group('hosts').IpPermissions = [tcpFrom(8080, w.id('sg', 'alb'))];
      checksFail(w, timedOut, { lived: 95, log: ready(w) });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '188830029320',
      cluster: 'rail',
      service: 'seats',
      net: 140,
      port: 4200,
      launch: 'EC2',
      mode: 'host',
    },
    again: (w) => {
      // Dynamic ports are open, as bridge mode would need them; in host mode the port is the container's own.
      const group = found(
        w.snapshot.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn(w)),
        'target group',
      );
      group.HealthCheckPath = '/healthz';
      checksFail(w, timedOut, { lived: 95, log: ready(w) });
    },
    decoys: [storefrontTargetsIll, oldOutOfMemory, everydayStops, scaryLines],
  }),
];
