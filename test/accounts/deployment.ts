// Deployment causes in the state of the service: settings that leave no room, attachments to the load balancer.

import type { World } from './base.ts';
import { cause } from './case.ts';
import {
  everydayStops,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  workerOutOfMemory,
} from './decoys.ts';
import { event, rollOut } from './incident.ts';
import { addRunning } from './tasks.ts';
import { targetGroupArn, type theDefinition, theService } from './workload.ts';

const newTag = (w: World) => (definition: ReturnType<typeof theDefinition>) => {
  const [first] = definition.containerDefinitions ?? [];
  if (first !== undefined)
    first.image = `${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com/${w.place.service}:2.13.4`;
};

export const deployment = [
  cause('deployment-settings', {
    denied: ['ecs:DescribeServices'],
    at: {
      region: 'us-east-1',
      account: '364410017799',
      cluster: 'single',
      service: 'cron-ui',
      net: 6,
      count: 1,
    },
    ill: (w) => {
      Object.assign(theService(w).deploymentConfiguration ?? {}, {
        minimumHealthyPercent: 100,
        maximumPercent: 100,
      });
      rollOut(w, newTag(w), { ago: 4_000 });
      for (const secondsAgo of [300, 3_900])
        event(
          w,
          secondsAgo,
          '(service cron-ui) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
        );
    },
    decoysAt: {
      region: 'eu-west-1',
      account: '877730028896',
      cluster: 'trio',
      service: 'search',
      net: 108,
      count: 3,
    },
    again: (w) => {
      // floor(3 x 120 %) = 3 and ceil(3 x 90 %) = 3: neither one more nor one less is allowed. Nothing says so.
      Object.assign(theService(w).deploymentConfiguration ?? {}, {
        minimumHealthyPercent: 90,
        maximumPercent: 120,
      });
      rollOut(w, newTag(w), { ago: 6_000 });
    },
    decoys: [workerOutOfMemory, storefrontTargetsIll, oldOutOfMemory, oldPullTimeouts],
  }),
  cause('lb-attachment-invalid', {
    denied: ['elasticloadbalancing:DescribeTargetGroups'],
    at: { region: 'us-east-2', account: '615550017788', cluster: 'orphans', service: 'api', net: 7 },
    ill: (w) => {
      // Somebody deleted the target group; new tasks start, cannot be registered and are never counted as healthy.
      const arn = targetGroupArn(w);
      const { elbv2 } = w.snapshot;
      elbv2.TargetGroups = elbv2.TargetGroups.filter((one) => one.TargetGroupArn !== arn);
      elbv2.Listeners = elbv2.Listeners.filter((one) => one.DefaultActions?.[0]?.TargetGroupArn !== arn);
      delete elbv2.TargetHealth[arn];
      rollOut(w, newTag(w), { ago: 2_400 });
      addRunning(w, { revision: 42, startedAgo: 2_200 });
      for (const secondsAgo of [200, 2_100])
        event(
          w,
          secondsAgo,
          `(service api) failed to register targets in (target-group ${arn}) with (error One or more target groups not found)`,
        );
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '402260028833',
      cluster: 'split',
      service: 'cart',
      net: 104,
    },
    again: (w) => {
      // The listener forwards elsewhere since yesterday: nothing sends requests to the target group, and no target is checked.
      const arn = targetGroupArn(w);
      const { elbv2 } = w.snapshot;
      elbv2.Listeners = elbv2.Listeners.filter((one) => one.DefaultActions?.[0]?.TargetGroupArn !== arn);
      for (const one of elbv2.TargetGroups) if (one.TargetGroupArn === arn) one.LoadBalancerArns = [];
      for (const target of elbv2.TargetHealth[arn] ?? [])
        target.TargetHealth = {
          State: 'unused',
          Reason: 'Target.NotInUse',
          Description: 'Target group is not configured to receive traffic from the load balancer',
        };
    },
    decoys: [workerOutOfMemory, storefrontTargetsIll, scaryLines, everydayStops],
  }),
];
