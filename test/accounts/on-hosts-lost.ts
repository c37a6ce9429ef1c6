// Hosts that ECS has lost because they cannot reach it: their agents are not connected, or never registered.

import type { World } from './base.ts';
import { tcpFrom, tcpTo, theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  scaryLines,
  workerOutOfMemory,
} from './decoys.ts';
import { addInterfaceEndpoint, isolate } from './endpoints.ts';
import { hostsIn, withoutBalancer } from './host-places.ts';
import { agentsGone, noHosts, repeat, unplaced } from './placement.ts';

const kind = 'for want of a way';

/** Endpoints of everything the tasks and the agents need. */
function closedSubnets(w: World): void {
  isolate(w);
  for (const name of ['ecs', 'ecs-agent', 'ecs-telemetry']) addInterfaceEndpoint(w, name);
}

/** Machines of the group run and none of them is registered. */
function neverJoined(w: World, where: 'cluster' | 'capacity provider'): void {
  noHosts(w);
  repeat(w, unplaced(w, `Reason: No Container Instances were found in your ${where}.`));
}

export const onHostsLost = [
  cause('agent-disconnected', {
    kind,
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-west-2',
      account: '524430017321',
      cluster: 'mill',
      service: 'grinder',
      net: 141,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      theNetwork(w).group('hosts').IpPermissionsEgress = [tcpTo(5432, '10.141.0.0/16')];
      agentsGone(w, ['a', 'b', 'c']);
    },
    decoysAt: {
      region: 'eu-west-2',
      account: '701120028322',
      cluster: 'bench',
      service: 'samples',
      net: 142,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // The endpoints let the tasks in and not the hosts.
      closedSubnets(w);
      theNetwork(w).group('endpoints').IpPermissions = [
        tcpFrom(443, w.id('sg', 'app'), w.id('sg', 'worker')),
      ];
      agentsGone(w, ['a', 'b', 'c']);
    },
    decoys: [oldOutOfMemory, clumsyPeople, scaryLines],
  }),
  cause('instance-registration-failed', {
    kind,
    denied: ['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances'],
    at: {
      region: 'us-east-2',
      account: '730010029323',
      cluster: 'cyan',
      service: 'ui',
      net: 143,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      hostsIn(w, 'data');
      neverJoined(w, 'cluster');
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '382220017324',
      cluster: 'plum',
      service: 'ui',
      net: 144,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      isolate(w);
      for (const name of ['ecs', 'ecs-telemetry']) addInterfaceEndpoint(w, name);
      neverJoined(w, 'capacity provider');
    },
    decoys: [oldOutOfMemory, oddSettings, everydayStops, workerOutOfMemory],
  }),
];
