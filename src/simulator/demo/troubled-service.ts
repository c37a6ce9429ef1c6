// The story of `my-web-service`: somebody revoked the egress rule to the database, six minutes later a deployment began.
// Tasks that already ran keep their connections; every new one fails its health check, so the service stands at three of four.

import type {
  SnapshotCloudTrailEvent,
  SnapshotLogStream,
  SnapshotService,
  SnapshotServiceDeployment,
  SnapshotTask,
} from '../../contract/snapshot.ts';
import {
  databaseReadyLines,
  databaseTimeoutLines,
  healthLine,
  type LogLine,
  startLines,
  stopLine,
} from '../engine/log-lines.ts';
import { ACCOUNT, DATABASE_HOST, groups, minutesAgo, REGION, roleArn, targetGroupArn } from './names.ts';
import { type StopFacts, stoppedTask, type TaskFacts, taskIdOf } from './tasks.ts';
import {
  deploymentId,
  deploymentOf,
  hexId,
  serviceOf,
  streamOf,
  TROUBLED,
  type Workload,
} from './workloads.ts';

const MINUTE_MS = 60_000;
const OLD_REVISION = 41;
const NEW_REVISION = 42;
const REVOKED_MINUTES_AGO = 27;
const DEPLOYED_MINUTES_AGO = 21;
/** Each attempt took two minutes; the pauses between them are the scheduler's back-off of 1, 2 and 5 minutes. */
const ATTEMPTS_MINUTES_AGO = [21, 18, 14, 7] as const;
const ATTEMPT_MS = 2 * MINUTE_MS;
const DATABASE = { host: DATABASE_HOST, port: 5432 };

export const failedAttempts = (nowMs: number): TaskFacts[] =>
  ATTEMPTS_MINUTES_AGO.map((minutes, index) => ({
    key: `${TROUBLED} attempt ${index}`,
    revision: NEW_REVISION,
    zone: index % 2,
    address: `10.0.${10 + (index % 2)}.${120 + index}`,
    createdMs: nowMs - minutes * MINUTE_MS,
  }));

/** The old task that made room for the first attempt. */
const replaced = (nowMs: number): TaskFacts => ({
  key: `${TROUBLED} replaced`,
  revision: OLD_REVISION,
  zone: 1,
  address: '10.0.11.104',
  createdMs: nowMs - 6 * 1440 * MINUTE_MS,
});

