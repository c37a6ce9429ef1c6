// ecr_get_repository_policy: which other accounts and roles a repository lets in.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { registryField, repositoryField } from '../fields.ts';
import { statementLines, statementsField } from '../policy-statements.ts';
import { counted, evidenceField, textOf } from '../text-lines.ts';
import { orAbsent } from '../unverified-reads.ts';

export const ecrGetRepositoryPolicy = defineReadTool({
  name: 'ecr_get_repository_policy',
  summary:
    'Reads the policy of an ECR repository. Pulling from the registry of another account needs permission on both sides: in the role and in this policy.',
  risk: 'read',
  actions: ['ecr:GetRepositoryPolicy'],
  input: z.strictObject({ repository: repositoryField, registry: registryField.optional() }),
  output: z.object({ policy: z.boolean(), statements: statementsField, evidence: evidenceField }),
  target: ({ repository }) => ({ resources: [repository] }),
  run: async ({ repository, registry }, aws) => {
    const answer = await orAbsent(['RepositoryPolicyNotFoundException'], () =>
      aws.call('ecr:GetRepositoryPolicy', {
        repositoryName: repository,
        ...(registry === undefined ? {} : { registryId: registry }),
      }),
    );
    return {
      policy: answer !== null,
      statements: statementLines(answer?.output.policyText),
      evidence: answer === null ? [] : [answer.evidence],
    };
  },
  text: ({ policy, statements, evidence }) =>
    textOf(
      [
        policy
          ? `The repository has a policy of ${counted(statements.length, 'statement')}.`
          : 'The repository has no policy: only its own account has access.',
        ...statements,
      ],
      evidence,
    ),
});
