// Network causes beyond the way out: databases and peers, free addresses, interfaces.

import { type World, zones } from './base.ts';
import { theHost } from './base-hosts.ts';
import { everything, tcpTo, theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { cause } from './case.ts';
import {
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontSharesGroup,
  storefrontTargetsIll,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { essentialExited, event, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { addStopped } from './tasks.ts';
import { theContainer, theService } from './workload.ts';

const databaseTimeout = (w: World) => [
  'info: starting (production)',
  `error: could not reach the primary: connect ETIMEDOUT 10.${w.place.net}.33.40:5432`,
  `Error: connect ETIMEDOUT 10.${w.place.net}.33.40:5432`,
  '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)',
  "  errno: -110, code: 'ETIMEDOUT', syscall: 'connect'",
];

export const networkPeers = [
  cause('dependency-unreachable', {
    denied: ['ec2:DescribeSecurityGroups'],
    at: { region: 'eu-west-3', account: '105577482930', cluster: 'crm', service: 'contacts', net: 41 },
    ill: (w) => {
      theNetwork(w).group('database').IpPermissions = [
        {
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          UserIdGroupPairs: [{ GroupId: w.id('sg', 'worker') }],
        },
      ];
      failing(w, { code: exited, reason: essentialExited, lived: 34, exit: 1, log: databaseTimeout(w) });
    },
    decoysAt: {
      region: 'us-east-1',
      account: '818290046612',
      cluster: 'billing',
      service: 'invoices',
      net: 12,
      count: 4,
    },
    again: (w) => {
      theNetwork(w).group('database').IpPermissions = [tcpTo(5432, '10.200.0.0/16')];
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 61,
        exit: 1,
        log: [
          'HikariPool-1 - Starting...',
          `org.postgresql.util.PSQLException: The connection attempt failed. Caused by: java.net.SocketTimeoutException: connect timed out: ${databaseHost(w)}:5432`,
          'Application run failed',
        ],
      });
    },
    decoys: [workerOutOfMemory, storefrontTargetsIll, oldPullTimeouts, oddSettings, scaryLines],
  }),
  cause('subnet-ip-exhaustion', {
    denied: ['ec2:DescribeSubnets'],
    at: {
      region: 'us-west-2',
      account: '550928811730',
      cluster: 'ingest',
      service: 'consumer',
      net: 29,
      count: 24,
    },
    ill: (w) => {
      for (const zone of zones) theNetwork(w).subnet('private', zone).AvailableIpAddressCount = 0;
      theService(w).desiredCount = 30;
      for (const deployment of theService(w).deployments ?? []) deployment.desiredCount = 30;
      for (let index = 0; index < 5; index++)
        event(
          w,
          200 + index * 190,
          `(service consumer) was unable to place a task. Reason: Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '${theNetwork(w).subnet('private', 'a').SubnetId}': InsufficientFreeAddressesInSubnet.`,
        );
    },
    decoysAt: {
      region: 'eu-west-1',
      account: '671183309245',
      cluster: 'etl',
      service: 'loader',
      net: 83,
      count: 3,
    },
    again: (w) => {
      theNetwork(w).subnet('private', 'c').AvailableIpAddressCount = 0;
      failing(w, {
        code: failedToStart,
        reason: `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '${theNetwork(w).subnet('private', 'c').SubnetId}': InsufficientFreeAddressesInSubnet`,
        zones: ['c'],
        count: 3,
      });
    },
    decoys: [workerShutIn, storefrontWithoutImage, oldOutOfMemory, everydayStops],
  }),
  cause('eni-allocation-failure', {
    againVerdict: 'likely',
    why: 'that one host is sick is seen in who fails, not in a field',
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-east-2',
      account: '390018846621',
      cluster: 'games',
      service: 'lobby',
      net: 17,
      count: 6,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    ill: (w) => {
      // m5.large: three interfaces, one of them the host's own, so two tasks a host; trunking is off.
      w.snapshot.ecs.accountSettings.push({ name: 'awsvpcTrunking', value: 'disabled' });
      theService(w).desiredCount = 9;
      for (const deployment of theService(w).deployments ?? []) deployment.desiredCount = 9;
      for (const zone of zones) {
        const host = theHost(w, zone);
        host.attachments = [0, 1].map((index) => ({
          id: w.hex(`att-${zone}-${index}`, 32),
          type: 'ElasticNetworkInterface',
          status: 'ATTACHED',
          details: [],
        }));
      }
      for (let index = 0; index < 4; index++)
        event(
          w,
          160 + index * 240,
          '(service lobby) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 5f1d0c9b8a7e4d3c) encountered error "RESOURCE:ENI". For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
        );
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '449102837756',
      cluster: 'win',
      service: 'legacy-iis',
      net: 70,
      count: 3,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // Every start on one host fails, the other hosts take tasks.
      const ended = addStopped(w, {
        count: 5,
        zones: ['b'],
        code: failedToStart,
        reason: 'Timeout waiting for network interface provisioning to complete.',
      });
      for (const task of ended) for (const one of task.attachments ?? []) one.status = 'PRECREATED';
      const running = w.snapshot.ecs.tasks.filter(
        (one) => one.lastStatus === 'RUNNING' && one.group === 'service:legacy-iis',
      );
      w.snapshot.ecs.tasks = w.snapshot.ecs.tasks.filter(
        (one) => one !== running.find((task) => task.availabilityZone?.endsWith('b')),
      );
      theService(w).runningCount = 2;
      for (const deployment of theService(w).deployments ?? [])
        Object.assign(deployment, { runningCount: 2, failedTasks: 5 });
    },
    decoys: [storefrontSharesGroup, workerOutOfMemory, oddSettings],
  }),
];

/** A library's own time-out while the network is open: what must not be called unreachable. */
export function clientLibraryTimesOut(w: World): void {
  theContainer(w).environment?.push({ name: 'DB_CONNECT_TIMEOUT_MS', value: '200' });
  theNetwork(w).group('app').IpPermissionsEgress = [everything];
  failingRollOut(w, () => undefined, {
    code: exited,
    reason: essentialExited,
    lived: 9,
    exit: 1,
    log: [
      'pool: acquiring connection',
      `TimeoutError: ResourceRequest timed out after 200 ms (${databaseHost(w)}:5432)`,
    ],
  });
}

/** The database lets the tasks in; their own group has outbound rules for the web and the cache alone. */
export function noWayOutToDatabase(w: World): void {
  theNetwork(w).group('app').IpPermissionsEgress = [
    tcpTo(443, '0.0.0.0/0'),
    {
      IpProtocol: 'tcp',
      FromPort: 6379,
      ToPort: 6379,
      UserIdGroupPairs: [{ GroupId: w.id('sg', 'cache') }],
    },
  ];
  failing(w, { code: exited, reason: essentialExited, lived: 61, exit: 1, log: databaseTimeout(w) });
}
