// Health causes of time and of the container's own check: slow starts, checks that cannot succeed, stops that take too long.

import type { World } from './base.ts';
import { cause } from './case.ts';
import {
  deadRouteElsewhere,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontTargetsIll,
  workerOutOfMemory,
} from './decoys.ts';
import { checksFail, ready, refused } from './health.ts';
import { byScheduler, event, failing } from './incident.ts';
import { addLog, addRunning, addStopped, noneRuns } from './tasks.ts';
import { targetGroupArn, theContainer, theService } from './workload.ts';

export const healthTiming = [
  cause('slow-start-grace', {
    denied: ['logs:*'],
    at: {
      region: 'ap-northeast-1',
      account: '527740029913',
      cluster: 'erp',
      service: 'orders',
      net: 54,
      count: 2,
    },
    ill: (w) => slowStart(w, 112),
    decoysAt: {
      region: 'us-east-2',
      account: '861120038895',
      cluster: 'java',
      service: 'monolith',
      net: 96,
      count: 3,
    },
    again: (w) => slowStart(w, 148),
    decoys: [workerOutOfMemory, storefrontTargetsIll, oddSettings, oldPullTimeouts],
  }),
  cause('container-healthcheck-invalid', {
    verdict: 'likely',
    why: 'which programs an image holds is in no API',
    denied: ['ecs:DescribeTaskDefinition'],
    at: {
      region: 'us-east-1',
      account: '356620017783',
      cluster: 'notes',
      service: 'sync',
      net: 51,
      count: 2,
    },
    ill: (w) => containerCheck(w, ['curl', '-f', `http://localhost:${w.place.port}/healthz`]),
    decoysAt: {
      region: 'ca-central-1',
      account: '790030028844',
      cluster: 'alpine',
      service: 'mailer',
      net: 94,
      count: 2,
    },
    again: (w) =>
      containerCheck(
        w,
        ['CMD-SHELL', 'curl -f http://localhost:8080/healthz || exit 1'],
        ['/bin/sh: curl: not found'],
      ),
    decoys: [workerOutOfMemory, oldOutOfMemory, deadRouteElsewhere, scaryLines],
  }),
  cause('graceful-shutdown-gap', {
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-west-2',
      account: '632240017716',
      cluster: 'chat',
      service: 'sockets',
      net: 35,
      count: 4,
    },
    ill: (w) => killedAtStop(w, 'Scaling activity initiated by (deployment ecs-svc/5512093847561029384)'),
    decoysAt: {
      region: 'eu-central-1',
      account: '108840029967',
      cluster: 'video',
      service: 'calls',
      net: 97,
      count: 3,
    },
    again: (w) => killedAtStop(w, 'Scaling activity initiated by (deployment ecs-svc/9081726354433221100)'),
    decoys: [workerOutOfMemory, storefrontTargetsIll, oddSettings],
  }),
];

/** The application answers well, only later than the load balancer waits. */
function slowStart(w: World, seconds: number): void {
  const log = [
    'Starting OrdersApplication using Java 21 with PID 1',
    'HikariPool-1 - Start completed.',
    'Loading price tables (1/4)',
  ];
  // Grace 30 s, then three checks fifteen seconds apart.
  checksFail(w, refused, { lived: 88, log, running: 1 });
  const [slow] = addStopped(w, {
    count: 1,
    last: 950,
    code: byScheduler,
    reason: `Task failed ELB health checks in (target-group ${targetGroupArn(w)})`,
    lived: seconds + 20,
    stopping: 30,
    exit: 143,
  });
  if (slow !== undefined) addLog(w, slow, log, 950 + 30 + seconds + 20);
  const group = w.snapshot.logs.logGroups.find(
    (one) => one.logGroupName === `/ecs/${w.place.cluster}/${w.place.service}`,
  );
  const at = w.nowMs - (950 + 30 + 20) * 1000;
  group?.streams.at(-1)?.events.push({
    timestamp: at,
    message: `Tomcat started on port ${w.place.port} (http); Started OrdersApplication in ${seconds}.402 seconds`,
  });
  group?.streams
    .at(-1)
    ?.events.push({ timestamp: at + 2_000, message: '"GET /healthz HTTP/1.1" 200 "ELB-HealthChecker/2.0"' });
}

/** The target group is content; the container's own check is not. */
function containerCheck(w: World, command: readonly string[], lines: readonly string[] = []): void {
  theContainer(w).healthCheck = {
    command: [...command],
    interval: 15,
    timeout: 5,
    retries: 3,
    startPeriod: 10,
  };
  const log = [...ready(w), '"GET /healthz HTTP/1.1" 200 "ELB-HealthChecker/2.0"', ...lines];
  failing(w, {
    code: byScheduler,
    reason: 'Task failed container health checks',
    lived: 75,
    stopping: 31,
    exit: 143,
    health: 'UNHEALTHY',
    log,
  });
  addRunning(w, { zone: 'a', startedAgo: 40, log });
  for (const secondsAgo of [70, 280, 490])
    event(
      w,
      secondsAgo,
      `(service ${w.place.service}) (task ${w.hex('ill', 32)}) failed container health checks.`,
    );
}

/** Tasks that are scaled in ignore SIGTERM and are killed when the stop timeout is over. */
function killedAtStop(w: World, reason: string): void {
  const service = theService(w);
  theContainer(w).stopTimeout = 30;
  noneRuns(w);
  for (let index = 0; index < (service.desiredCount ?? 0); index++)
    addRunning(w, { zone: (['a', 'b', 'c'] as const)[index % 3] ?? 'a', startedAgo: 500 + index });
  addStopped(w, {
    count: 4,
    last: 120,
    every: 260,
    code: byScheduler,
    reason,
    lived: 4_000,
    stopping: 32,
    exit: 137,
    log: ['received SIGTERM', 'npm: waiting for child', 'client 8812 upload 41%'],
  });
  for (const secondsAgo of [118, 380])
    event(
      w,
      secondsAgo,
      `(service ${w.place.service}) has stopped 1 running tasks: (task ${w.hex('stopped', 32)}).`,
    );
}
