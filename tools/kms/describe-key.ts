// kms_describe_key: whether a key can be used, and whom its policy lets use it.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { kmsKeyField } from '../fields.ts';
import { statementLines, statementsField } from '../policy-statements.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { createSideReads, unverifiedField, unverifiedLines } from '../unverified-reads.ts';

export const kmsDescribeKey = defineReadTool({
  name: 'kms_describe_key',
  summary:
    'Describes a KMS key: its state (a disabled key or one that waits to be deleted decrypts nothing), who manages it, and the statements of its policy. Use it when reading a secret or a volume fails although the role has the permission.',
  risk: 'read',
  actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'],
  input: z.strictObject({ key: kmsKeyField }),
  output: z.object({
    arn: z.string(),
    state: z.string(),
    enabled: z.boolean(),
    manager: z.string(),
    description: z.string(),
    deletionAt: z.string().nullable(),
    statements: statementsField,
    unverified: unverifiedField,
    evidence: evidenceField,
  }),
  target: ({ key }) => ({ resources: [key] }),
  run: async ({ key }, aws) => {
    requireOwn(aws, [key]);
    const { output, evidence } = await aws.call('kms:DescribeKey', { KeyId: key });
    const found = output.KeyMetadata;
    const side = createSideReads();
    // GetKeyPolicy does not take an alias.
    const policy = await side.read(() =>
      aws.call('kms:GetKeyPolicy', { KeyId: found?.KeyId ?? key, PolicyName: 'default' }),
    );
    return {
      arn: found?.Arn ?? '',
      state: found?.KeyState ?? 'unknown',
      enabled: found?.Enabled === true,
      manager: found?.KeyManager ?? 'unknown',
      description: oneLine(found?.Description ?? ''),
      deletionAt: isoOrNull(found?.DeletionDate),
      statements: statementLines(policy?.output.Policy),
      unverified: side.unverified,
      evidence: [evidence, ...(policy === null ? [] : [policy.evidence])],
    };
  },
  text: ({ arn, state, enabled, manager, description, deletionAt, statements, unverified, evidence }) =>
    textOf(
      [
        `${arn}: ${state}${enabled ? '' : ', cannot be used'}, managed by ${manager}${deletionAt === null ? '' : `, deleted at ${deletionAt}`}${description === '' ? '' : `; ${description}`}.`,
        ...(statements.length === 0 ? [] : ['Its policy:', ...statements.map((line) => `  ${line}`)]),
        ...unverifiedLines(unverified),
      ],
      evidence,
    ),
});
