// Tasks that have waited some minutes for a host of their capacity provider: some of them can never have one, and some only have to wait.

import { found, type World, zones } from './base.ts';
import { resources, theHost } from './base-hosts.ts';
import { changed, type ToldCase } from './case.ts';
import { everydayStops, oldOutOfMemory } from './decoys.ts';
import { noHosts, wants } from './placement.ts';
import { emptyGroup, provisioning } from './told-hosts.ts';
import { primaryOf } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '565612340254',
  cluster: 'weir',
  service: 'sluice',
  net: 153,
  launch: 'EC2',
} as const;

const theGroup = (w: World) => found(w.snapshot.autoscaling.AutoScalingGroups[0], 'group');

/** One task more is wanted than hosts have room for, and waits since then. */
function oneMore(w: World, secondsAgo: number): void {
  wants(w, 4);
  Object.assign(primaryOf(w), { rolloutState: 'COMPLETED' });
  for (const zone of zones) theHost(w, zone).remainingResources = resources(64, 128);
  provisioning(w, 'b', secondsAgo);
}

/** The group has launched a machine that may still be booting. */
function launches(w: World, secondsAgo: number): void {
  const group = theGroup(w);
  const InstanceId = w.id('i', 'new');
  group.DesiredCapacity = 4;
  group.Instances?.push({
    InstanceId,
    AvailabilityZone: `${w.place.region}a`,
    LifecycleState: 'Pending',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
  });
  w.snapshot.autoscaling.Activities.push({
    ActivityId: w.hex('launch', 32),
    AutoScalingGroupName: group.AutoScalingGroupName ?? '',
    Description: `Launching a new EC2 instance: ${InstanceId}`,
    Cause: 'an instance was started in response to a difference between desired and actual capacity',
    StartTime: w.ago(secondsAgo),
    StatusCode: 'InProgress',
  });
}

export const toldWaiting: readonly ToldCase[] = [
  {
    name: 'tasks that have waited nine minutes while machines run that never joined',
    class: 'instance-registration-failed',
    verdicts: ['proven'],
    says: (w) => [w.id('i', 'a'), w.id('i', 'b'), w.id('i', 'c')],
    never: [/instance profile/],
    neverClass: ['healthy'],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          for (const zone of zones) provisioning(w, zone, 540);
        },
        everydayStops,
      ]),
  },
  {
    name: 'tasks that have waited nine minutes while machines run without an instance profile',
    class: 'instance-registration-failed',
    verdicts: ['proven'],
    says: (w) => [w.id('i', 'b'), /have no instance profile, so the agent has no role to register with/],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          for (const machine of w.snapshot.ec2.Instances) delete machine.IamInstanceProfile;
          for (const zone of zones) provisioning(w, zone, 540);
        },
      ]),
  },
  {
    name: 'tasks that have waited seven minutes for a group that may have none',
    class: 'asg-capacity-failure',
    verdicts: ['proven'],
    says: () => [/its maximum is 0/],
    neverClass: ['healthy'],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          emptyGroup(w);
          Object.assign(theGroup(w), { MinSize: 0, MaxSize: 0 });
          for (const zone of zones) provisioning(w, zone, 420);
        },
      ]),
  },
  {
    name: 'a scale-out that has waited six minutes beside a group at its maximum',
    class: 'asg-capacity-failure',
    verdicts: ['proven'],
    says: () => [/It holds 3 instances and its maximum is 3/],
    never: [/deployment/],
    neverClass: ['healthy'],
    account: () =>
      changed(at, [
        (w) => {
          theGroup(w).MaxSize = 3;
          oneMore(w, 360);
        },
        oldOutOfMemory,
      ]),
  },
  {
    name: 'a scale-out that has waited a minute',
    class: 'healthy',
    verdicts: ['likely'],
    says: () => [/starts more tasks: 3 of 4 tasks are running/, /look again/],
    never: [/in progress/, /being deployed/, /Nothing has to be done/],
    account: () => changed(at, [(w) => oneMore(w, 60)]),
  },
  {
    name: 'a scale-out for which the group launches a machine',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: () => [/weir-ecs-hosts launched an instance less than five minutes ago: look again/],
    neverClass: ['asg-capacity-failure', 'instance-registration-failed'],
    account: () =>
      changed(at, [
        (w) => {
          oneMore(w, 380);
          launches(w, 70);
        },
      ]),
  },
];
