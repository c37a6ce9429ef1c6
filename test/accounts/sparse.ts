// Accounts as small as a careful person sends them: only what the cause needs, every optional field left out.

import type { CauseClass } from '../../src/contract/finding.ts';
import {
  parseSnapshot,
  SNAPSHOT_FORMAT,
  type Snapshot,
  type SnapshotInput,
} from '../../src/contract/snapshot.ts';

export interface SparseCase {
  readonly name: string;
  readonly class: CauseClass;
  readonly verdicts: readonly string[];
  readonly cluster: string;
  readonly service: string;
  readonly snapshot: () => Snapshot;
}

const region = 'us-east-1';
const id = '111122223333';
const arn = (rest: string) => `arn:aws:ecs:${region}:${id}:${rest}`;
const takenAt = '2026-02-03T08:00:00Z';
const ago = (seconds: number) => new Date(Date.parse(takenAt) - seconds * 1000).toISOString();

function small(ecs: NonNullable<SnapshotInput['ecs']>, rest: Partial<SnapshotInput> = {}): Snapshot {
  const input: SnapshotInput = {
    format: SNAPSHOT_FORMAT,
    takenAt,
    account: { id, region },
    ecs: { clusters: [{ clusterArn: arn('cluster/c'), clusterName: 'c' }], ...ecs },
    ...rest,
  };
  return parseSnapshot(input);
}

const service = {
  serviceArn: arn('service/c/s'),
  serviceName: 's',
  clusterArn: arn('cluster/c'),
  desiredCount: 1,
  runningCount: 0,
  taskDefinition: arn('task-definition/s:1'),
} as const;

function stopped(number: number, fields: object) {
  return {
    taskArn: arn(`task/c/${String(number).padStart(32, 'a')}`),
    clusterArn: arn('cluster/c'),
    taskDefinitionArn: arn('task-definition/s:1'),
    group: 'service:s',
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stoppedAt: ago(60 + number * 90),
    ...fields,
  };
}

export const sparse: readonly SparseCase[] = [
  {
    name: 'killed for memory, without definition or events',
    class: 'oom-killed',
    verdicts: ['proven', 'likely'],
    cluster: 'c',
    service: 's',
    snapshot: () =>
      small({
        services: [service],
        tasks: [1, 2].map((number) =>
          stopped(number, {
            containers: [
              { name: 's', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
            ],
          }),
        ),
      }),
  },
  {
    name: 'a tag that is not in the repository',
    class: 'image-not-found',
    verdicts: ['proven'],
    cluster: 'c',
    service: 's',
    snapshot: () =>
      small(
        {
          services: [service],
          taskDefinitions: [
            {
              taskDefinitionArn: arn('task-definition/s:1'),
              family: 's',
              containerDefinitions: [{ name: 's', image: `${id}.dkr.ecr.${region}.amazonaws.com/s:v9` }],
            },
          ],
          tasks: [
            stopped(1, {
              stoppedReason: `CannotPullContainerError: failed to resolve ref ${id}.dkr.ecr.${region}.amazonaws.com/s:v9: not found`,
            }),
          ],
        },
        {
          ecr: {
            repositories: [
              { repositoryName: 's', images: [{ imageDigest: 'sha256:00', imageTags: ['v8'] }] },
            ],
          },
        },
      ),
  },
  {
    name: 'nothing to see: one task is missing and none has stopped',
    class: 'unknown',
    verdicts: ['unknown'],
    cluster: 'c',
    service: 's',
    snapshot: () => small({ services: [service] }),
  },
  {
    name: 'one running task and nothing else',
    class: 'healthy',
    verdicts: ['proven', 'likely'],
    cluster: 'c',
    service: 's',
    snapshot: () =>
      small({
        services: [{ ...service, runningCount: 1 }],
        tasks: [
          {
            taskArn: arn('task/c/b'),
            clusterArn: arn('cluster/c'),
            group: 'service:s',
            lastStatus: 'RUNNING',
            desiredStatus: 'RUNNING',
          },
        ],
      }),
  },
  {
    name: 'no container instance in the cluster of an EC2 service',
    class: 'asg-capacity-failure',
    verdicts: ['likely', 'possible'],
    cluster: 'c',
    service: 's',
    snapshot: () =>
      small({
        services: [
          {
            ...service,
            launchType: 'EC2',
            events: [
              {
                createdAt: ago(100),
                message:
                  '(service s) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
              },
            ],
          },
        ],
      }),
  },
];
