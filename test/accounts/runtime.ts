// Causes in the machinery around the container: runtime and hooks, ECS Exec, the Service Connect proxy, schedules.

import type { World } from './base.ts';
import { subnetId } from './base-network.ts';
import { allow, policy } from './base-roles.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { byScheduler, event, failedToStart, failing } from './incident.ts';
import { addStopped } from './tasks.ts';
import { trail } from './trail.ts';
import { clusterArn, definitionArn, theDefinition, theService } from './workload.ts';

export const runtime = [
  cause('container-runtime-failure', {
    verdict: 'likely',
    why: 'the state of a host is not in any API; the runtime said it',
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-east-1',
      account: '690010017777',
      cluster: 'p5',
      service: 'llm',
      net: 118,
      launch: 'EC2',
      count: 2,
    },
    ill: (w) => {
      Object.assign(theDefinition(w).containerDefinitions?.[0] ?? {}, {
        resourceRequirements: [{ type: 'GPU', value: '8' }],
      });
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: driver rpc error: timed out: unknown",
      });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '457720028888',
      cluster: 'busy',
      service: 'mixer',
      net: 119,
      launch: 'EC2',
    },
    again: (w) =>
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
        zones: ['b'],
      }),
    decoys: [oldPullTimeouts, workerOutOfMemory, storefrontWithoutImage, oddSettings],
  }),
  cause('ecs-exec-unavailable', {
    verdict: 'likely',
    why: 'that somebody wanted a shell is only in the trail',
    denied: ['cloudtrail:LookupEvents'],
    at: {
      region: 'us-east-1',
      account: '574430017766',
      cluster: 'debug',
      service: 'worker-ui',
      net: 4,
      count: 2,
    },
    ill: (w) =>
      execRefused(
        w,
        'InvalidParameterException',
        'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
      ),
    decoysAt: {
      region: 'eu-west-3',
      account: '231140028899',
      cluster: 'shell',
      service: 'console',
      net: 121,
      count: 2,
    },
    again: (w) => {
      // Enabled, but the agent in the task stopped: the task role may not open the channels.
      theService(w).enableExecuteCommand = true;
      for (const task of w.snapshot.ecs.tasks) {
        if (task.group !== 'service:console') continue;
        task.enableExecuteCommand = true;
        for (const container of task.containers ?? [])
          container.managedAgents = [
            {
              name: 'ExecuteCommandAgent',
              lastStatus: 'STOPPED',
              reason: 'Received Container Stopped event',
            },
          ];
      }
      execRefused(
        w,
        'TargetNotConnectedException',
        'The execute command failed due to an internal error. Try again later.',
      );
    },
    decoys: [clumsyPeople, workerOutOfMemory, scaryLines, oldOutOfMemory],
  }),
  cause('service-connect-proxy-failure', {
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-west-2',
      account: '688850017755',
      cluster: 'sc',
      service: 'pricing',
      net: 122,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    ill: (w) => proxyIll(w),
    decoysAt: {
      region: 'eu-west-1',
      account: '345560028822',
      cluster: 'connect',
      service: 'basket',
      net: 123,
    },
    again: (w) => proxyIll(w),
    decoys: [workerOutOfMemory, storefrontTargetsIll, everydayStops, oddSettings],
  }),
  cause('schedule-invocation-failed', {
    rule: (w) => `${w.place.service}-nightly`,
    verdict: 'likely',
    why: 'a rule that fails leaves a metric and a line in the trail, and no task',
    denied: ['cloudtrail:*', 'events:*'],
    at: {
      region: 'us-east-1',
      account: '802260017711',
      cluster: 'nightly',
      service: 'reports',
      net: 124,
      count: 1,
    },
    ill: (w) => scheduleRefused(w, 'ecs:TagResource'),
    decoysAt: {
      region: 'ap-northeast-1',
      account: '159970028866',
      cluster: 'cron',
      service: 'cleanup',
      net: 125,
      count: 1,
    },
    again: (w) => scheduleRefused(w, 'iam:PassRole'),
    decoys: [workerShutIn, clumsyPeople, deadRouteElsewhere],
  }),
];

function execRefused(w: World, code: string, message: string): void {
  for (const secondsAgo of [240, 300, 420])
    trail(w, secondsAgo, 'ExecuteCommand', {
      user: 'SupportEngineer',
      error: [code, message],
      request: {
        cluster: w.place.cluster,
        task: w.snapshot.ecs.tasks[0]?.taskArn ?? '',
        container: w.place.service,
        interactive: true,
        command: '/bin/sh',
      },
    });
}

