// Accounts in which the service that is asked about is well, whatever else there is to see.

import type { World } from './base.ts';
import type { HealthyCase } from './case.ts';
import { changed } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
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
import { byScheduler, event, rollOut, startedEvent } from './incident.ts';
import { addRunning, addStopped, noneRuns } from './tasks.ts';
import { runsWell } from './told-running.ts';
import { scaledWell } from './told-scaling.ts';
import { reached } from './told-unreached.ts';
import { deploymentId, primaryOf, targetGroupArn, theService } from './workload.ts';

const fargate = {
  region: 'us-east-1',
  account: '123412341234',
  cluster: 'calm',
  service: 'api',
  net: 2,
} as const;
const hosts = {
  region: 'eu-central-1',
  account: '432143214321',
  cluster: 'calm-hosts',
  service: 'api',
  net: 3,
  launch: 'EC2',
} as const;

export const healthy: readonly HealthyCase[] = [
  { name: 'steady on Fargate', account: () => changed(fargate, []) },
  { name: 'steady on EC2', account: () => changed(hosts, []) },
  { name: 'a rolling deployment in progress', account: () => changed(fargate, [rollingWell]) },
  {
    name: 'an incident that is over',
    account: () => changed(hosts, [oldOutOfMemory, oldPullTimeouts, everydayStops]),
  },
  { name: 'scaled to zero', account: () => changed(fargate, [scaledToZero]) },
  { name: 'just scaled out', account: () => changed(fargate, [justScaledOut]) },
  {
    name: 'old tasks draining beside a finished deployment',
    account: () => changed(fargate, [oldOnesDrain]),
  },
  { name: 'a canary of CodeDeploy beside the old tasks', account: () => changed(fargate, [canary]) },
  { name: 'lines that sound terrible', account: () => changed(fargate, [scaryLines, oddSettings]) },
  {
    name: 'every neighbour ill',
    account: () =>
      changed(fargate, [
        workerShutIn,
        storefrontWithoutImage,
        storefrontTargetsIll,
        deadRouteElsewhere,
        clumsyPeople,
      ]),
  },
  {
    name: 'neighbours killed in the same group',
    account: () => changed(hosts, [workerOutOfMemory, storefrontSharesGroup, oddSettings]),
  },
  ...reached,
  ...scaledWell,
  ...runsWell,
];

/** Two of three new tasks run and are healthy, the third is being pulled; the old ones leave one by one. */
function rollingWell(w: World): void {
  rollOut(w, (definition) => Object.assign(definition, { cpu: '1024', memory: '2048' }), { ago: 150 });
  for (const zone of ['a', 'b'] as const) addRunning(w, { revision: 42, zone, startedAgo: 60 });
  Object.assign(primaryOf(w), { pendingCount: 1 });
  theService(w).pendingCount = 1;
  startedEvent(w, 120, 3);
  event(w, 20, `(service api) has begun draining connections on 1 tasks.`);
}

function scaledToZero(w: World): void {
  noneRuns(w);
  Object.assign(theService(w), { desiredCount: 0 });
  Object.assign(primaryOf(w), { desiredCount: 0 });
  addStopped(w, {
    count: 3,
    last: 900,
    every: 1,
    code: byScheduler,
    reason: `Scaling activity initiated by (deployment ${deploymentId(w, 'api', 41)})`,
    lived: 60_000,
    exit: 0,
    log: ['SIGTERM received', 'drained'],
  });
  event(w, 890, '(service api) has stopped 3 running tasks: (task 5d2e) (task 6e3f) (task 7f40).');
}

/** Scaling asked for five a minute ago: three run as before, two are on their way. */
function justScaledOut(w: World): void {
  Object.assign(theService(w), { desiredCount: 5, pendingCount: 1 });
  Object.assign(primaryOf(w), { desiredCount: 5, pendingCount: 1 });
  addRunning(w, {
    zone: 'a',
    startedAgo: 12,
    target: {
      State: 'initial',
      Reason: 'Elb.RegistrationInProgress',
      Description: 'Target registration is in progress',
    },
  });
  const pending = addRunning(w, { zone: 'b', startedAgo: 1 });
  Object.assign(pending, { lastStatus: 'PENDING', startedAt: undefined });
  for (const container of pending.containers ?? []) container.lastStatus = 'PENDING';
  Object.assign(theService(w), { runningCount: 4 });
  Object.assign(primaryOf(w), { runningCount: 4 });
  w.snapshot.elbv2.TargetHealth[targetGroupArn(w)]?.pop();
  startedEvent(w, 45, 2);
}

/** The new revision is complete; the last old tasks wait for their connections to end. */
function oldOnesDrain(w: World): void {
  const service = theService(w);
  rollOut(w, () => undefined, { ago: 420 });
  for (const target of w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] ?? [])
    target.TargetHealth = {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
  for (const zone of ['a', 'b', 'c'] as const) addRunning(w, { revision: 42, zone, startedAgo: 300 });
  for (const task of w.snapshot.ecs.tasks)
    if (task.startedBy === deploymentId(w, 'api', 41))
      Object.assign(task, {
        desiredStatus: 'STOPPED',
        lastStatus: 'DEACTIVATING',
        stopCode: byScheduler,
        stoppedReason: `Scaling activity initiated by (deployment ${deploymentId(w, 'api', 41)})`,
      });
  for (const one of service.deployments ?? [])
    if (one.status === 'ACTIVE') Object.assign(one, { desiredCount: 0, runningCount: 0 });
  service.runningCount = 3;
  event(w, 90, '(service api) has begun draining connections on 3 tasks.');
}

/** CodeDeploy runs the new task set beside the old one and sends it a tenth of the requests. */
function canary(w: World): void {
  const service = theService(w);
  rollOut(w, () => undefined, { ago: 240 });
  const sets = [41, 42].map((revision) => ({
    id: deploymentId(w, 'api', revision),
    taskSetArn: w.arn('ecs', `task-set/calm/api/${deploymentId(w, 'api', revision)}`),
    status: revision === 41 ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: w.arn('ecs', `task-definition/api:${revision}`),
    computedDesiredCount: 3,
    runningCount: 3,
    pendingCount: 0,
    launchType: 'FARGATE' as const,
    platformVersion: '1.4.0',
    scale: { value: 100, unit: 'PERCENT' as const },
    stabilityStatus: 'STEADY_STATE' as const,
    createdAt: w.ago(revision === 41 ? 89_000 : 240),
  }));
  for (const zone of ['a', 'b', 'c'] as const) addRunning(w, { revision: 42, zone, startedAgo: 180 });
  Object.assign(service, {
    deploymentController: { type: 'CODE_DEPLOY' },
    deployments: [],
    taskSets: sets,
    taskDefinition: w.arn('ecs', 'task-definition/api:41'),
  });
  event(w, 170, '(service api, taskSet ecs-svc/42) has reached a steady state.');
}
