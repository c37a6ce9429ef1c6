// Desired counts that two write: a pipeline and a scaling policy.

import type { World } from './base.ts';
import { cause } from './case.ts';
import { deadRouteElsewhere, storefrontTargetsIll, workerOutOfMemory } from './decoys.ts';
import { event } from './incident.ts';
import { trail } from './trail.ts';

export const deploymentScaling = [
  cause('autoscaling-conflict', {
    verdict: 'likely',
    why: 'two writers are visible, their intentions are not',
    denied: ['cloudtrail:LookupEvents'],
    at: {
      region: 'us-west-2',
      account: '512240017711',
      cluster: 'surge',
      service: 'tickets',
      net: 59,
      count: 2,
    },
    ill: (w) => foughtOver(w, 2, 8),
    decoysAt: {
      region: 'eu-west-2',
      account: '941130028877',
      cluster: 'promo',
      service: 'coupons',
      net: 111,
      count: 3,
    },
    again: (w) => foughtOver(w, 3, 11),
    decoys: [workerOutOfMemory, storefrontTargetsIll, deadRouteElsewhere],
  }),
];

/** A pipeline writes the desired count at every deployment; scaling puts it back a few minutes later. */
function foughtOver(w: World, low: number, high: number): void {
  const { cluster, service } = w.place;
  const ResourceId = `service/${cluster}/${service}`;
  const scaling = w.snapshot.applicationAutoscaling;
  scaling.ScalableTargets.push({
    ServiceNamespace: 'ecs',
    ResourceId,
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 2,
    MaxCapacity: 12,
    RoleARN: w.role(
      'aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
    ),
    CreationTime: w.ago(900_000),
  });
  scaling.ScalingPolicies.push({
    PolicyName: 'cpu-60',
    PolicyARN: w.arn('autoscaling', 'scalingPolicy:1:resource/ecs:policyName/cpu-60'),
    ServiceNamespace: 'ecs',
    ResourceId,
    ScalableDimension: 'ecs:service:DesiredCount',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
    CreationTime: w.ago(900_000),
  });
  for (const secondsAgo of [700, 2_600, 4_500]) {
    scaling.ScalingActivities.push({
      ActivityId: w.hex(`scaling-${secondsAgo}`, 32),
      ServiceNamespace: 'ecs',
      ResourceId,
      ScalableDimension: 'ecs:service:DesiredCount',
      Description: `Setting desired count to ${high}.`,
      Cause: 'monitor alarm TargetTracking-AlarmHigh in state ALARM triggered policy cpu-60',
      StartTime: w.ago(secondsAgo),
      EndTime: w.ago(secondsAgo - 40),
      StatusCode: 'Successful',
      StatusMessage: `Successfully set desired count to ${high}. Change successfully fulfilled by ecs.`,
    });
    trail(w, secondsAgo - 500, 'UpdateService', {
      request: { cluster, service, desiredCount: low, forceNewDeployment: true },
    });
  }
  event(
    w,
    190,
    `(service ${service}) has stopped ${high - low} running tasks: (task ${w.hex('surplus', 32)}).`,
  );
}
