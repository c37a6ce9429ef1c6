// The account that `lockkeeper up --demo` shows: a small production environment in which one service cannot reach its
// database. All times are relative to the moment it is made for; the same moment gives the same account.

import {
  parseSnapshot,
  SNAPSHOT_FORMAT,
  type Snapshot,
  type SnapshotLogGroup,
  type SnapshotNetworkInterface,
  type SnapshotTask,
} from '../contract/snapshot.ts';
import { demoBalancing } from './demo/balancing.ts';
import { taskInterface } from './demo/interfaces.ts';
import { ACCOUNT, REGION } from './demo/names.ts';
import { demoNetwork } from './demo/network.ts';
import { demoDatabase, demoRoles, demoScaling, repositoryOf } from './demo/surroundings.ts';
import { runningTask, type TaskFacts, taskIdOf } from './demo/tasks.ts';
import {
  cloudTrailEvents,
  failedStreams,
  runningStream,
  serviceDeployments,
  stoppedTasks,
  troubledService,
} from './demo/troubled-service.ts';
import {
  clusterOf,
  logGroupOf,
  PRODUCTION,
  STAGING,
  serviceOf,
  TROUBLED,
  taskDefinitionsOf,
  type Workload,
  workloads,
} from './demo/workloads.ts';

/** The demo account as of `nowMs` (epoch milliseconds). */
export function demoSnapshot(nowMs: number): Snapshot {
  const running = workloads.flatMap((workload, index) =>
    tasksOf(workload, index, nowMs).map((facts) => ({ workload, facts })),
  );
  const tasks: SnapshotTask[] = [
    ...running.map(({ workload, facts }) => runningTask(workload, facts)),
    ...workloads
      .filter((workload) => workload.service === TROUBLED)
      .flatMap((workload) => stoppedTasks(workload, nowMs)),
  ];
  const network = demoNetwork();
  const interfaces = running.map(({ workload, facts }) => interfaceOf(workload, facts));
  return parseSnapshot({
    format: SNAPSHOT_FORMAT,
    takenAt: new Date(nowMs).toISOString(),
    account: { id: ACCOUNT, region: REGION },
    ecs: {
      clusters: [PRODUCTION, STAGING].map((name) => ({
        ...clusterOf(name),
        runningTasksCount: running.filter((one) => one.workload.cluster === name).length,
      })),
      services: workloads.map((workload) =>
        workload.service === TROUBLED ? troubledService(workload, nowMs) : serviceOf(workload, nowMs),
      ),
      tasks,
      taskDefinitions: workloads.flatMap((workload) => taskDefinitionsOf(workload, nowMs)),
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'].map((name) => ({
        name,
        status: 'ACTIVE',
        capacityProviderArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:capacity-provider/${name}`,
        tags: [],
      })),
      serviceDeployments: workloads
        .filter((workload) => workload.service === TROUBLED)
        .flatMap((workload) => serviceDeployments(workload, nowMs)),
      accountSettings: [{ name: 'awsvpcTrunking', value: 'disabled' }],
    },
    ec2: { ...network, NetworkInterfaces: [...(network.NetworkInterfaces ?? []), ...interfaces] },
    logs: { logGroups: workloads.map((workload) => logGroup(workload, running, nowMs)) },
    elbv2: demoBalancing(running),
    applicationAutoscaling: demoScaling(nowMs),
    ecr: { repositories: workloads.map((workload) => repositoryOf(workload, nowMs)) },
    iam: { Roles: demoRoles() },
    rds: { DBInstances: [demoDatabase()] },
    cloudtrail: { events: cloudTrailEvents(nowMs) },
  });
}

/** The running tasks of a workload; the troubled one still has three of its old revision. */
function tasksOf(workload: Workload, index: number, nowMs: number): TaskFacts[] {
  const revision = workload.service === TROUBLED ? workload.revisions[0] : workload.revisions.at(-1);
  const count = workload.service === TROUBLED ? 3 : workload.desired;
  return Array.from({ length: count }, (_, task) => ({
    key: `${workload.service} running ${task}`,
    revision: revision?.revision ?? 1,
    zone: task % 2,
    address: `10.0.${10 + (task % 2)}.${20 + index * 10 + task}`,
    createdMs: nowMs - (revision?.daysOld ?? 1) * 86_400_000 + task * 90_000 + 30_000,
  }));
}

function interfaceOf(workload: Workload, facts: TaskFacts): SnapshotNetworkInterface {
  return taskInterface({
    id: taskIdOf(facts),
    subnet: facts.zone,
    address: facts.address,
    group: workload.group,
    service: workload.service,
    at: new Date(facts.createdMs).toISOString(),
  });
}

function logGroup(
  workload: Workload,
  running: readonly { workload: Workload; facts: TaskFacts }[],
  nowMs: number,
): SnapshotLogGroup {
  const own = running.filter((one) => one.workload === workload);
  return {
    logGroupName: logGroupOf(workload),
    retentionInDays: 30,
    creationTime: nowMs - 200 * 86_400_000,
    streams: [
      ...own.map(({ facts }) => runningStream(workload, facts, nowMs)),
      ...(workload.service === TROUBLED ? failedStreams(workload, nowMs) : []),
    ],
  };
}
