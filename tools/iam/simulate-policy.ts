// iam_simulate_policy: whether a role may do something to a resource, as IAM's own simulator decides it.

import type { EvaluationResult } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { parseArn } from '../arn.ts';
import { contextKeyField, iamActionField, listOf, resourceArnField, roleNameField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 400;

const decision = z.object({
  action: z.string(),
  resource: z.string(),
  decision: z.string(),
  by: z.array(z.string()),
  allowedByBoundary: z.boolean().nullable(),
  allowedByOrganization: z.boolean().nullable(),
  missingContext: z.array(z.string()),
});

export const iamSimulatePolicy = defineReadTool({
  name: 'iam_simulate_policy',
  summary:
    "Asks IAM's policy simulator whether a role may do actions on resources, by its own policies, its boundary and the organization. Policies of the resource (a secret, key, bucket or repository) and of a VPC endpoint are not part of it. Without resources the question is about all of them, which a policy for single resources does not allow.",
  risk: 'read',
  actions: ['iam:GetRole', 'iam:SimulatePrincipalPolicy'],
  input: z.strictObject({
    role: roleNameField,
    actions: listOf(iamActionField, 20, 'IAM actions.'),
    resources: listOf(resourceArnField, 20, 'ARNs of the resources.').optional(),
    context: z
      .array(
        z.strictObject({
          key: contextKeyField,
          value: z
            .string()
            .min(1)
            .max(256)
            .regex(/^[A-Za-z0-9_][A-Za-z0-9_./@+=,-]*$/),
        }),
      )
      .max(20)
      .default([])
      .describe('Values of condition keys that the policies ask for.'),
  }),
  output: z.object({ items: z.array(decision).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ role }) => ({ resources: [role] }),
  run: async ({ role, actions, resources, context: keys }, aws) => {
    for (const resource of resources ?? []) requireReachable(resource, aws);
    // The role may have a path, which only its own ARN says.
    const found = await aws.call('iam:GetRole', { RoleName: role });
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('iam:SimulatePrincipalPolicy', {
        PolicySourceArn: found.output.Role?.Arn ?? '',
        ActionNames: actions,
        ...(resources === undefined ? {} : { ResourceArns: resources }),
        ...(keys.length === 0
          ? {}
          : {
              ContextEntries: keys.map(({ key, value }) => ({
                ContextKeyName: key,
                ContextKeyValues: [value],
                ContextKeyType: 'string' as const,
              })),
            }),
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.EvaluationResults ?? [], next: output.Marker, evidence };
    });
    return { items: items.map(factsOf), more, evidence: [found.evidence, ...evidence] };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${items.filter((one) => one.decision === 'allowed').length} of ${counted(items.length, 'decision')} allow.`,
        ...items.map(
          (one) =>
            `${one.action} on ${one.resource}: ${one.decision}${one.by.length === 0 ? '' : ` by ${one.by.join(', ')}`}${one.allowedByBoundary === false ? ', outside the permissions boundary' : ''}${one.allowedByOrganization === false ? ', refused by the organization' : ''}${one.missingContext.length === 0 ? '' : `, depends on ${one.missingContext.join(', ')}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

/** Resources of the own account, and those whose ARNs name no account, such as buckets. */
function requireReachable(
  resource: string,
  aws: { readonly account: string; readonly region: string },
): void {
  const arn = parseArn(resource);
  const own =
    arn !== undefined &&
    (arn.account === '' || arn.account === aws.account) &&
    (arn.region === '' || arn.region === aws.region);
  if (own) return;
  throw fail('input-invalid', {
    where: 'resources',
    detail: `${resource} is not in account ${aws.account}, ${aws.region}, which this node serves`,
  });
}

function factsOf(found: EvaluationResult): z.infer<typeof decision> {
  return {
    action: found.EvalActionName ?? '',
    resource: oneLine(found.EvalResourceName ?? '*'),
    decision: found.EvalDecision ?? 'unknown',
    by: [...new Set((found.MatchedStatements ?? []).map((one) => oneLine(one.SourcePolicyId ?? '', 128)))],
    allowedByBoundary: found.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary ?? null,
    allowedByOrganization: found.OrganizationsDecisionDetail?.AllowedByOrganizations ?? null,
    missingContext: (found.MissingContextValues ?? []).map((key) => oneLine(key, 128)),
  };
}
