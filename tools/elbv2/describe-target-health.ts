// elbv2_describe_target_health: which targets of a group are healthy, and why the others are not.

import { z } from 'zod';
import { AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { targetGroupArnField } from '../fields.ts';
import { evidenceField, oneLine, textOf } from '../text-lines.ts';

/** A target group of IP targets holds at most 1,000. */
const TARGETS_MAX = 1_000;

export const elbv2DescribeTargetHealth = defineReadTool({
  name: 'elbv2_describe_target_health',
  summary:
    'Tells the health of every target of a load balancer target group, with the reason when it is not healthy.',
  risk: 'read',
  actions: ['elasticloadbalancing:DescribeTargetHealth'],
  input: z.strictObject({ target_group_arn: targetGroupArnField }),
  output: z.object({
    targetGroup: z.string(),
    targets: z
      .array(
        z.object({
          id: z.string(),
          port: z.number().nullable(),
          zone: z.string().nullable(),
          state: z.string(),
          reason: z.string().nullable(),
          description: z.string().nullable(),
        }),
      )
      .max(TARGETS_MAX),
    evidence: evidenceField,
  }),
  target: ({ target_group_arn }) => ({ resources: [target_group_arn] }),
  run: async ({ target_group_arn: arn }, aws) => {
    requireOwn(aws, [arn]);
    const { output, evidence } = await aws
      .call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn: arn })
      .catch((thrown: unknown) => {
        const unknown = thrown instanceof AwsCallError && /^TargetGroupNotFound/.test(thrown.failure.code);
        if (!unknown) throw thrown;
        throw fail(
          'resource-unknown',
          { kind: 'target group', id: arn, account: aws.account, region: aws.region, nearest: '' },
          thrown,
        );
      });
    const targets = (output.TargetHealthDescriptions ?? []).slice(0, TARGETS_MAX).map((one) => ({
      id: one.Target?.Id ?? '',
      port: one.Target?.Port ?? null,
      zone: one.Target?.AvailabilityZone ?? null,
      state: one.TargetHealth?.State ?? 'unknown',
      reason: one.TargetHealth?.Reason ?? null,
      description: one.TargetHealth?.Description === undefined ? null : oneLine(one.TargetHealth.Description),
    }));
    return { targetGroup: arn, targets, evidence: [evidence] };
  },
  text: ({ targetGroup, targets, evidence }) =>
    textOf(
      [
        `${targets.filter(({ state }) => state === 'healthy').length} of ${targets.length} targets of ${targetGroup} are healthy.`,
        ...targets.map(
          ({ id, port, zone, state, reason, description }) =>
            `${id}:${port ?? ''} ${zone ?? ''} ${state}${reason === null ? '' : ` ${reason}`}${description === null ? '' : `: ${description}`}`,
        ),
      ],
      evidence,
    ),
});
