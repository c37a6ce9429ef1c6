// Log routers that end with their task, and one that ends it: which of the two it was.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { addRouter } from './config.ts';
import { checksFail, codes, ready } from './health.ts';
import { byScheduler, essentialExited, exited, failing } from './incident.ts';
import { addLog, addRunning } from './tasks.ts';
import { theContainer } from './workload.ts';

const at = {
  region: 'eu-central-1',
  account: '525250017171',
  cluster: 'press',
  service: 'printer',
  net: 171,
} as const;

export const toldRouters: readonly ToldCase[] = [
  {
    name: 'a log router that ends well after the load balancer had the task stopped',
    class: 'lb-healthcheck-misconfig',
    verdicts: ['proven'],
    neverClass: ['log-pipeline-failure'],
    account: () =>
      changed(at, [
        routed,
        (w) => checksFail(w, codes(404), { lived: 95, log: ready(w) }),
        (w) => routerEnds(w, 0, ['[ info] [sp] stream processor started']),
      ]),
  },
  {
    name: 'a log router that ends well after the application ran out of memory',
    class: 'oom-killed',
    verdicts: ['proven'],
    neverClass: ['log-pipeline-failure'],
    account: () =>
      changed(at, [
        routed,
        (w) => {
          theContainer(w).memory = 512;
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 320,
            exit: 137,
            why: 'OutOfMemoryError: Container killed due to memory usage',
          });
        },
        (w) => routerEnds(w, 0, ['[ info] [sp] stream processor started']),
      ]),
  },
  {
    name: 'a log router that ends well in tasks whose container check has no program',
    class: 'container-healthcheck-invalid',
    verdicts: ['likely'],
    neverClass: ['log-pipeline-failure'],
    account: () =>
      changed(at, [
        routed,
        (w) => {
          theContainer(w).healthCheck = {
            command: ['CMD-SHELL', `curl -f http://localhost:${w.place.port}/healthz || exit 1`],
            interval: 15,
            timeout: 5,
            retries: 3,
          };
          const log = [...ready(w), '/bin/sh: curl: not found'];
          failing(w, {
            code: byScheduler,
            reason: 'Task failed container health checks',
            lived: 75,
            exit: 143,
            health: 'UNHEALTHY',
            log,
          });
          addRunning(w, { startedAgo: 30, log });
        },
        (w) => routerEnds(w, 0, ['[engine] caught signal (SIGTERM)']),
      ]),
  },
  {
    name: 'a log router that ends well by itself, so that the application is taken down',
    class: 'log-pipeline-failure',
    verdicts: ['likely', 'proven'],
    neverClass: ['app-clean-exit'],
    account: () =>
      changed(at, [
        routed,
        (w) => failing(w, { code: exited, reason: essentialExited, lived: 40, exit: 143, log: ready(w) }),
        (w) => routerEnds(w, 0, ['[ info] [sp] stream processor started', '[error] [lib] backend failed']),
      ]),
  },
  {
    name: 'a log router that ends well beside an application that has done all it had to',
    class: 'app-clean-exit',
    verdicts: ['proven'],
    says: (w) => [`Container ${w.place.service} ends by itself`],
    neverClass: ['log-pipeline-failure'],
    account: () =>
      changed(at, [
        routed,
        (w) => failing(w, { code: exited, reason: essentialExited, lived: 40, exit: 0, log: ready(w) }),
        (w) => routerEnds(w, 0, ['[ info] [sp] stream processor started']),
      ]),
  },
  {
    name: 'a log router that ends with an error by itself',
    class: 'log-pipeline-failure',
    verdicts: ['proven'],
    never: [/before any other/],
    account: () =>
      changed(at, [
        routed,
        (w) => failing(w, { code: exited, reason: essentialExited, lived: 40, exit: 143, log: ready(w) }),
        (w) => routerEnds(w, 1, ['[error] [output:es:es.0] no configuration found, aborting.']),
      ]),
  },
];

/** The application keeps its own log beside the router's, so that what it says can be read. */
function routed(w: World): void {
  const own = structuredClone(theContainer(w).logConfiguration);
  addRouter(w, 'es');
  if (own !== undefined) theContainer(w).logConfiguration = own;
}

/** The router's end in every task of the service that has ended, and what it logged. */
function routerEnds(w: World, exitCode: number, lines: readonly string[]): void {
  const ended = w.snapshot.ecs.tasks.filter(
    ({ group, lastStatus }) => group === `service:${w.place.service}` && lastStatus === 'STOPPED',
  );
  for (const [index, task] of ended.entries()) {
    task.containers = [
      {
        containerArn: w.arn('ecs', `container/${w.place.cluster}/${w.hex(`end-${index}`, 32)}`),
        name: 'log-router',
        lastStatus: 'STOPPED',
        exitCode,
      },
      ...(task.containers ?? []),
    ];
    addLog(w, task, lines, 80 + index * 210, 'log-router');
  }
}
