// sts_get_caller_identity: who the node is to AWS.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { evidenceField, textOf } from '../text-lines.ts';

export const stsGetCallerIdentity = defineReadTool({
  name: 'sts_get_caller_identity',
  summary: 'Tells which AWS account, region and identity the node works with.',
  risk: 'read',
  actions: ['sts:GetCallerIdentity'],
  input: z.strictObject({}),
  output: z.object({
    account: z.string(),
    arn: z.string(),
    userId: z.string(),
    region: z.string(),
    evidence: evidenceField,
  }),
  target: () => ({ resources: [] }),
  run: async (_input, aws) => {
    const { output, evidence } = await aws.call('sts:GetCallerIdentity', {});
    return {
      account: output.Account ?? '',
      arn: output.Arn ?? '',
      userId: output.UserId ?? '',
      region: aws.region,
      evidence: [evidence],
    };
  },
  text: ({ account, arn, region, evidence }) =>
    textOf([`Account ${account}, ${region}, as ${arn}.`], evidence),
});
