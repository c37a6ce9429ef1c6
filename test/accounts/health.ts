// Causes that show as failed health checks: who may reach the check, what it asks, when it asks, where the application listens.

import type { World } from './base.ts';
import { found } from './base.ts';
import { tcpFrom, theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
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
import { byScheduler, event, failing } from './incident.ts';
import { addRunning, type Stop } from './tasks.ts';
import { targetGroupArn, theDefinition } from './workload.ts';

type Health = NonNullable<World['snapshot']['elbv2']['TargetHealth'][string]>[number]['TargetHealth'];

function targetGroup(w: World) {
  return found(
    w.snapshot.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn(w)),
    'target group',
  );
}

/** The load balancer marks every new task unhealthy and ECS replaces it; two are running at the moment. */
export function checksFail(
  w: World,
  health: Health & object,
  more: {
    readonly lived: number;
    readonly log: readonly string[];
    readonly running?: number;
    readonly stop?: Partial<Stop>;
  },
): void {
  const { service } = w.place;
  const why = health.Description ?? 'Health checks failed';
  failing(w, {
    code: byScheduler,
    reason: `Task failed ELB health checks in (target-group ${targetGroupArn(w)})`,
    lived: more.lived,
    stopping: 31,
    exit: 143,
    log: more.log,
    ...more.stop,
  });
  for (let index = 0; index < (more.running ?? 2); index++)
    addRunning(w, {
      zone: index === 0 ? 'a' : 'b',
      startedAgo: 50 + index * 9,
      target: health,
      log: more.log,
    });
  for (const secondsAgo of [80, 290, 500])
    event(
      w,
      secondsAgo,
      `(service ${service}) (port ${w.place.port}) is unhealthy in (target-group ${targetGroupArn(w)}) due to (reason ${why}).`,
    );
}

export const timedOut = {
  State: 'unhealthy',
  Reason: 'Target.Timeout',
  Description: 'Request timed out',
} as const;
export const refused = {
  State: 'unhealthy',
  Reason: 'Target.FailedHealthChecks',
  Description: 'Health checks failed',
} as const;
export const codes = (code: number) =>
  ({
    State: 'unhealthy',
    Reason: 'Target.ResponseCodeMismatch',
    Description: `Health checks failed with these codes: [${code}]`,
  }) as const;

export const ready = (w: World) => [`server ready on 0.0.0.0:${w.place.port}`, 'connected to database'];

export const health = [
  cause('lb-sg-ingress-missing', {
    denied: ['ec2:DescribeSecurityGroups'],
    at: { region: 'us-east-1', account: '645520017734', cluster: 'portal', service: 'gateway', net: 32 },
    ill: (w) => {
      theNetwork(w).group('app').IpPermissions = [tcpFrom(w.place.port, w.id('sg', 'worker'))];
      checksFail(w, timedOut, { lived: 95, log: ready(w) });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '188830029947',
      cluster: 'travel',
      service: 'flights',
      net: 78,
      port: 4200,
    },
    again: (w) => {
      // The traffic port is open; the port of the health check, which was overridden, is not.
      targetGroup(w).HealthCheckPort = '5000';
      theDefinition(w).containerDefinitions?.[0]?.portMappings?.push({
        containerPort: 5000,
        hostPort: 5000,
        protocol: 'tcp',
      });
      checksFail(w, timedOut, { lived: 95, log: [...ready(w), 'health endpoint on 0.0.0.0:5000'] });
      for (const target of w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] ?? [])
        target.HealthCheckPort = '5000';
    },
    decoys: [storefrontTargetsIll, workerOutOfMemory, oldOutOfMemory, oddSettings, scaryLines],
  }),
  cause('lb-healthcheck-misconfig', {
    denied: ['elasticloadbalancing:DescribeTargetHealth'],
    at: {
      region: 'us-west-2',
      account: '754410038826',
      cluster: 'cms',
      service: 'editor',
      net: 45,
      port: 3000,
    },
    ill: (w) => {
      targetGroup(w).HealthCheckPath = '/';
      checksFail(w, codes(404), {
        lived: 95,
        log: [
          ...ready(w),
          '10.45.0.77 "GET / HTTP/1.1" 404 9 "ELB-HealthChecker/2.0"',
          '10.45.1.77 "GET / HTTP/1.1" 404 9 "ELB-HealthChecker/2.0"',
        ],
      });
    },
    decoysAt: {
      region: 'eu-west-3',
      account: '419930017768',
      cluster: 'shopfr',
      service: 'panier',
      net: 82,
      port: 8000,
    },
    again: (w) =>
      checksFail(w, codes(301), {
        lived: 95,
        log: [
          ...ready(w),
          '"GET /healthz HTTP/1.1" 301 - redirecting to https',
          '"GET /healthz HTTP/1.1" 301 - redirecting to https',
        ],
      }),
    decoys: [workerShutIn, storefrontWithoutImage, oldOutOfMemory, everydayStops],
  }),
  cause('app-bind-address', {
    verdict: 'likely',
    why: 'where a process listens is only in its own lines',
    denied: ['logs:*'],
    at: {
      region: 'us-east-1',
      account: '973310027742',
      cluster: 'vite',
      service: 'frontend',
      net: 67,
      port: 5173,
    },
    ill: (w) =>
      checksFail(w, refused, {
        lived: 70,
        log: [
          'VITE v5.4.2  ready in 412 ms',
          '  Local:   http://localhost:5173/',
          '  Network: use --host to expose',
        ],
      }),
    decoysAt: {
      region: 'eu-west-1',
      account: '240010038871',
      cluster: 'flask',
      service: 'quotes',
      net: 89,
      port: 5000,
    },
    again: (w) =>
      checksFail(w, refused, {
        lived: 70,
        log: [' * Serving Flask app "quotes"', ' * Running on http://127.0.0.1:5000', 'Press CTRL+C to quit'],
      }),
    decoys: [storefrontSharesGroup, storefrontTargetsIll, workerOutOfMemory, oldPullTimeouts],
  }),
];
