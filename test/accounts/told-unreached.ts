// Tasks that run as they should and that the load balancer sends nothing to.

import { found, type World } from './base.ts';
import { changed, type HealthyCase, type ToldCase } from './case.ts';
import { addRunning, noneRuns } from './tasks.ts';
import { trail } from './trail.ts';
import { targetGroupArn, theService } from './workload.ts';

const at = {
  region: 'eu-west-2',
  account: '717100012123',
  cluster: 'quay',
  service: 'ferry',
  net: 172,
} as const;

export const toldUnreached: readonly ToldCase[] = [
  {
    name: 'one task of three in a zone that the load balancer was not given',
    class: 'lb-attachment-invalid',
    verdicts: ['proven'],
    says: (w) => [balancerOf(w).LoadBalancerArn, /zone/],
    account: () =>
      changed(at, [
        (w) => {
          const balancer = balancerOf(w);
          balancer.AvailabilityZones = (balancer.AvailabilityZones ?? []).filter(
            ({ ZoneName }) => !ZoneName?.endsWith('c'),
          );
          for (const one of targetsOf(w))
            if (one.Target?.AvailabilityZone?.endsWith('c'))
              one.TargetHealth = {
                State: 'unused',
                Reason: 'Target.NotInUse',
                Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
              };
        },
      ]),
  },
  {
    name: 'a target group that somebody emptied while the tasks run on',
    class: 'lb-attachment-invalid',
    verdicts: ['proven'],
    says: (w) => [targetGroupArn(w), /nightly-cleanup called DeregisterTargets/],
    account: () => changed(at, [emptied, (w) => takenOut(w, targetGroupArn(w))]),
  },
  {
    name: 'a target group without targets, beside records of another group that was emptied',
    class: 'lb-attachment-invalid',
    verdicts: ['proven'],
    never: [/nightly-cleanup/],
    account: () => changed(at, [emptied, (w) => takenOut(w, targetGroupArn(w, 'storefront'))]),
  },
  {
    name: 'a service that is being deleted, whose last targets leave',
    class: 'service-lifecycle-conflict',
    verdicts: ['likely', 'proven'],
    never: [/none gets requests/],
    account: () =>
      changed(at, [
        (w) => {
          Object.assign(theService(w), { status: 'DRAINING', desiredCount: 0 });
          leaving(w);
        },
      ]),
  },
  {
    name: 'a target group that may not be looked into',
    class: 'healthy',
    verdicts: ['likely'],
    missing: 'elasticloadbalancing:DescribeTargetHealth',
    account: () =>
      changed(at, [emptied, (w) => w.snapshot.denied.push('elasticloadbalancing:DescribeTargetHealth')]),
  },
];

export const reached: readonly HealthyCase[] = [
  {
    name: 'tasks that started a minute ago and are not registered yet',
    account: () =>
      changed(at, [
        (w) => {
          noneRuns(w);
          for (const zone of ['a', 'b', 'c'] as const) addRunning(w, { zone, startedAgo: 45 });
          emptied(w);
        },
      ]),
  },
  {
    name: 'tasks that leave because none is meant to run any more',
    account: () =>
      changed(at, [
        (w) => {
          theService(w).desiredCount = 0;
          leaving(w);
        },
      ]),
  },
  {
    name: 'a group that is empty because the deployments change sides between two',
    account: () =>
      changed(at, [
        (w) => {
          const [attached] = theService(w).loadBalancers ?? [];
          if (attached !== undefined)
            attached.advancedConfiguration = {
              alternateTargetGroupArn: targetGroupArn(w, 'storefront'),
              productionListenerRule: w.arn('elasticloadbalancing', 'listener-rule/app/front/1/2/3'),
              roleArn: w.role('ecs-blue-green'),
            };
          emptied(w);
        },
      ]),
  },
];

function balancerOf(w: World) {
  return found(w.snapshot.elbv2.LoadBalancers[0], 'load balancer');
}

function targetsOf(w: World) {
  return w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] ?? [];
}

function leaving(w: World): void {
  for (const one of targetsOf(w))
    one.TargetHealth = { State: 'draining', Reason: 'Target.DeregistrationInProgress' };
}

function emptied(w: World): void {
  w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] = [];
}

function takenOut(w: World, group: string): void {
  trail(w, 1_500, 'DeregisterTargets', {
    user: 'nightly-cleanup',
    source: 'elasticloadbalancing.amazonaws.com',
    request: { targetGroupArn: group },
  });
  for (const event of w.snapshot.cloudtrail.events) event.Username = 'nightly-cleanup';
}
