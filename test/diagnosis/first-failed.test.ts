// Which of several containers is told of, and by which line of its log.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, rollOut } from '../support/account-builder.ts';
import { look } from './support/look.ts';

interface Ended {
  readonly name: string;
  readonly exit?: number;
  readonly reason?: string;
  /** Lines of its log, a second apart, ending so many seconds before the task did. */
  readonly log?: readonly string[];
  readonly silentFor?: number;
  readonly definition?: object;
}

/** A deployment of which every task ends like this. */
function endedLike(s: Snapshot, containers: readonly Ended[], stop: object): void {
  rollOut(s, { failed: 3 });
  const definition = s.ecs.taskDefinitions.find(({ revision }) => revision === 8);
  const [own] = definition?.containerDefinitions ?? [];
  if (definition !== undefined)
    definition.containerDefinitions = containers.map(({ name, definition: more }) => ({
      ...own,
      name,
      essential: true,
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/ecs/api',
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': 'ecs',
        },
      },
      ...more,
    }));
  for (const task of addTasks(s, { count: 3, revision: 8, secondsAgo: 100, stop })) {
    task.containers = containers.map(({ name, exit, reason }) => ({
      name,
      lastStatus: 'STOPPED',
      ...(exit === undefined ? {} : { exitCode: exit }),
      ...(reason === undefined ? {} : { reason }),
    }));
    const end = Date.parse(task.stoppedAt ?? '');
    for (const { name, log = [], silentFor = 0 } of containers)
      s.logs.logGroups[0]?.streams.push({
        logStreamName: `ecs/${name}/${task.taskArn.split('/').at(-1)}`,
        events: log.map((message, index) => ({
          timestamp: end - (silentFor + log.length - index) * 1_000,
          message,
        })),
      });
  }
}

const EXITED = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
} as const;
const NOT_STARTED = { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' } as const;
const first = async (containers: readonly Ended[], stop: object = EXITED) =>
  (await look((s) => endedLike(s, containers, stop))).findings[0];

describe('of two essential containers', () => {
  it('the one that fell silent first is told of, not the one that was told to stop', async () => {
    const web = {
      name: 'web',
      exit: 1,
      log: ['listening', 'received SIGTERM, closing', 'Error: pool closed'],
    };
    const worker = {
      name: 'worker',
      exit: 1,
      silentFor: 9,
      log: ['Error: environment variable QUEUE_URL is not set'],
    };
    for (const order of [
      [web, worker],
      [worker, web],
    ]) {
      const finding = await first(order);
      expect(`${finding?.title} ${finding?.explanation}`).toContain('QUEUE_URL');
      expect(`${finding?.title} ${finding?.explanation}`).not.toContain('pool closed');
    }
  });

  it('one that ended with 0 is told of where the other was told to stop and ended badly', async () => {
    const finding = await first([
      { name: 'web', exit: 1, log: ['listening', 'received SIGTERM, closing', 'closed with open requests'] },
      { name: 'sync', exit: 0, silentFor: 9, log: ['synchronised 12 rows, done'] },
    ]);
    expect(finding).toMatchObject({ class: 'app-clean-exit' });
    expect(finding?.title).toContain('sync');
  });
});

describe('a container that others wait for', () => {
  it('is quoted, wherever it stands in the task definition', async () => {
    const finding = await first(
      [
        {
          name: 'app',
          reason:
            'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [migrate (STOPPED->RUNNING) - Exit: 1] for target [app (NONE->RUNNING)] as dependency did not exit successfully.',
          definition: { dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
        },
        { name: 'proxy', exit: 143, log: ['ready'] },
        {
          name: 'migrate',
          exit: 1,
          log: [
            'begin',
            'Error: relation "sessions" already exists',
            'npm ERR! code ELIFECYCLE',
            'giving up',
          ],
          definition: { essential: false },
        },
      ],
      NOT_STARTED,
    );
    expect(finding).toMatchObject({ class: 'container-dependency-failed', verdict: 'proven' });
    expect(finding?.explanation).toContain(
      'the log of migrate says "Error: relation "sessions" already exists"',
    );
  });
});
