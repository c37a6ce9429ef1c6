// Cases that policies carry with them: calls a policy must decide, and calls it must have no part in.
// They run whenever policies load from a folder, so a changed policy that no longer means what its author said does not load.

import { parse } from 'yaml';
import { z } from 'zod';
import { type Decision, type DecisionRequest, linkLevels } from '../contract/decision.ts';
import { fail } from '../contract/errors.ts';
import { firstIssue } from '../contract/json.ts';
import { messageOf } from '../kernel/errors.ts';
import type { SourcePolicy } from './policy-source.ts';

const policyCase = z.strictObject({
  /** A sentence: what is asked for. */
  name: z.string(),
  level: z.enum(linkLevels).default('propose'),
  roles: z.array(z.string()).default(['operator']),
  tool: z.string(),
  risk: z.enum(['read', 'reveal', 'change', 'destroy']),
  cluster: z.string().optional(),
  service: z.string().optional(),
  resources: z.array(z.string()).default([]),
  verdict: z.enum(['allow', 'approve', 'deny']),
});

const caseFile = z.record(
  z.string(),
  z.strictObject({ must: z.array(policyCase).min(1), must_not: z.array(policyCase).min(1) }),
);

export interface PolicyCase {
  readonly policy: string;
  readonly file: string;
  readonly name: string;
  /** Whether the policy must be among the deciding ones, or must not. */
  readonly decides: boolean;
  readonly request: DecisionRequest;
  readonly verdict: Decision['verdict'];
}

/** Throws `policy-invalid` for a file that is not of this form, and for a case of a policy that does not exist. */
export function parseCases(
  files: Readonly<Record<string, string>>,
  policies: readonly SourcePolicy[],
): PolicyCase[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const result = caseFile.safeParse(yamlOf(file, text));
    if (!result.success) {
      const { where, detail } = firstIssue(result.error);
      throw fail('policy-invalid', { detail: `cases/${file}: ${where}: ${detail}` }, result.error);
    }
    return Object.entries(result.data).flatMap(([policy, cases]) => {
      if (!policies.some(({ id }) => id === policy)) {
        throw fail('policy-invalid', { detail: `cases/${file}: there is no policy ${policy}` });
      }
      const expand = (decides: boolean) => (one: z.infer<typeof policyCase>) => ({
        policy,
        file,
        decides,
        name: one.name,
        verdict: one.verdict,
        request: requestOf(one),
      });
      return [...cases.must.map(expand(true)), ...cases.must_not.map(expand(false))];
    });
  });
}

/** One sentence for each case that does not hold; empty when all do. */
export function checkCases(
  set: { decide(request: DecisionRequest): Decision },
  cases: readonly PolicyCase[],
): string[] {
  return cases.flatMap(({ policy, name, decides, request, verdict }) => {
    const decision = set.decide(request);
    const took = decision.reasons.some((reason) => reason.policy === policy);
    if (decision.verdict !== verdict)
      return [`case "${name}" of ${policy} is ${decision.verdict}, not ${verdict}`];
    if (took !== decides)
      return [
        `case "${name}": ${policy} ${took ? 'decides it but must not' : 'must decide it but does not'}`,
      ];
    return [];
  });
}

function requestOf(one: z.infer<typeof policyCase>): DecisionRequest {
  return {
    agent: { name: 'agent', level: one.level },
    person: { id: 'person', roles: one.roles },
    tool: one.tool,
    risk: one.risk,
    account: '123456789012',
    region: 'us-east-1',
    target: {
      ...(one.cluster === undefined ? {} : { cluster: one.cluster }),
      ...(one.service === undefined ? {} : { service: one.service }),
      resources: one.resources,
    },
  };
}

function yamlOf(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw fail('policy-invalid', { detail: `cases/${file}: ${messageOf(cause)}` }, cause);
  }
}
