// Placement causes on EC2: what does not fit, which hosts are missing or out of reach.

import { type World, zones } from './base.ts';
import { resources, theHost } from './base-hosts.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  storefrontWithoutImage,
  workerOutOfMemory,
} from './decoys.ts';
import { event, rollOut } from './incident.ts';
import { noneRuns } from './tasks.ts';
import { primaryOf, theContainer, theDefinition, theService } from './workload.ts';

/** AWS's words for a task that found no host. */
export const unplaced = (w: World, why: string) =>
  `(service ${w.place.service}) was unable to place a task because no container instance met all of its requirements. ${why} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;

/** The same event, again and again. */
export function repeat(w: World, message: string): void {
  for (const secondsAgo of [110, 420, 1_300]) event(w, secondsAgo, message);
}

export function wants(w: World, desired: number): void {
  theService(w).desiredCount = desired;
  primaryOf(w).desiredCount = desired;
}

/** All hosts left the cluster, with what ran on them. */
export function noHosts(w: World): void {
  const { ecs } = w.snapshot;
  ecs.containerInstances = [];
  for (const service of ecs.services) noneRuns(w, service.serviceName);
}

export const closest = (zone: string) => `The closest matching (container-instance ${zone}9d1c7e0b4f35a68)`;

export const placement = [
  cause('insufficient-cluster-resources', {
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-east-1',
      account: '417730028836',
      cluster: 'dv-prod',
      service: 'manager',
      net: 20,
      launch: 'EC2',
    },
    ill: (w) => {
      wants(w, 9);
      for (const zone of zones) theHost(w, zone).remainingResources = resources(900, 310);
      repeat(w, unplaced(w, `${closest('e')} has insufficient memory available.`));
    },
    decoysAt: {
      region: 'eu-west-1',
      account: '550030017729',
      cluster: 'one',
      service: 'api',
      net: 57,
      launch: 'EC2',
      count: 2,
    },
    again: (w) => {
      // A rolling update that cannot put the new task beside the old one.
      rollOut(w, (definition) => Object.assign(definition.containerDefinitions?.[0] ?? {}, { cpu: 1_024 }));
      for (const zone of zones) theHost(w, zone).remainingResources = resources(512, 5_000);
      repeat(w, unplaced(w, `${closest('a')} has insufficient CPU units available.`));
    },
    decoys: [storefrontTargetsIll, oldOutOfMemory, oddSettings, clumsyPeople],
  }),
  cause('host-port-conflict', {
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-west-1',
      account: '269910038845',
      cluster: 'static',
      service: 'nginx',
      net: 22,
      launch: 'EC2',
      port: 80,
    },
    ill: (w) => fixedPort(w, 80),
    decoysAt: {
      region: 'ap-southeast-1',
      account: '613340027798',
      cluster: 'agents',
      service: 'statsd',
      net: 69,
      launch: 'EC2',
      port: 8125,
    },
    again: (w) => fixedPort(w, 8_125),
    decoys: [workerOutOfMemory, storefrontWithoutImage, oldOutOfMemory, scaryLines],
  }),
  cause('instance-registration-failed', {
    denied: ['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances'],
    at: {
      region: 'us-east-2',
      account: '730010029954',
      cluster: 'blue',
      service: 'ui',
      net: 49,
      launch: 'EC2',
    },
    ill: (w) => {
      noHosts(w);
      repeat(w, unplaced(w, 'Reason: No Container Instances were found in your cluster.'));
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '382220017757',
      cluster: 'green',
      service: 'ui',
      net: 75,
      launch: 'EC2',
    },
    again: (w) => {
      noHosts(w);
      repeat(w, unplaced(w, 'Reason: No Container Instances were found in your capacity provider.'));
    },
    decoys: [oldOutOfMemory, oddSettings, clumsyPeople],
  }),
  cause('asg-capacity-failure', {
    denied: ['autoscaling:DescribeScalingActivities', 'autoscaling:DescribeAutoScalingGroups'],
    at: {
      region: 'us-east-1',
      account: '845510038823',
      cluster: 'gpu',
      service: 'trainer',
      net: 40,
      launch: 'EC2',
      count: 2,
    },
    ill: (w) => {
      cannotLaunch(
        w,
        'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.',
      );
    },
    decoysAt: {
      region: 'eu-north-1',
      account: '196640029912',
      cluster: 'batchy',
      service: 'cruncher',
      net: 92,
      launch: 'EC2',
      count: 4,
    },
    again: (w) => {
      cannotLaunch(
        w,
        'We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-north-1a). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.',
      );
    },
    decoys: [oldPullTimeouts, oddSettings, deadRouteElsewhere],
  }),
  cause('agent-disconnected', {
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-west-2',
      account: '524430017768',
      cluster: 'farm',
      service: 'render',
      net: 30,
      launch: 'EC2',
    },
    ill: (w) => agentsGone(w, ['a', 'b', 'c']),
    decoysAt: {
      region: 'eu-west-2',
      account: '701120028835',
      cluster: 'lab',
      service: 'assays',
      net: 64,
      launch: 'EC2',
    },
    again: (w) => {
      agentsGone(w, ['a', 'b']);
      theHost(w, 'c').remainingResources = resources(128, 200);
    },
    decoys: [oldOutOfMemory, clumsyPeople, scaryLines],
  }),
  cause('placement-constraint-unmet', {
    denied: ['ecs:DescribeContainerInstances'],
    at: {
      region: 'us-east-1',
      account: '338810029921',
      cluster: 'vols',
      service: 'indexer',
      net: 42,
      launch: 'EC2',
    },
    ill: (w) => {
      theDefinition(w).requiresAttributes?.push({ name: 'ecs.capability.docker-plugin.rexray/ebs' });
      rollOut(w, () => undefined);
      repeat(w, unplaced(w, `${closest('0')} is missing an attribute required by your task.`));
    },
    decoysAt: {
      region: 'ap-south-1',
      account: '927740017734',
      cluster: 'tiers',
      service: 'billing',
      net: 71,
      launch: 'EC2',
    },
    again: (w) => {
      theService(w).placementConstraints = [{ type: 'memberOf', expression: 'attribute:tier == premium' }];
      wants(w, 5);
      repeat(
        w,
        unplaced(w, `${closest('c')} encountered error "MemberOf placement constraint unsatisfied.".`),
      );
    },
    decoys: [workerOutOfMemory, storefrontTargetsIll, everydayStops],
  }),
];

/** As many hosts as tasks, each with the port taken, and a rollout that needs one more. */
function fixedPort(w: World, port: number): void {
  Object.assign(theContainer(w).portMappings?.[0] ?? {}, { hostPort: port });
  for (const task of w.snapshot.ecs.tasks)
    if (task.group === `service:${w.place.service}`)
      for (const container of task.containers ?? [])
        for (const binding of container.networkBindings ?? []) binding.hostPort = port;
  rollOut(w, (definition) =>
    Object.assign(definition.containerDefinitions?.[0] ?? {}, { image: 'nginx:1.27.1' }),
  );
  for (const zone of zones) theHost(w, zone).remainingResources = resources(1_024, 4_700, [port]);
  repeat(w, unplaced(w, `${closest('b')} is already using a port required by your task.`));
}

function cannotLaunch(w: World, StatusMessage: string): void {
  noHosts(w);
  w.snapshot.ec2.Instances = [];
  const [group] = w.snapshot.autoscaling.AutoScalingGroups;
  if (group === undefined) return;
  Object.assign(group, { Instances: [], DesiredCapacity: 2 });
  for (const secondsAgo of [150, 460, 1_100])
    w.snapshot.autoscaling.Activities.push({
      ActivityId: w.hex(`activity-${secondsAgo}`, 32),
      AutoScalingGroupName: group.AutoScalingGroupName,
      Description: `Launching a new EC2 instance.  Status Reason: ${StatusMessage}`,
      Cause: `At ${w.ago(secondsAgo + 4)} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2.`,
      StartTime: w.ago(secondsAgo),
      EndTime: w.ago(secondsAgo - 1),
      StatusCode: 'Failed',
      StatusMessage,
      Progress: 100,
    });
  repeat(w, unplaced(w, 'Reason: No Container Instances were found in your capacity provider.'));
}

export function agentsGone(w: World, hosts: readonly (typeof zones)[number][]): void {
  for (const zone of hosts) theHost(w, zone).agentConnected = false;
  wants(w, 6);
  repeat(w, unplaced(w, `${closest('d')} encountered error "AGENT".`));
}
