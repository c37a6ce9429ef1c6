// Desired counts that somebody asked for and that scaling did not let stand, and counts of zero that are meant.

import type { World } from './base.ts';
import { changed, type HealthyCase, type ToldCase } from './case.ts';
import { noneRuns } from './tasks.ts';
import { trail } from './trail.ts';
import { primaryOf, theService } from './workload.ts';

const at = {
  region: 'eu-north-1',
  account: '818200034343',
  cluster: 'mint',
  service: 'stamps',
  net: 173,
} as const;

const zero = (w: World) => {
  noneRuns(w);
  theService(w).desiredCount = 0;
  primaryOf(w).desiredCount = 0;
};

export const toldScaling: readonly ToldCase[] = [
  {
    name: 'tasks that somebody asked for where scaling allows none',
    class: 'autoscaling-conflict',
    verdicts: ['proven'],
    says: () => [/GitHubActions asked for 4 tasks, and scaling allows only 0/],
    fix: 'application_autoscaling_register_scalable_target',
    asks: '"max_capacity":4',
    account: () =>
      changed(at, [zero, (w) => asked(w, 3_000, 4), (w) => bounds(w, 0, 0), (w) => settled(w, 2_940, 0)]),
  },
  {
    name: 'more tasks than scaling allows, asked for twice',
    class: 'autoscaling-conflict',
    verdicts: ['proven'],
    says: () => [/GitHubActions asked for 9 tasks, and scaling allows 1 to 3/],
    account: () =>
      changed(at, [
        (w) => bounds(w, 1, 3),
        (w) => {
          for (const ago of [2_400, 5_400]) {
            asked(w, ago, 9);
            settled(w, ago - 60, 3);
          }
        },
      ]),
  },
  {
    name: 'a pipeline that asks for few tasks each time after scaling had raised them, all within what is allowed',
    class: 'autoscaling-conflict',
    verdicts: ['proven'],
    says: () => [/GitHubActions set it to 2/],
    fix: null,
    account: () =>
      changed(at, [
        (w) => bounds(w, 2, 12),
        (w) => {
          for (const [ago, count] of [
            [240, 7],
            [4_140, 8],
          ] as const) {
            asked(w, ago, 2);
            settled(w, ago + 1_560, count);
          }
        },
      ]),
  },
  {
    name: 'no tasks, though somebody asked for some and nothing shows who took it back',
    class: 'healthy',
    verdicts: ['likely'],
    says: () => [/GitHubActions asked for 4 tasks/],
    never: [/none is meant/],
    account: () => changed(at, [zero, (w) => asked(w, 3_000, 4)]),
  },
  {
    name: 'no tasks, though somebody asked for some, and scaling may not be read',
    class: 'healthy',
    verdicts: ['likely'],
    missing: 'application-autoscaling:DescribeScalableTargets',
    account: () =>
      changed(at, [
        zero,
        (w) => asked(w, 3_000, 4),
        (w) => bounds(w, 0, 0),
        (w) => w.snapshot.denied.push('application-autoscaling:DescribeScalableTargets'),
      ]),
  },
];

/** All of these are sure: nothing runs, and that is meant. */
export const toldZero: readonly ToldCase[] = [
  {
    name: 'no tasks since somebody asked for none, after asking for some',
    class: 'healthy',
    verdicts: ['proven'],
    account: () => changed(at, [zero, (w) => asked(w, 9_000, 4), (w) => asked(w, 3_000, 0)]),
  },
  {
    name: 'no tasks since scaling found nothing to do, after somebody asked for some',
    class: 'healthy',
    verdicts: ['proven'],
    account: () =>
      changed(at, [zero, (w) => asked(w, 9_000, 4), (w) => bounds(w, 0, 8), (w) => settled(w, 2_000, 0)]),
  },
];

export const scaledWell: readonly HealthyCase[] = [
  {
    name: 'fewer tasks than somebody asked for, since scaling let some go',
    account: () =>
      changed(at, [(w) => bounds(w, 2, 8), (w) => asked(w, 5_000, 6), (w) => settled(w, 2_000, 3)]),
  },
];

function asked(w: World, secondsAgo: number, desiredCount: number): void {
  const { cluster, service } = w.place;
  trail(w, secondsAgo, 'UpdateService', { request: { cluster, service, desiredCount } });
}

const about = (w: World) =>
  ({
    ServiceNamespace: 'ecs',
    ResourceId: `service/${w.place.cluster}/${w.place.service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  }) as const;

function bounds(w: World, MinCapacity: number, MaxCapacity: number): void {
  w.snapshot.applicationAutoscaling.ScalableTargets.push({
    ...about(w),
    MinCapacity,
    MaxCapacity,
    RoleARN: w.role('scaling'),
    CreationTime: w.ago(900_000),
  });
}

function settled(w: World, secondsAgo: number, count: number): void {
  w.snapshot.applicationAutoscaling.ScalingActivities.push({
    ...about(w),
    ActivityId: w.hex(`settled-${secondsAgo}`, 32),
    Description: `Setting desired count to ${count}.`,
    Cause: 'the count was outside of what is allowed',
    StartTime: w.ago(secondsAgo),
    EndTime: w.ago(secondsAgo - 30),
    StatusCode: 'Successful',
    StatusMessage: `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`,
  });
}
