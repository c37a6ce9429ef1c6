// ecs_describe_clusters: size and settings of clusters. Without names it describes all of them.

import type { Cluster } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, listOf } from '../fields.ts';
import { batches, collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { missingField, missingLines, missingOf } from './missing.ts';
import { clusterUnknown } from './unknown-names.ts';

/** DescribeClusters takes at most 100 names at once. */
const BATCH = 100;
const CLUSTERS_MAX = 200;

const cluster = z.object({
  name: z.string(),
  arn: z.string(),
  status: z.string(),
  activeServices: z.number(),
  runningTasks: z.number(),
  pendingTasks: z.number(),
  containerInstances: z.number(),
  capacityProviders: z.array(z.string()),
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
});

export const ecsDescribeClusters = defineReadTool({
  name: 'ecs_describe_clusters',
  summary:
    'Describes ECS clusters: status, number of services, running and pending tasks, container instances and capacity providers. Without names: all clusters.',
  risk: 'read',
  actions: ['ecs:DescribeClusters', 'ecs:ListClusters'],
  input: z.strictObject({
    clusters: listOf(clusterField, 100, 'Names of the clusters; leave out for all.').optional(),
  }),
  output: z.object({
    clusters: z.array(cluster).max(CLUSTERS_MAX),
    missing: missingField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ clusters = [] }) => ({
    ...(clusters.length === 1 && clusters[0] !== undefined ? { cluster: lastPart(clusters[0]) } : {}),
    resources: clusters,
  }),
  run: async ({ clusters }, aws) => {
    requireOwn(aws, clusters ?? []);
    const listed = await collectPages(CLUSTERS_MAX, async (nextToken) => {
      if (clusters !== undefined) return { items: clusters, next: undefined, evidence: '' };
      const { output, evidence } = await aws.call('ecs:ListClusters', { nextToken });
      return { items: output.clusterArns ?? [], next: output.nextToken, evidence };
    });
    const answers = await Promise.all(
      batches(listed.items, BATCH).map((names) =>
        aws.call('ecs:DescribeClusters', { clusters: names, include: ['SETTINGS'] }),
      ),
    );
    const found = answers.flatMap(({ output }) => output.clusters ?? []).map(factsOf);
    const missing = answers.flatMap(({ output }) => missingOf(output.failures));
    const [first] = clusters ?? [];
    if (found.length === 0 && first !== undefined) throw await clusterUnknown(aws, lastPart(first));
    const evidence = [...listed.evidence, ...answers.map((answer) => answer.evidence)].filter(
      (id) => id !== '',
    );
    return { clusters: found, missing, more: listed.more, evidence };
  },
  text: ({ clusters, missing, more, evidence }) =>
    textOf(
      [
        `${counted(clusters.length, 'cluster')}.`,
        ...clusters.map(
          (one) =>
            `${one.name}: ${one.status}, ${counted(one.activeServices, 'service')}, ${one.runningTasks} running and ${one.pendingTasks} pending tasks, ${counted(one.containerInstances, 'container instance')}, capacity providers ${one.capacityProviders.join(', ') || 'none'}.`,
        ),
        ...missingLines('cluster', missing),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: Cluster): z.infer<typeof cluster> {
  return {
    name: found.clusterName ?? '',
    arn: found.clusterArn ?? '',
    status: found.status ?? 'UNKNOWN',
    activeServices: found.activeServicesCount ?? 0,
    runningTasks: found.runningTasksCount ?? 0,
    pendingTasks: found.pendingTasksCount ?? 0,
    containerInstances: found.registeredContainerInstancesCount ?? 0,
    capacityProviders: found.capacityProviders ?? [],
    settings: (found.settings ?? []).map(({ name, value }) => ({ name: name ?? '', value: value ?? '' })),
  };
}
