// Placement causes on the side of AWS: Fargate capacity and quotas, throttled calls, hosts and Spot capacity taken back.

import type { World } from './base.ts';
import { subnetId } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { event } from './incident.ts';
import { addRunning, addStopped } from './tasks.ts';
import { primaryOf, targetGroupArn, theService } from './workload.ts';

function wants(w: World, desired: number): void {
  theService(w).desiredCount = desired;
  primaryOf(w).desiredCount = desired;
}

function cannotPlace(w: World, reason: string): void {
  for (const secondsAgo of [95, 380, 990])
    event(w, secondsAgo, `(service ${w.place.service}) was unable to place a task. Reason: ${reason}`);
}

const guide = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

export const placementLimits = [
  cause('fargate-capacity-unavailable', {
    verdict: 'likely',
    why: 'the free capacity of AWS is in no API; the event is all there is',
    denied: ['ecs:DescribeServices'],
    at: {
      region: 'ap-south-1',
      account: '429930017775',
      cluster: 'solo',
      service: 'quiz',
      net: 76,
      count: 2,
    },
    ill: (w) => {
      Object.assign(theService(w).networkConfiguration?.awsvpcConfiguration ?? {}, {
        subnets: [subnetId(w, 'private', 'a')],
      });
      wants(w, 6);
      cannotPlace(
        w,
        'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      );
    },
    decoysAt: {
      region: 'us-west-1',
      account: '866610038814',
      cluster: 'arm',
      service: 'feed',
      net: 98,
      count: 3,
    },
    again: (w) => {
      wants(w, 12);
      cannotPlace(
        w,
        `Capacity is unavailable at this time. Please try again later or in a different availability zone. ${guide}`,
      );
    },
    decoys: [workerShutIn, storefrontWithoutImage, oddSettings, oldPullTimeouts],
  }),
  cause('fargate-quota', {
    denied: ['servicequotas:*'],
    at: {
      region: 'us-east-1',
      account: '702230029945',
      cluster: 'fresh',
      service: 'hello',
      net: 11,
      count: 4,
    },
    ill: (w) => {
      wants(w, 12);
      for (const quota of w.snapshot.servicequotas.quotas) Object.assign(quota, { Value: 6, usage: 6 });
      cannotPlace(w, `You've reached the limit on the number of vCPUs you can run concurrently. ${guide}`);
    },
    decoysAt: {
      region: 'eu-west-2',
      account: '155540038866',
      cluster: 'spotty',
      service: 'crawler',
      net: 87,
      count: 3,
    },
    again: (w) => {
      wants(w, 40);
      w.snapshot.servicequotas.quotas.push({
        ServiceCode: 'fargate',
        QuotaCode: 'L-36FBB829',
        QuotaName: 'Fargate Spot vCPU resource count',
        Value: 6,
        usage: 6,
      });
      theService(w).capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
      delete theService(w).launchType;
      cannotPlace(
        w,
        `You've reached the limit on the number of spot tasks you can run concurrently. ${guide}`,
      );
    },
    decoys: [workerOutOfMemory, deadRouteElsewhere, scaryLines],
  }),
  cause('api-throttling', {
    verdict: 'likely',
    why: 'rates of calls are not in the state',
    denied: ['ecs:DescribeServices'],
    at: {
      region: 'us-east-1',
      account: '934410017788',
      cluster: 'scale',
      service: 'fanout',
      net: 80,
      count: 20,
    },
    ill: (w) => {
      wants(w, 60);
      for (const secondsAgo of [60, 200, 700])
        event(w, secondsAgo, '(service fanout) operations are being throttled. Will try again later.');
    },
    decoysAt: {
      region: 'eu-west-1',
      account: '267710029934',
      cluster: 'jobs',
      service: 'runner',
      net: 101,
      count: 8,
    },
    again: (w) => {
      wants(w, 30);
      for (const secondsAgo of [90, 300])
        event(
          w,
          secondsAgo,
          `(service runner) operations on subnet ${subnetId(w, 'private', 'a')} are being throttled. Will try again later.`,
        );
      addStopped(w, {
        count: 3,
        code: 'TaskFailedToStart',
        reason:
          'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet: RequestLimitExceeded: Request limit exceeded.',
      });
    },
    decoys: [workerShutIn, oldOutOfMemory, clumsyPeople],
  }),
  cause('infrastructure-interruption', {
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-west-2',
      account: '481120038877',
      cluster: 'cheap',
      service: 'thumbs',
      net: 85,
      count: 6,
    },
    ill: (w) => {
      Object.assign(theService(w), {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
      });
      interrupted(w, 'SpotInterruption', 'Your Spot Task was interrupted.');
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '596630017743',
      cluster: 'spot-hosts',
      service: 'encoder',
      net: 100,
      count: 6,
      launch: 'EC2',
    },
    again: (w) => {
      interrupted(w, 'TerminationNotice', `Host EC2 (instance ${w.id('i', 'b')}) terminated.`);
      hostGone(w);
    },
    decoys: [workerOutOfMemory, storefrontTargetsIll, oldOutOfMemory, oddSettings],
  }),
];

/** Half the tasks were taken away a moment ago; the first replacement runs. */
function interrupted(w: World, code: 'SpotInterruption' | 'TerminationNotice', reason: string): void {
  const { ecs, elbv2 } = w.snapshot;
  const running = ecs.tasks.filter(
    (one) => one.group === `service:${w.place.service}` && one.lastStatus === 'RUNNING',
  );
  const taken =
    code === 'SpotInterruption'
      ? running.slice(0, 3)
      : running.filter((one) => one.availabilityZone?.endsWith('b'));
  ecs.tasks = ecs.tasks.filter((one) => !taken.includes(one));
  const list = elbv2.TargetHealth[targetGroupArn(w)] ?? [];
  list.splice(0, taken.length);
  theService(w).runningCount = running.length - taken.length;
  primaryOf(w).runningCount = running.length - taken.length;
  addStopped(w, {
    count: taken.length,
    zones: code === 'SpotInterruption' ? ['a', 'b', 'c'] : ['b'],
    last: 100,
    every: 4,
    code,
    reason,
    lived: 30_000,
    stopping: 30,
    exit: 143,
  });
  addRunning(w, { zone: 'c', startedAgo: 20 });
  event(w, 60, `(service ${w.place.service}) has started 1 tasks: (task ${w.hex('replacement', 32)}).`);
}

/** The instance in zone b is gone from EC2, from its group and from the cluster. */
function hostGone(w: World): void {
  const { autoscaling, ec2, ecs } = w.snapshot;
  const id = w.id('i', 'b');
  for (const one of ec2.Instances)
    if (one.InstanceId === id)
      Object.assign(one, {
        State: { Code: 48, Name: 'terminated' },
        StateTransitionReason: 'Service initiated (2026-05-12 14:17:31 GMT)',
        StateReason: {
          Code: 'Server.SpotInstanceTermination',
          Message: 'Server.SpotInstanceTermination: Spot instance termination',
        },
      });
  ecs.containerInstances = ecs.containerInstances.filter((one) => one.ec2InstanceId !== id);
  for (const group of autoscaling.AutoScalingGroups)
    group.Instances = (group.Instances ?? []).filter((one) => one.InstanceId !== id);
}