export function stoppedTasks(workload: Workload, nowMs: number): SnapshotTask[] {
  const failure = (facts: TaskFacts): StopFacts => ({
    stoppingMs: facts.createdMs + 87_000,
    stoppedMs: facts.createdMs + ATTEMPT_MS,
    stopCode: 'ServiceSchedulerInitiated',
    reason: 'Task failed container health checks',
    exitCode: 143,
    health: 'UNHEALTHY',
  });
  const deployedMs = nowMs - DEPLOYED_MINUTES_AGO * MINUTE_MS;
  const scaledIn: StopFacts = {
    stoppingMs: deployedMs - 33_000,
    stoppedMs: deployedMs,
    stopCode: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${deploymentId(workload, NEW_REVISION)})`,
    exitCode: 143,
    health: 'HEALTHY',
  };
  return [
    stoppedTask(workload, replaced(nowMs), scaledIn),
    ...failedAttempts(nowMs).map((facts) => stoppedTask(workload, facts, failure(facts))),
  ];
}

export function troubledService(workload: Workload, nowMs: number): SnapshotService {
  const at = minutesAgo(nowMs, DEPLOYED_MINUTES_AGO + 0.6);
  return {
    ...serviceOf(workload, nowMs),
    runningCount: 3,
    pendingCount: 0,
    deployments: [
      deploymentOf(workload, {
        revision: NEW_REVISION,
        status: 'PRIMARY',
        desired: 4,
        running: 0,
        failed: 4,
        rollout: 'IN_PROGRESS',
        at,
        updatedAt: minutesAgo(nowMs, 5),
      }),
      deploymentOf(workload, {
        revision: OLD_REVISION,
        status: 'ACTIVE',
        desired: 3,
        running: 3,
        failed: 0,
        rollout: 'COMPLETED',
        at: minutesAgo(nowMs, 6 * 1440),
        updatedAt: at,
      }),
    ],
    events: eventsOf(workload, nowMs),
  };
}

function eventsOf(workload: Workload, nowMs: number): NonNullable<SnapshotService['events']> {
  const prefix = `(service ${TROUBLED})`;
  const target = `(target-group ${targetGroupArn(TROUBLED)})`;
  const old = taskIdOf(replaced(nowMs));
  const lines: { atMs: number; text: string }[] = [
    {
      atMs: nowMs - 6 * 1440 * MINUTE_MS + 300_000,
      text: `${prefix} (deployment ${deploymentId(workload, OLD_REVISION)}) deployment completed.`,
    },
    { atMs: nowMs - 150 * MINUTE_MS, text: `${prefix} has reached a steady state.` },
    {
      atMs: nowMs - DEPLOYED_MINUTES_AGO * MINUTE_MS - 33_000,
      text: `${prefix} has begun draining connections on 1 tasks.`,
    },
    {
      atMs: nowMs - DEPLOYED_MINUTES_AGO * MINUTE_MS - 33_000,
      text: `${prefix} deregistered 1 targets in ${target}`,
    },
    {
      atMs: nowMs - DEPLOYED_MINUTES_AGO * MINUTE_MS - 23_000,
      text: `${prefix} has stopped 1 running tasks: (task ${old}).`,
    },
  ];
  for (const facts of failedAttempts(nowMs)) {
    const id = taskIdOf(facts);
    lines.push(
      { atMs: facts.createdMs, text: `${prefix} has started 1 tasks: (task ${id}).` },
      { atMs: facts.createdMs + 25_000, text: `${prefix} registered 1 targets in ${target}` },
      { atMs: facts.createdMs + 87_000, text: `${prefix} (task ${id}) failed container health checks.` },
      { atMs: facts.createdMs + 87_000, text: `${prefix} deregistered 1 targets in ${target}` },
    );
  }
  return lines
    .map(({ atMs, text }) => ({
      id: hexId(`${atMs} ${text}`),
      createdAt: new Date(atMs).toISOString(),
      message: text,
    }))
    .reverse();
}

/** The log streams of the failed attempts. */
export function failedStreams(workload: Workload, nowMs: number): SnapshotLogStream[] {
  const tag = workload.revisions.find((one) => one.revision === NEW_REVISION)?.tag ?? '';
  const facts = { name: TROUBLED, version: tag, port: 8080, database: DATABASE };
  return failedAttempts(nowMs).map((attempt) => {
    const checks = [10, 20, 30, 40, 50, 60].map((second) => healthLine(second * 1000, false));
    const lines = [...startLines(facts), ...databaseTimeoutLines(DATABASE), ...checks, stopLine(72_000)];
    return streamWith(streamOf(workload, taskIdOf(attempt)), attempt.createdMs + 25_000, lines);
  });
}

/** The log stream of a task that runs well: its start and the last few minutes. */
export function runningStream(workload: Workload, task: TaskFacts, nowMs: number): SnapshotLogStream {
  const tag = workload.revisions.find((one) => one.revision === task.revision)?.tag ?? '';
  const database = workload.environment.DB_HOST === undefined ? undefined : DATABASE;
  const startMs = task.createdMs + 25_000;
  const start = [
    ...startLines({ name: workload.service, version: tag, port: 8080, database }),
    ...(database === undefined ? [] : databaseReadyLines()),
  ];
  const age = nowMs - startMs;
  const recent = workload.balanced
    ? [90, 80, 70, 60, 50, 40, 30, 20, 10].map((second) => healthLine(age - second * 1000, true))
    : [];
  return streamWith(streamOf(workload, taskIdOf(task)), startMs, [...start, ...recent]);
}

/** The service's deployments as ListServiceDeployments shows them. */
export function serviceDeployments(workload: Workload, nowMs: number): SnapshotServiceDeployment[] {
  const { serviceArn, clusterArn, deploymentConfiguration, deployments } = troubledService(workload, nowMs);
  return (deployments ?? []).map(({ id = '', createdAt, updatedAt, status }) => ({
    serviceDeploymentArn: `${serviceArn.replace(':service/', ':service-deployment/')}/${id.slice('ecs-svc/'.length)}`,
    serviceArn,
    clusterArn,
    createdAt,
    startedAt: createdAt,
    updatedAt,
    ...(status === 'PRIMARY' ? {} : { finishedAt: minutesAgo(Date.parse(createdAt ?? ''), -5) }),
    status: status === 'PRIMARY' ? 'IN_PROGRESS' : 'SUCCESSFUL',
    deploymentConfiguration,
  }));
}

/** What CloudTrail remembers of the last half hour. */
export function cloudTrailEvents(nowMs: number): SnapshotCloudTrailEvent[] {
  const revoke = {
    groupId: groups.app,
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 5432,
          toPort: 5432,
          groups: { items: [{ groupId: groups.database }] },
        },
      ],
    },
  };
  return [
    trailEvent('ec2', 'RevokeSecurityGroupEgress', {
      at: minutesAgo(nowMs, REVOKED_MINUTES_AGO),
      who: 'dana.fuller',
      arn: `arn:aws:iam::${ACCOUNT}:user/dana.fuller`,
      parameters: revoke,
      resources: [{ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName: groups.app }],
    }),
    trailEvent('ecs', 'UpdateService', {
      at: minutesAgo(nowMs, DEPLOYED_MINUTES_AGO + 0.6),
      who: 'ci-deploy',
      arn: roleArn('ci-deploy'),
      parameters: {
        cluster: 'production-cluster',
        service: TROUBLED,
        taskDefinition: `${TROUBLED}:${NEW_REVISION}`,
      },
      resources: [{ ResourceType: 'AWS::ECS::Service', ResourceName: TROUBLED }],
    }),
  ];
}

interface TrailFacts {
  readonly at: string;
  readonly who: string;
  readonly arn: string;
  readonly parameters: Record<string, unknown>;
  readonly resources: { ResourceType: string; ResourceName: string }[];
}

function trailEvent(service: string, name: string, facts: TrailFacts): SnapshotCloudTrailEvent {
  return {
    EventId: hexId(`${name} ${facts.who}`),
    EventTime: facts.at,
    EventName: name,
    EventSource: `${service}.amazonaws.com`,
    Username: facts.who,
    ReadOnly: 'false',
    Resources: facts.resources,
    CloudTrailEvent: {
      eventName: name,
      eventSource: `${service}.amazonaws.com`,
      eventTime: facts.at,
      awsRegion: REGION,
      sourceIPAddress: '203.0.113.24',
      userIdentity: { arn: facts.arn, accountId: ACCOUNT, userName: facts.who },
      requestParameters: facts.parameters,
    },
  };
}

function streamWith(logStreamName: string, startMs: number, lines: LogLine[]): SnapshotLogStream {
  const events = lines.map((line) => ({
    timestamp: startMs + line.afterMs,
    message: line.message,
    ingestionTime: startMs + line.afterMs + 800,
  }));
  return {
    logStreamName,
    creationTime: startMs,
    events: events.sort((left, right) => left.timestamp - right.timestamp),
  };
}
