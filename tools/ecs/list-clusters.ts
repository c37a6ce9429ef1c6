// ecs_list_clusters: which clusters there are.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const CLUSTERS_MAX = 500;

export const ecsListClusters = defineReadTool({
  name: 'ecs_list_clusters',
  summary:
    'Lists the names of the ECS clusters in this account and region. Use it when no cluster is named, or the name is uncertain.',
  risk: 'read',
  actions: ['ecs:ListClusters'],
  input: z.strictObject({}),
  output: z.object({
    clusters: z.array(z.object({ name: z.string(), arn: z.string() })).max(CLUSTERS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: () => ({ resources: [] }),
  run: async (_input, aws) => {
    const { items, more, evidence } = await collectPages(CLUSTERS_MAX, async (nextToken) => {
      const { output, evidence } = await aws.call('ecs:ListClusters', { nextToken });
      return { items: output.clusterArns ?? [], next: output.nextToken, evidence };
    });
    return { clusters: items.map((arn) => ({ name: lastPart(arn), arn })), more, evidence };
  },
  text: ({ clusters, more, evidence }) =>
    textOf(
      [
        `${counted(clusters.length, 'cluster')}: ${clusters.map(({ name }) => name).join(', ') || 'none'}.`,
        ...moreLine(more),
      ],
      evidence,
    ),
});
