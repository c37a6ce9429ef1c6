// ecs_describe_tasks: where tasks run and how they ended. The containers keep the order ECS gives; the first one is not
// necessarily the one that failed. Environment overrides are left out: values can be secrets.

import type { Container, Task } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { clusterField, listOf, taskField } from '../fields.ts';
import { batches } from '../pagination.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { missingField, missingLines, missingOf } from './missing.ts';
import { withKnownCluster } from './unknown-names.ts';

/** DescribeTasks takes at most 100 at once. */
const BATCH = 100;
const TASKS_MAX = 200;

const container = z.object({
  name: z.string(),
  image: z.string().nullable(),
  imageDigest: z.string().nullable(),
  lastStatus: z.string(),
  healthStatus: z.string().nullable(),
  exitCode: z.number().nullable(),
  reason: z.string().nullable(),
});

const task = z.object({
  id: z.string(),
  arn: z.string(),
  group: z.string().nullable(),
  taskDefinition: z.string(),
  lastStatus: z.string(),
  desiredStatus: z.string(),
  healthStatus: z.string().nullable(),
  stopCode: z.string().nullable(),
  stoppedReason: z.string().nullable(),
  startedBy: z.string().nullable(),
  availabilityZone: z.string().nullable(),
  launchType: z.string().nullable(),
  cpu: z.string().nullable(),
  memory: z.string().nullable(),
  createdAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  stoppedAt: z.string().nullable(),
  subnet: z.string().nullable(),
  networkInterface: z.string().nullable(),
  privateIp: z.string().nullable(),
  containers: z.array(container).max(60),
});
type TaskFacts = z.infer<typeof task>;

export const ecsDescribeTasks = defineReadTool({
  name: 'ecs_describe_tasks',
  summary:
    'Describes ECS tasks by id: status, health, stop code and reason, exit code of each container, zone, subnet, network interface and times.',
  risk: 'read',
  actions: ['ecs:DescribeTasks', 'ecs:ListClusters'],
  input: z.strictObject({
    cluster: clusterField,
    tasks: listOf(taskField, TASKS_MAX, 'Ids or ARNs of the tasks, at most 200.'),
  }),
  output: z.object({ tasks: z.array(task).max(TASKS_MAX), missing: missingField, evidence: evidenceField }),
  target: ({ cluster, tasks }) => ({ cluster: lastPart(cluster), resources: tasks }),
  run: async ({ cluster, tasks }, aws) => {
    requireOwn(aws, [cluster, ...tasks]);
    const answers = await withKnownCluster(aws, cluster, () =>
      Promise.all(batches(tasks, BATCH).map((ids) => aws.call('ecs:DescribeTasks', { cluster, tasks: ids }))),
    );
    return {
      tasks: answers.flatMap(({ output }) => output.tasks ?? []).map(factsOf),
      missing: answers.flatMap(({ output }) => missingOf(output.failures)).slice(0, 100),
      evidence: answers.map(({ evidence }) => evidence),
    };
  },
  text: ({ tasks, missing, evidence }) =>
    textOf([...tasks.flatMap(taskLines), ...missingLines('task', missing)], evidence),
});

function factsOf(found: Task): TaskFacts {
  const details = new Map(
    (found.attachments ?? [])
      .filter((attachment) => attachment.type === 'ElasticNetworkInterface')
      .flatMap((attachment) => attachment.details ?? [])
      .map(({ name, value }) => [name ?? '', value ?? '']),
  );
  return {
    id: lastPart(found.taskArn ?? ''),
    arn: found.taskArn ?? '',
    group: found.group ?? null,
    taskDefinition: familyRevision(found.taskDefinitionArn ?? ''),
    lastStatus: found.lastStatus ?? 'UNKNOWN',
    desiredStatus: found.desiredStatus ?? 'UNKNOWN',
    healthStatus: found.healthStatus ?? null,
    stopCode: found.stopCode ?? null,
    stoppedReason: found.stoppedReason === undefined ? null : oneLine(found.stoppedReason, 1_000),
    startedBy: found.startedBy ?? null,
    availabilityZone: found.availabilityZone ?? null,
    launchType: found.launchType ?? null,
    cpu: found.cpu ?? null,
    memory: found.memory ?? null,
    createdAt: isoOrNull(found.createdAt),
    startedAt: isoOrNull(found.startedAt),
    stoppedAt: isoOrNull(found.stoppedAt),
    subnet: details.get('subnetId') ?? null,
    networkInterface: details.get('networkInterfaceId') ?? null,
    privateIp: details.get('privateIPv4Address') ?? null,
    containers: (found.containers ?? []).map(containerFacts),
  };
}

function containerFacts(found: Container): z.infer<typeof container> {
  return {
    name: found.name ?? '',
    image: found.image ?? null,
    imageDigest: found.imageDigest ?? null,
    lastStatus: found.lastStatus ?? 'UNKNOWN',
    healthStatus: found.healthStatus ?? null,
    exitCode: found.exitCode ?? null,
    reason: found.reason === undefined ? null : oneLine(found.reason, 1_000),
  };
}

function taskLines(one: TaskFacts): string[] {
  const stopped =
    one.stoppedAt === null && one.stoppedReason === null
      ? ''
      : `; stopped ${one.stoppedAt ?? ''} ${one.stopCode ?? ''}: ${one.stoppedReason ?? 'no reason given'}`;
  return [
    `Task ${one.id} (${one.group ?? 'no group'}, ${one.taskDefinition}): ${one.lastStatus}, desired ${one.desiredStatus}, health ${one.healthStatus ?? 'UNKNOWN'}, ${one.availabilityZone ?? 'no zone'}, started ${one.startedAt ?? 'never'}${stopped}`,
    `  network: ${one.networkInterface ?? 'no network interface'} ${one.privateIp ?? ''} in ${one.subnet ?? 'no subnet'}`,
    ...one.containers.map(
      (part) =>
        `  container ${part.name}: ${part.lastStatus}, health ${part.healthStatus ?? 'UNKNOWN'}, exit code ${part.exitCode ?? 'none'}${part.reason === null ? '' : `, ${part.reason}`}`,
    ),
  ];
}
