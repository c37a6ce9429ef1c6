// Causes inside the container: what it starts, how it ends, what it waits for.

import type { World } from './base.ts';
import { cause } from './case.ts';
import {
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
import {
  breakerTripped,
  essentialExited,
  exited,
  failedToStart,
  failing,
  failingRollOut,
} from './incident.ts';
import { addLog, addStopped } from './tasks.ts';
import { theContainer, theDefinition } from './workload.ts';

export const container = [
  cause('entrypoint-invalid', {
    verdict: 'likely',
    why: 'what is inside an image is in no API; the runtime said it',
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-east-1',
      account: '302284417795',
      cluster: 'rails',
      service: 'backoffice',
      net: 18,
      count: 2,
    },
    ill: (w) => {
      const text =
        'CannotStartContainerError: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "./bin/start-server": stat ./bin/start-server: no such file or directory: unknown';
      failingRollOut(
        w,
        (definition) =>
          Object.assign(definition.containerDefinitions?.[0] ?? {}, { command: ['./bin/start-server'] }),
        { code: failedToStart, reason: text, why: text },
      );
    },
    decoysAt: {
      region: 'eu-west-2',
      account: '787710029934',
      cluster: 'legal',
      service: 'contracts',
      net: 47,
      launch: 'EC2',
    },
    again: (w) => {
      theContainer(w).entryPoint = ['/app/docker-entrypoint'];
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        exit: 126,
        why: 'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/app/docker-entrypoint": permission denied: unknown',
      });
    },
    decoys: [scaryLines, workerShutIn, oldPullTimeouts, oddSettings],
  }),
  cause('app-config-error', {
    verdict: 'likely',
    why: 'only the log says why an application gave up',
    denied: ['logs:*'],
    at: { region: 'us-west-2', account: '930018847725', cluster: 'pets', service: 'adoption', net: 13 },
    ill: (w) =>
      failingRollOut(
        w,
        (definition) => {
          const [first] = definition.containerDefinitions ?? [];
          if (first?.environment !== undefined)
            first.environment = first.environment.filter((one) => one.name !== 'QUEUE_URL');
        },
        {
          code: exited,
          reason: essentialExited,
          lived: 6,
          exit: 1,
          log: [
            'config: reading environment',
            'Error: Missing required environment variable QUEUE_URL',
            '    at loadConfig (/srv/app/config.js:41:11)',
          ],
        },
      ),
    decoysAt: {
      region: 'eu-central-1',
      account: '425510038869',
      cluster: 'bank',
      service: 'statements',
      net: 79,
      count: 2,
    },
    again: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 5,
        exit: 1,
        log: [
          'time="2026-05-12T14:01:09Z" level=info msg="statements 5.2.0"',
          'migration init: failed to open source, "file://migrations": open .: no such file or directory',
        ],
      }),
    decoys: [workerOutOfMemory, oldOutOfMemory, storefrontTargetsIll, deadRouteElsewhere, everydayStops],
  }),
  cause('app-clean-exit', {
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-east-1',
      account: '268840017735',
      cluster: 'data',
      service: 'exporter',
      net: 24,
      count: 1,
    },
    ill: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 75,
        exit: 0,
        log: ['export started', 'wrote 18231 rows to s3://data-uploads/export.csv', 'export finished, bye'],
      }),
    decoysAt: {
      region: 'ap-southeast-2',
      account: '635510938840',
      cluster: 'ops',
      service: 'supervisor',
      net: 56,
      launch: 'EC2',
      count: 2,
    },
    again: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 3,
        exit: 0,
        log: ['apache2 started as daemon, parent leaves', 'warning: OOM score could not be set'],
      }),
    decoys: [oldOutOfMemory, workerOutOfMemory, storefrontWithoutImage, scaryLines],
  }),
  cause('oom-killed', {
    denied: ['ecs:DescribeTasks'],
    at: { region: 'us-east-1', account: '713380029946', cluster: 'ml', service: 'ranker', net: 16, count: 4 },
    ill: (w) =>
      failing(w, {
        code: exited,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
        lived: 410,
        exit: 137,
        why: 'OutOfMemoryError: Container killed due to memory usage',
        log: ['loading model 3.2 GB', 'model ready', 'batch 118'],
      }),
    decoysAt: {
      region: 'eu-west-1',
      account: '859940018823',
      cluster: 'photos',
      service: 'resizer',
      net: 65,
      launch: 'EC2',
    },
    again: (w) =>
      // A child was killed, the parent ended well: exit code 0 stands beside the reason.
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 130,
        exit: 0,
        why: 'OutOfMemoryError: Container killed due to memory usage',
        log: ['worker 3 vanished', 'master: no workers left, leaving'],
      }),
    decoys: [storefrontWithoutImage, deadRouteElsewhere, oldPullTimeouts, oddSettings],
  }),
  cause('native-crash', {
    verdict: 'likely',
    why: 'the exit code is a convention of the shell',
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-west-2',
      account: '184420937756',
      cluster: 'video',
      service: 'encoder',
      net: 26,
      count: 2,
    },
    ill: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 21,
        exit: 139,
        log: ['encoder 8.1', 'opening device'],
      }),
    decoysAt: { region: 'eu-north-1', account: '476620038817', cluster: 'voice', service: 'speech', net: 93 },
    again: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 47,
        exit: 134,
        log: [
          'loading libtensor',
          "terminate called after throwing an instance of 'std::bad_cast'",
          'Aborted (core dumped)',
        ],
      }),
    decoys: [workerOutOfMemory, oldOutOfMemory, storefrontSharesGroup, scaryLines],
  }),
  cause('container-dependency-failed', {
    denied: ['ecs:DescribeTaskDefinition'],
    at: { region: 'us-east-1', account: '557730029916', cluster: 'auth', service: 'sso', net: 38 },
    ill: (w) => dependency(w, 'SUCCESS', 'migrate', 1),
    decoysAt: {
      region: 'ap-south-1',
      account: '322240918873',
      cluster: 'games',
      service: 'matchmaker',
      net: 84,
    },
    again: (w) => {
      dependency(w, 'HEALTHY', 'warm-cache', 1);
      breakerTripped(w);
    },
    decoys: [workerOutOfMemory, oldPullTimeouts, oddSettings],
  }),
];

