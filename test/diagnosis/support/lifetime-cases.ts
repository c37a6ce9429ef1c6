// Cases of how tasks begin and end among their containers.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { addTasks, allFail, theDefinition } from '../../support/account-builder.ts';
import type { CauseCase } from './cause-case.ts';

/** Two tasks that were stopped on purpose, `seconds` after they were asked to. */
function stoppedOnPurpose(s: Snapshot, seconds: number, container: object): void {
  const tasks = addTasks(s, {
    count: 2,
    secondsAgo: 200,
    stop: {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/7)',
    },
    container,
  });
  for (const task of tasks) {
    const end = Date.parse(task.stoppedAt ?? '');
    task.stoppingAt = new Date(end - seconds * 1_000).toISOString();
    task.executionStoppedAt = new Date(end).toISOString();
  }
}

function dependsOn(s: Snapshot, exitCode: number): void {
  const definition = theDefinition(s);
  const [app] = definition.containerDefinitions ?? [];
  if (app !== undefined) app.dependsOn = [{ containerName: 'migrate', condition: 'SUCCESS' }];
  definition.containerDefinitions?.push({ name: 'migrate', image: 'migrate:1', essential: false });
  for (const task of allFail(s, {
    stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' },
  }))
    task.containers?.push({ name: 'migrate', lastStatus: 'STOPPED', exitCode });
}

function checked(s: Snapshot, command: string[]): void {
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined) container.healthCheck = { command };
  allFail(s, {
    stop: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
    container: { exitCode: 143, healthStatus: 'UNHEALTHY' },
    log: ['listening on 0.0.0.0:8080'],
  });
}

export const lifetimeCases: readonly CauseCase[] = [
  {
    class: 'container-healthcheck-invalid',
    verdict: 'proven',
    ill: (s) => checked(s, ['CMD', 'curl -f http://localhost:8080/ || exit 1']),
    decoy: (s) => checked(s, ['CMD-SHELL', 'curl -f http://localhost:8080/ || exit 1']),
    denied: ['ecs:DescribeTaskDefinition'],
  },
  {
    class: 'graceful-shutdown-gap',
    verdict: 'proven',
    ill: (s) => stoppedOnPurpose(s, 31, { exitCode: 137 }),
    decoy: (s) =>
      stoppedOnPurpose(s, 31, {
        exitCode: 137,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
      }),
  },
  {
    class: 'container-dependency-failed',
    verdict: 'proven',
    ill: (s) => dependsOn(s, 3),
    decoy: (s) => dependsOn(s, 0),
    denied: ['ecs:DescribeTaskDefinition'],
  },
];
