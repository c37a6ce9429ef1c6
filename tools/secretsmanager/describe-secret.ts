// secretsmanager_describe_secret: whether a secret exists, under which key, and who its own policy lets in; never its value.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { secretField } from '../fields.ts';
import { statementLines, statementsField } from '../policy-statements.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { createSideReads, unverifiedField, unverifiedLines } from '../unverified-reads.ts';

export const secretsmanagerDescribeSecret = defineReadTool({
  name: 'secretsmanager_describe_secret',
  summary:
    'Describes a secret of Secrets Manager without its value: whether it exists or waits to be deleted, its KMS key, versions, rotation and resource policy. Use it when a task fails with ResourceInitializationError on a secret.',
  risk: 'read',
  actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
  input: z.strictObject({ secret: secretField }),
  output: z.object({
    name: z.string(),
    arn: z.string(),
    kmsKey: z.string().nullable().describe('Null means the AWS managed key of Secrets Manager.'),
    deletedAt: z.string().nullable(),
    lastChangedAt: z.string().nullable(),
    rotation: z.boolean(),
    stages: z.array(z.string()).max(100),
    statements: statementsField,
    unverified: unverifiedField,
    evidence: evidenceField,
  }),
  target: ({ secret }) => ({ resources: [secret] }),
  run: async ({ secret }, aws) => {
    requireOwn(aws, [secret]);
    const { output, evidence } = await aws.call('secretsmanager:DescribeSecret', { SecretId: secret });
    const side = createSideReads();
    const policy = await side.read(
      () => aws.call('secretsmanager:GetResourcePolicy', { SecretId: secret }),
      [
        // A secret that waits to be deleted has no policy to show.
        'InvalidRequestException',
      ],
    );
    return {
      name: oneLine(output.Name ?? ''),
      arn: output.ARN ?? '',
      kmsKey: output.KmsKeyId ?? null,
      deletedAt: isoOrNull(output.DeletedDate),
      lastChangedAt: isoOrNull(output.LastChangedDate),
      rotation: output.RotationEnabled === true,
      stages: Object.values(output.VersionIdsToStages ?? {})
        .flat()
        .slice(0, 100),
      statements: statementLines(policy?.output.ResourcePolicy),
      unverified: side.unverified,
      evidence: [evidence, ...(policy === null ? [] : [policy.evidence])],
    };
  },
  text: ({
    name,
    arn,
    kmsKey,
    deletedAt,
    lastChangedAt,
    rotation,
    stages,
    statements,
    unverified,
    evidence,
  }) =>
    textOf(
      [
        `Secret ${name} (${arn})${deletedAt === null ? '' : `: marked for deletion at ${deletedAt}, so it cannot be read`}.`,
        `Key ${kmsKey ?? 'aws/secretsmanager'}, last changed ${lastChangedAt ?? 'at an unknown time'}, ${rotation ? 'rotated' : 'not rotated'}${stages.length === 0 ? '' : `, versions ${stages.join(', ')}`}.`,
        ...(statements.length === 0 ? [] : ['Its own policy:', ...statements.map((line) => `  ${line}`)]),
        ...unverifiedLines(unverified),
      ],
      evidence,
    ),
});