/** The application waits for a container that ends badly, so it never starts. */
function dependency(w: World, condition: 'SUCCESS' | 'HEALTHY', name: string, exit: number): void {
  const definition = theDefinition(w);
  const app = theContainer(w);
  app.dependsOn = [{ containerName: name, condition }];
  definition.containerDefinitions?.push({
    name,
    image: app.image ?? '',
    essential: false,
    command: ['node', `${name}.js`],
    ...(condition === 'HEALTHY'
      ? { healthCheck: { command: ['CMD-SHELL', 'test -f /tmp/warm'], interval: 10, retries: 3 } }
      : {}),
    ...(app.logConfiguration === undefined
      ? {}
      : { logConfiguration: structuredClone(app.logConfiguration) }),
  });
  failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
  const outcome = condition === 'SUCCESS' ? 'did not exit successfully' : 'exited and never became healthy';
  const text = `CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [${name}(${app.image}) (STOPPED->RUNNING) - Exit: ${exit}] for target [${app.name}(${app.image}) (NONE->RUNNING)] as dependency ${outcome}.`;
  const ended = addStopped(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    exit: 143,
    why: text,
    change: (task, index) => {
      task.containers = [
        {
          containerArn: w.arn('ecs', `container/${w.place.cluster}/${w.hex(`${name}-${index}`, 32)}`),
          name,
          lastStatus: 'STOPPED',
          exitCode: exit,
          ...(condition === 'HEALTHY' ? { healthStatus: 'UNHEALTHY' as const } : {}),
        },
        ...(task.containers ?? []),
      ];
    },
  });
  for (const task of ended)
    addLog(
      w,
      task,
      [`${name}: begin`, 'Error: relation "sessions" already exists', `${name}: giving up`],
      300,
      name,
    );
}
