// ecs_describe_container_instances: the hosts of a cluster: what is left on each, whether its agent answers, and its attributes.

import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, containerInstanceField, listOf } from '../fields.ts';
import { batches, collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { missingField, missingLines, missingOf } from './missing.ts';
import { withKnownCluster } from './unknown-names.ts';

/** DescribeContainerInstances takes at most 100 at once. */
const BATCH = 100;
const ITEMS_MAX = 200;

const host = z.object({
  id: z.string(),
  instance: z.string().nullable(),
  status: z.string(),
  agentConnected: z.boolean(),
  agentVersion: z.string().nullable(),
  runningTasks: z.number(),
  pendingTasks: z.number(),
  remainingCpu: z.number().nullable(),
  remainingMemory: z.number().nullable(),
  portsInUse: z.array(z.string()),
  attributes: z.array(z.string()),
});

export const ecsDescribeContainerInstances = defineReadTool({
  name: 'ecs_describe_container_instances',
  summary:
    'Describes the container instances (EC2 or external hosts) of an ECS cluster: remaining CPU and memory, ports in use, agent connection, status and attributes. Use it when tasks find no place. A cluster that runs on Fargate has none.',
  risk: 'read',
  actions: ['ecs:ListContainerInstances', 'ecs:DescribeContainerInstances', 'ecs:ListClusters'],
  input: z.strictObject({
    cluster: clusterField,
    ids: listOf(
      containerInstanceField,
      BATCH,
      'Ids of the container instances; leave out for all.',
    ).optional(),
  }),
  output: z.object({
    items: z.array(host).max(ITEMS_MAX),
    missing: missingField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster, ids }) => ({ cluster: lastPart(cluster), resources: ids ?? [] }),
  run: async ({ cluster, ids }, aws) => {
    requireOwn(aws, [cluster, ...(ids ?? [])]);
    const listed = await withKnownCluster(aws, cluster, () =>
      collectPages(ITEMS_MAX, async (nextToken) => {
        if (ids !== undefined) return { items: ids, next: undefined, evidence: '' };
        const { output, evidence } = await aws.call('ecs:ListContainerInstances', {
          cluster,
          maxResults: BATCH,
          nextToken,
        });
        return { items: output.containerInstanceArns ?? [], next: output.nextToken, evidence };
      }),
    );
    const answers = await Promise.all(
      batches(listed.items, BATCH).map((containerInstances) =>
        withKnownCluster(aws, cluster, () =>
          aws.call('ecs:DescribeContainerInstances', { cluster, containerInstances }),
        ),
      ),
    );
    return {
      items: answers.flatMap(({ output }) => output.containerInstances ?? []).map(factsOf),
      missing: answers.flatMap(({ output }) => missingOf(output.failures)),
      more: listed.more,
      evidence: [...listed.evidence, ...answers.map(({ evidence }) => evidence)].filter((id) => id !== ''),
    };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'container instance')}.`,
        ...items.map(
          (one) =>
            `${one.id} on ${one.instance ?? 'an external host'}: ${one.status}, agent ${one.agentConnected ? 'connected' : 'NOT connected'}, ${one.remainingCpu ?? '?'} CPU units and ${one.remainingMemory ?? '?'} MiB left, ${one.runningTasks} running and ${one.pendingTasks} pending, ports ${one.portsInUse.join(' ') || 'none'}`,
        ),
        ...missingLines('container instance', missing),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ContainerInstance): z.infer<typeof host> {
  const left = (name: string) => found.remainingResources?.find((one) => one.name === name);
  return {
    id: lastPart(found.containerInstanceArn ?? ''),
    instance: found.ec2InstanceId ?? null,
    status: found.status ?? 'UNKNOWN',
    agentConnected: found.agentConnected ?? false,
    agentVersion: found.versionInfo?.agentVersion ?? null,
    runningTasks: found.runningTasksCount ?? 0,
    pendingTasks: found.pendingTasksCount ?? 0,
    remainingCpu: left('CPU')?.integerValue ?? null,
    remainingMemory: left('MEMORY')?.integerValue ?? null,
    portsInUse: (left('PORTS')?.stringSetValue ?? []).slice(0, 100),
    attributes: (found.attributes ?? [])
      .slice(0, 60)
      .map(({ name, value }) => (value === undefined || value === '' ? (name ?? '') : `${name}=${value}`)),
  };
}
