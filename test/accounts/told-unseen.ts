// What is said where a read was refused, and what is named as missing where none was.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { event, rollOut } from './incident.ts';
import { wants } from './placement.ts';
import { addRunning } from './tasks.ts';
import { trail } from './trail.ts';
import { primaryOf } from './workload.ts';

const at = {
  region: 'us-west-2',
  account: '626200045454',
  cluster: 'veil',
  service: 'mirror',
  net: 174,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

export const toldUnseen: readonly ToldCase[] = [
  {
    name: 'failures that only the events tell, since tasks may not be described',
    class: 'unknown',
    verdicts: ['unknown'],
    missing: 'ecs:DescribeTasks',
    says: () => [/failed container health checks/],
    account: () => changed(at, [failuresInEvents, (w) => w.snapshot.denied.push('ecs:DescribeTasks')]),
  },
  {
    name: 'a quiet service whose tasks may not be described',
    class: 'healthy',
    verdicts: ['likely'],
    missing: 'ecs:DescribeTasks',
    account: () => changed(at, [(w) => w.snapshot.denied.push('ecs:DescribeTasks')]),
  },
  {
    name: 'tasks that wait, of which none may be listed',
    class: 'unknown',
    verdicts: ['unknown'],
    missing: 'ecs:ListTasks',
    never: [/no task has failed/],
    account: () => changed(at, [(w) => wants(w, 5), waiting, (w) => w.snapshot.denied.push('ecs:ListTasks')]),
  },
  {
    name: 'a deployment that moves, of which no task may be listed',
    class: 'healthy',
    verdicts: ['likely'],
    missing: 'ecs:ListTasks',
    never: [/no task has failed/],
    account: () =>
      changed(at, [
        (w) => rollOut(w, () => {}, { ago: 200 }),
        (w) => w.snapshot.denied.push('ecs:ListTasks'),
      ]),
  },
  {
    name: 'old tasks that stay in a deployment, of which it may not be asked whether they are protected',
    class: 'unknown',
    verdicts: ['unknown'],
    missing: 'ecs:GetTaskProtection',
    account: () => changed(at, [held, (w) => w.snapshot.denied.push('ecs:GetTaskProtection')]),
  },
  {
    name: 'requests of ECS that are throttled, beside a caller whose requests are refused for the same',
    class: 'api-throttling',
    verdicts: ['likely'],
    says: () => [/7 of the newest 7 RunTask requests are of GitHubActions/],
    account: () => changed(onHosts, [throttled, (w) => asks(w, 7, 'ThrottlingException')]),
  },
  {
    name: 'requests of ECS that are throttled, beside a caller whose few requests were taken',
    class: 'api-throttling',
    verdicts: ['likely'],
    says: () => [/point at no caller/],
    never: [/GitHubActions/],
    account: () => changed(onHosts, [throttled, (w) => asks(w, 7, undefined)]),
  },
  {
    name: 'requests of ECS that are throttled, where CloudTrail may not be asked',
    class: 'api-throttling',
    verdicts: ['likely'],
    missing: 'cloudtrail:LookupEvents',
    account: () => changed(onHosts, [throttled, (w) => w.snapshot.denied.push('cloudtrail:LookupEvents')]),
  },
];

function failuresInEvents(w: World): void {
  for (const ago of [120, 360, 600, 840])
    event(
      w,
      ago,
      `(service ${w.place.service}) (task ${w.hex(`sick-${ago}`, 32)}) failed container health checks.`,
    );
}

function waiting(w: World): void {
  Object.assign(primaryOf(w), { pendingCount: 2 });
  for (const service of w.snapshot.ecs.services)
    if (service.serviceName === w.place.service) service.pendingCount = 2;
}

/** The new tasks all run for a while, and the old ones are not stopped. */
function held(w: World): void {
  rollOut(w, () => {}, { ago: 5_000 });
  for (const zone of ['a', 'b', 'c'] as const) addRunning(w, { zone, revision: 42, startedAgo: 4_700 });
}

function throttled(w: World): void {
  wants(w, 6);
  for (const ago of [60, 400])
    event(w, ago, `(service ${w.place.service}) operations are being throttled. Will try again later.`);
}

function asks(w: World, count: number, error: string | undefined): void {
  for (let index = 0; index < count; index++)
    trail(w, 1_200 + index * 60, 'RunTask', {
      user: 'kicker',
      ...(error === undefined ? {} : { error: [error, 'Rate exceeded'] as const }),
      request: { cluster: w.place.cluster, taskDefinition: 'batch-jobs' },
    });
}