/** The proxy that AWS put beside the application fails its own check; the application is fine. */
function proxyIll(w: World): void {
  const service = theService(w);
  const connect = {
    enabled: true,
    namespace: `arn:aws:servicediscovery:${w.place.region}:${w.place.account}:namespace/ns-4qwe5rty6uio7asd`,
    services: [{ portName: 'http', clientAliases: [{ port: w.place.port, dnsName: w.place.service }] }],
  };
  for (const one of service.deployments ?? []) one.serviceConnectConfiguration = connect;
  failing(w, { code: byScheduler, reason: 'ignored', lived: 90, count: 0 });
  addStopped(w, {
    code: byScheduler,
    reason: 'Task failed container health checks',
    lived: 90,
    stopping: 31,
    health: 'UNHEALTHY',
    log: ['listening on 0.0.0.0:8080', 'ready'],
    change: (task, index) => {
      const [app] = task.containers ?? [];
      if (app !== undefined) Object.assign(app, { exitCode: 143, healthStatus: 'UNKNOWN' });
      task.containers = [
        {
          containerArn: w.arn('ecs', `container/${w.place.cluster}/${w.hex(`proxy-${index}`, 32)}`),
          name: `ecs-service-connect-${w.hex('proxy', 5)}`,
          lastStatus: 'STOPPED',
          healthStatus: 'UNHEALTHY',
          exitCode: 137,
        },
        ...(task.containers ?? []),
      ];
    },
  });
  for (const secondsAgo of [70, 280, 490])
    event(
      w,
      secondsAgo,
      `(service ${w.place.service}) (task ${w.hex('proxied', 32)}) failed container health checks.`,
    );
}

/** A rule runs a task of this service's family every night, or would, if its role were allowed to. */
function scheduleRefused(w: World, action: 'ecs:TagResource' | 'iam:PassRole'): void {
  const { cluster, service, region, account } = w.place;
  const Name = `${service}-nightly`;
  const roleArn = w.role('ecsEventsRole');
  const role = w.snapshot.iam.Roles.find((one) => one.Arn === roleArn);
  if (role !== undefined)
    role.policies = [
      policy(
        'run-tasks',
        allow('ecs:RunTask'),
        ...(action === 'iam:PassRole' ? [] : [allow('iam:PassRole')]),
      ),
    ];
  w.snapshot.events.rules.push({
    Name,
    Arn: w.arn('events', `rule/${Name}`),
    State: 'ENABLED',
    ScheduleExpression: 'cron(0 2 * * ? *)',
    EventBusName: 'default',
    Targets: [
      {
        Id: 'run',
        Arn: clusterArn(w, cluster),
        RoleArn: roleArn,
        EcsParameters: {
          TaskDefinitionArn: definitionArn(w, service, 41),
          TaskCount: 1,
          LaunchType: 'FARGATE',
          NetworkConfiguration: { awsvpcConfiguration: { Subnets: [subnetId(w, 'private', 'a')] } },
          ...(action === 'ecs:TagResource'
            ? { Tags: [{ Key: 'job', Value: 'nightly' }], PropagateTags: 'TASK_DEFINITION' }
            : {}),
        },
      },
    ],
  });
  w.snapshot.cloudwatch.metrics.push({
    Namespace: 'AWS/Events',
    MetricName: 'FailedInvocations',
    Dimensions: [{ Name: 'RuleName', Value: Name }],
    points: [3_000, 2_400, 1_800, 1_200].map((secondsAgo) => [w.ago(secondsAgo), 1]),
  });
  const resource =
    action === 'iam:PassRole'
      ? w.role(`${cluster}-task`)
      : `arn:aws:ecs:${region}:${account}:task/${cluster}/*`;
  for (const secondsAgo of [3_000, 1_200])
    trail(w, secondsAgo, 'RunTask', {
      user: 'ecsEventsRole',
      invokedBy: 'events.amazonaws.com',
      error: [
        'AccessDenied',
        `User: arn:aws:sts::${account}:assumed-role/ecsEventsRole/${w.hex('events', 32)} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
      ],
      request: {
        cluster: clusterArn(w, cluster),
        taskDefinition: definitionArn(w, service, 41),
        startedBy: `events-rule/${Name}`,
      },
    });
}
