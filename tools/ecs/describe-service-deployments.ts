// ecs_describe_service_deployments: the latest deployments of a service, how each ended, and what the circuit breaker and alarms said.

import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField } from '../fields.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';
import { missingField, missingLines, missingOf } from './missing.ts';

/** DescribeServiceDeployments takes at most 20 ARNs. */
const BATCH = 20;
const ITEMS_MAX = 200;

const deployment = z.object({
  id: z.string(),
  status: z.string(),
  statusReason: z.string().nullable(),
  createdAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  targetRevision: z.string().nullable(),
  running: z.number().nullable(),
  requested: z.number().nullable(),
  circuitBreaker: z.string().nullable(),
  failures: z.number().nullable(),
  rollbackReason: z.string().nullable(),
});

export const ecsDescribeServiceDeployments = defineReadTool({
  name: 'ecs_describe_service_deployments',
  summary:
    'Describes the newest deployments of an ECS service: status with its reason, target revision, circuit breaker and rollback. Use it to see how earlier deployments ended.',
  risk: 'read',
  actions: ['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments'],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  output: z.object({
    items: z.array(deployment).max(ITEMS_MAX),
    missing: missingField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [],
  }),
  run: async ({ cluster, service }, aws) => {
    requireOwn(aws, [cluster, service]);
    const { output: listed, evidence: list } = await aws.call('ecs:ListServiceDeployments', {
      cluster,
      service: lastPart(service),
      maxResults: BATCH,
    });
    const arns = (listed.serviceDeployments ?? []).flatMap((one) => one.serviceDeploymentArn ?? []);
    const more = listed.nextToken !== undefined;
    if (arns.length === 0) return { items: [], missing: [], more, evidence: [list] };
    const { output, evidence } = await aws.call('ecs:DescribeServiceDeployments', {
      serviceDeploymentArns: arns.slice(0, BATCH),
    });
    return {
      items: (output.serviceDeployments ?? []).map(factsOf),
      missing: missingOf(output.failures),
      more,
      evidence: [list, evidence],
    };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'deployment')}.`,
        ...items.map(
          (one) =>
            `${one.id}: ${one.status}, made ${one.createdAt ?? 'at an unknown time'}, ${one.running ?? '?'} of ${one.requested ?? '?'} tasks run, circuit breaker ${one.circuitBreaker ?? 'none'} after ${one.failures ?? 0} failures${one.statusReason === null ? '' : `; ${one.statusReason}`}`,
        ),
        ...missingLines('deployment', missing),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ServiceDeployment): z.infer<typeof deployment> {
  const { targetServiceRevision: target, deploymentCircuitBreaker: breaker } = found;
  return {
    id: lastPart(found.serviceDeploymentArn ?? ''),
    status: found.status ?? 'UNKNOWN',
    statusReason: found.statusReason === undefined ? null : oneLine(found.statusReason),
    createdAt: isoOrNull(found.createdAt),
    finishedAt: isoOrNull(found.finishedAt),
    targetRevision: target?.arn === undefined ? null : lastPart(target.arn),
    running: target?.runningTaskCount ?? null,
    requested: target?.requestedTaskCount ?? null,
    circuitBreaker: breaker?.status ?? null,
    failures: breaker?.failureCount ?? null,
    rollbackReason: found.rollback?.reason === undefined ? null : oneLine(found.rollback.reason),
  };
}
