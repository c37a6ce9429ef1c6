// ecs_list_services: which services a cluster has.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { withKnownCluster } from './unknown-names.ts';

const SERVICES_MAX = 1_000;

export const ecsListServices = defineReadTool({
  name: 'ecs_list_services',
  summary: 'Lists the names of the services in an ECS cluster. For their state use ecs_describe_services.',
  risk: 'read',
  actions: ['ecs:ListServices', 'ecs:ListClusters'],
  input: z.strictObject({ cluster: clusterField }),
  output: z.object({
    cluster: z.string(),
    services: z.array(z.object({ name: z.string(), arn: z.string() })).max(SERVICES_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster }) => ({ cluster: lastPart(cluster), resources: [] }),
  run: async ({ cluster }, aws) => {
    requireOwn(aws, [cluster]);
    const { items, more, evidence } = await withKnownCluster(aws, cluster, () =>
      collectPages(SERVICES_MAX, async (nextToken) => {
        const { output, evidence } = await aws.call('ecs:ListServices', {
          cluster,
          maxResults: 100,
          nextToken,
        });
        return { items: output.serviceArns ?? [], next: output.nextToken, evidence };
      }),
    );
    const services = items.map((arn) => ({ name: lastPart(arn), arn }));
    return { cluster: lastPart(cluster), services, more, evidence };
  },
  text: ({ cluster, services, more, evidence }) =>
    textOf(
      [
        `${counted(services.length, 'service')} in ${cluster}: ${services.map(({ name }) => name).join(', ') || 'none'}.`,
        ...moreLine(more),
      ],
      evidence,
    ),
});
