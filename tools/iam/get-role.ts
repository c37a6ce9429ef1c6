// iam_get_role: who may assume a role, and what its policies let it do.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { roleNameField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { statementLines, statementsField } from '../policy-statements.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { createSideReads, type SideReads, unverifiedField, unverifiedLines } from '../unverified-reads.ts';

/** IAM allows 10 attached policies, 25 with a raised quota, and inline policies of 10,240 characters in all. */
const POLICIES_MAX = 40;

const policy = z.object({
  name: z.string(),
  kind: z.enum(['inline', 'managed']),
  arn: z.string().nullable(),
  statements: statementsField.nullable().describe('Null when the document could not be read.'),
});

export const iamGetRole = defineReadTool({
  name: 'iam_get_role',
  summary:
    'Describes an IAM role: who may assume it (its trust policy), its permissions boundary, and every inline and managed policy with its statements. Task roles are trusted by ecs-tasks.amazonaws.com. For "may it do this?" use iam_simulate_policy.',
  risk: 'read',
  actions: [
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
  ],
  input: z.strictObject({ role: roleNameField }),
  output: z.object({
    arn: z.string(),
    createdAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    boundary: z.string().nullable(),
    trust: statementsField,
    policies: z.array(policy).max(2 * POLICIES_MAX),
    more: z.boolean(),
    unverified: unverifiedField,
    evidence: evidenceField,
  }),
  target: ({ role }) => ({ resources: [role] }),
  run: async ({ role }, aws, context) => {
    context.stage('role');
    const { output, evidence } = await aws.call('iam:GetRole', { RoleName: role });
    const side = createSideReads();
    context.stage('policies of the role');
    const inline = await inlinePolicies(aws, side, role);
    const managed = await managedPolicies(aws, side, role);
    const found = output.Role;
    return {
      arn: found?.Arn ?? '',
      createdAt: isoOrNull(found?.CreateDate),
      lastUsedAt: isoOrNull(found?.RoleLastUsed?.LastUsedDate),
      boundary: found?.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
      trust: statementLines(found?.AssumeRolePolicyDocument),
      policies: [...inline.policies, ...managed.policies],
      more: inline.more || managed.more,
      unverified: side.unverified,
      evidence: [evidence, ...inline.evidence, ...managed.evidence],
    };
  },
  text: ({ arn, createdAt, boundary, trust, policies, more, unverified, evidence }) =>
    textOf(
      [
        `${arn}, made ${createdAt ?? 'at an unknown time'}${boundary === null ? '' : `, within the boundary ${boundary}`}.`,
        'May be assumed by:',
        ...trust.map((line) => `  ${line}`),
        ...(policies.length === 0 && unverified.length === 0
          ? ['It has no policies: it may do nothing.']
          : []),
        ...policies.flatMap(({ name, kind, statements }) => [
          `Policy ${name} (${kind}):`,
          ...(statements ?? ['its document could not be read']).map((line) => `  ${line}`),
        ]),
        ...unverifiedLines(unverified),
        ...(more ? ['It has more policies than were read.'] : []),
      ],
      evidence,
    ),
});

interface ReadPolicies {
  readonly policies: z.infer<typeof policy>[];
  readonly more: boolean;
  readonly evidence: string[];
}

const NOTHING: ReadPolicies = { policies: [], more: false, evidence: [] };

async function inlinePolicies(aws: Aws, side: SideReads, role: string): Promise<ReadPolicies> {
  const names = await side.read(() =>
    collectPages(POLICIES_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('iam:ListRolePolicies', {
        RoleName: role,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.PolicyNames ?? [], next: output.Marker, evidence };
    }),
  );
  if (names === null) return NOTHING;
  const policies: z.infer<typeof policy>[] = [];
  const evidence = [...names.evidence];
  for (const PolicyName of names.items) {
    const answer = await side.read(
      () => aws.call('iam:GetRolePolicy', { RoleName: role, PolicyName }),
      ['NoSuchEntityException'],
    );
    if (answer !== null) evidence.push(answer.evidence);
    policies.push({
      name: oneLine(PolicyName, 128),
      kind: 'inline',
      arn: null,
      statements: answer === null ? null : statementLines(answer.output.PolicyDocument),
    });
  }
  return { policies, more: names.more, evidence };
}

async function managedPolicies(aws: Aws, side: SideReads, role: string): Promise<ReadPolicies> {
  const attached = await side.read(() =>
    collectPages(POLICIES_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('iam:ListAttachedRolePolicies', {
        RoleName: role,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.AttachedPolicies ?? [], next: output.Marker, evidence };
    }),
  );
  if (attached === null) return NOTHING;
  const policies: z.infer<typeof policy>[] = [];
  const evidence = [...attached.evidence];
  for (const { PolicyName = '', PolicyArn = '' } of attached.items) {
    const document = await side.read(() => documentOf(aws, PolicyArn, evidence), ['NoSuchEntityException']);
    policies.push({
      name: oneLine(PolicyName, 128),
      kind: 'managed',
      arn: PolicyArn,
      statements: document === null ? null : statementLines(document),
    });
  }
  return { policies, more: attached.more, evidence };
}

async function documentOf(aws: Aws, PolicyArn: string, evidence: string[]): Promise<string | undefined> {
  const found = await aws.call('iam:GetPolicy', { PolicyArn });
  evidence.push(found.evidence);
  const VersionId = found.output.Policy?.DefaultVersionId;
  if (VersionId === undefined) return undefined;
  const version = await aws.call('iam:GetPolicyVersion', { PolicyArn, VersionId });
  evidence.push(version.evidence);
  return version.output.PolicyVersion?.Document;
}
