// ecs_describe_service_revisions: what a service ran with at each revision: definition, network, platform, images by digest.

import type { ServiceRevision } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, partitionOf, requireOwn } from '../arn.ts';
import { clusterField, listOf, serviceField, serviceRevisionField } from '../fields.ts';
import { batches } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, textOf } from '../text-lines.ts';
import { type Missing, missingField, missingLines, missingOf } from './missing.ts';

/** DescribeServiceRevisions takes at most 20 ARNs, ListServiceDeployments lists at most 100. */
const BATCH = 20;
const ITEMS_MAX = 100;

const revision = z.object({
  id: z.string(),
  createdAt: z.string().nullable(),
  taskDefinition: z.string(),
  launchType: z.string().nullable(),
  platformVersion: z.string().nullable(),
  subnets: z.array(z.string()),
  securityGroups: z.array(z.string()),
  assignPublicIp: z.string().nullable(),
  images: z.array(z.object({ container: z.string(), image: z.string(), digest: z.string().nullable() })),
});

export const ecsDescribeServiceRevisions = defineReadTool({
  name: 'ecs_describe_service_revisions',
  summary:
    'Describes service revisions of an ECS service: task definition, subnets, security groups, platform version and the image digests each revision is pinned to. Use it to see what differs between the deployment that worked and the one that fails. Without ids: the revisions of its newest deployments.',
  risk: 'read',
  actions: ['ecs:ListServiceDeployments', 'ecs:DescribeServiceRevisions'],
  input: z.strictObject({
    cluster: clusterField,
    service: serviceField,
    revisions: listOf(serviceRevisionField, ITEMS_MAX, 'Ids or ARNs of the revisions.').optional(),
  }),
  output: z.object({
    items: z.array(revision).max(ITEMS_MAX),
    missing: missingField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster, service, revisions }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: revisions ?? [],
  }),
  run: async ({ cluster, service, revisions }, aws) => {
    requireOwn(aws, [cluster, service]);
    const evidence: string[] = [];
    let arns: string[];
    let more = false;
    if (revisions === undefined) {
      const listed = await aws.call('ecs:ListServiceDeployments', {
        cluster,
        service: lastPart(service),
        maxResults: ITEMS_MAX,
      });
      evidence.push(listed.evidence);
      more = listed.output.nextToken !== undefined;
      const targets = (listed.output.serviceDeployments ?? []).flatMap(
        (one) => one.targetServiceRevisionArn ?? [],
      );
      arns = [...new Set(targets)];
    } else {
      const prefix = `arn:${partitionOf(aws.region)}:ecs:${aws.region}:${aws.account}:service-revision/${lastPart(cluster)}/${lastPart(service)}`;
      arns = [...new Set(revisions.map((one) => (one.startsWith('arn:') ? one : `${prefix}/${one}`)))];
    }
    const found: ServiceRevision[] = [];
    const missing: Missing = [];
    for (const serviceRevisionArns of batches(arns, BATCH)) {
      const answer = await aws.call('ecs:DescribeServiceRevisions', { serviceRevisionArns });
      evidence.push(answer.evidence);
      found.push(...(answer.output.serviceRevisions ?? []));
      missing.push(...missingOf(answer.output.failures));
    }
    return { items: found.map(factsOf), missing, more, evidence };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'service revision')}.`,
        ...items.flatMap((one) => [
          `${one.id} of ${one.createdAt ?? 'an unknown time'}: ${one.taskDefinition}, ${one.launchType ?? 'capacity providers'}, platform ${one.platformVersion ?? 'not set'}, subnets ${one.subnets.join(', ') || 'none'}, groups ${one.securityGroups.join(', ') || 'none'}, public address ${one.assignPublicIp ?? 'not set'}`,
          ...one.images.map(
            ({ container, image, digest }) =>
              `  ${container}: ${image}${digest === null ? '' : ` at ${digest}`}`,
          ),
        ]),
        ...missingLines('service revision', missing),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ServiceRevision): z.infer<typeof revision> {
  const network = found.networkConfiguration?.awsvpcConfiguration;
  return {
    id: lastPart(found.serviceRevisionArn ?? ''),
    createdAt: isoOrNull(found.createdAt),
    taskDefinition: lastPart(found.taskDefinition ?? ''),
    launchType: found.launchType ?? null,
    platformVersion: found.platformVersion ?? null,
    subnets: network?.subnets ?? [],
    securityGroups: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp ?? null,
    images: (found.containerImages ?? []).map((one) => ({
      container: one.containerName ?? '',
      image: one.image ?? '',
      digest: one.imageDigest ?? null,
    })),
  };
}
