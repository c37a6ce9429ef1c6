// codedeploy_list_deployments: how the newest CodeDeploy deployments went, and why they failed or were rolled back.

import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { deploymentNameField } from '../fields.ts';
import { batches, collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

/** BatchGetDeployments takes at most 25 ids. */
const BATCH = 25;
const ITEMS_MAX = 100;

const deployment = z.object({
  id: z.string(),
  application: z.string(),
  group: z.string(),
  platform: z.string(),
  status: z.string(),
  createdAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  creator: z.string(),
  error: z.string().nullable(),
  rollback: z.string().nullable(),
});

export const codedeployListDeployments = defineReadTool({
  name: 'codedeploy_list_deployments',
  summary:
    'Describes CodeDeploy deployments, newest first: status, error, rollback. Services with the deployment controller CODE_DEPLOY are deployed by it, blue and green. By application and group, or all of the region.',
  risk: 'read',
  actions: ['codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments'],
  input: z.strictObject({
    application: deploymentNameField.optional(),
    group: deploymentNameField
      .optional()
      .describe('Name of the deployment group; together with application.'),
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Only those made after this time, ISO-8601; the last 7 days when left out.'),
    limit: z.number().int().min(1).max(ITEMS_MAX).default(20).describe('How many deployments at most.'),
  }),
  output: z.object({ items: z.array(deployment).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: () => ({ resources: [] }),
  run: async ({ application, group, since, limit }, aws, context) => {
    if ((application === undefined) !== (group === undefined))
      throw fail('input-invalid', {
        where: 'group',
        detail: 'application and group are only taken together',
      });
    const start = new Date(since === undefined ? context.nowMs - 7 * 86_400_000 : Date.parse(since));
    const listed = await collectPages(limit, async (nextToken) => {
      const { output, evidence } = await aws.call('codedeploy:ListDeployments', {
        ...(application === undefined ? {} : { applicationName: application }),
        ...(group === undefined ? {} : { deploymentGroupName: group }),
        createTimeRange: { start },
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: output.deployments ?? [], next: output.nextToken, evidence };
    });
    const evidence = [...listed.evidence];
    const found: DeploymentInfo[] = [];
    for (const deploymentIds of batches(listed.items, BATCH)) {
      const answer = await aws.call('codedeploy:BatchGetDeployments', { deploymentIds });
      evidence.push(answer.evidence);
      found.push(...(answer.output.deploymentsInfo ?? []));
    }
    found.sort((left, right) => (right.createTime?.getTime() ?? 0) - (left.createTime?.getTime() ?? 0));
    return { items: found.map(factsOf), more: listed.more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'deployment')}.`,
        ...items.map(
          (one) =>
            `${one.id} of ${one.application}/${one.group} (${one.platform}): ${one.status}, made ${one.createdAt ?? 'at an unknown time'} by ${one.creator}${one.error === null ? '' : `; ${one.error}`}${one.rollback === null ? '' : `; ${one.rollback}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: DeploymentInfo): z.infer<typeof deployment> {
  const { errorInformation: error, rollbackInfo: rollback } = found;
  return {
    id: found.deploymentId ?? '',
    application: oneLine(found.applicationName ?? '', 100),
    group: oneLine(found.deploymentGroupName ?? '', 100),
    platform: found.computePlatform ?? 'unknown',
    status: found.status ?? 'unknown',
    createdAt: isoOrNull(found.createTime),
    completedAt: isoOrNull(found.completeTime),
    creator: found.creator ?? 'unknown',
    error: error === undefined ? null : oneLine(`${error.code ?? ''}: ${error.message ?? ''}`),
    rollback:
      rollback === undefined
        ? null
        : oneLine(
            `rolled back by ${rollback.rollbackDeploymentId ?? '?'}: ${rollback.rollbackMessage ?? ''}`,
          ),
  };
}
