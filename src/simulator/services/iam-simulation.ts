// IAM's policy simulator for a role: each action on each resource is evaluated against the role's own policies.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

import type * as Iam from '@aws-sdk/client-iam';
import type { JsonDocument, SnapshotRole } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import type { PolicyContext } from '../physics/condition.ts';
import { type Access, accessUnder, type PolicySource } from '../physics/permission.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';
import { pageOf } from './page.ts';

/** Decisions for every pair of action and resource; without resources for all of them. Throws NoSuchEntity and InvalidInput. */
export const simulatePrincipalPolicy: Handler<
  Iam.SimulatePrincipalPolicyCommandInput,
  Iam.SimulatePrincipalPolicyCommandOutput
> = (input, account) => {
  const role = account.state.iam.Roles.find((one) => one.Arn === input.PolicySourceArn);
  if (role === undefined)
    throw new AwsFault('NoSuchEntity', `No such entity exists: ${input.PolicySourceArn}`, { status: 404 });
  const invalid = (input.ActionNames ?? []).find((name) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(name));
  if (invalid !== undefined) throw new AwsFault('InvalidInput', `Invalid Action name: ${invalid}`);
  const context = contextOf(input.ContextEntries ?? []);
  const policies = [
    ...role.policies.map((one) => ({ name: one.PolicyName, document: one.Document })),
    ...(input.PolicyInputList ?? []).map((text, index) => ({
      name: `PolicyInputList.${index + 1}`,
      document: documentIn(text),
    })),
  ];
  const boundary = boundaryOf(account, role);
  const resources = input.ResourceArns ?? ['*'];
  const results = (input.ActionNames ?? []).flatMap((action) =>
    resources.map((resource) => {
      const question = { action, resource, context };
      const own = accessUnder(policies, question);
      const bounded = boundary === undefined ? undefined : accessUnder([boundary], question);
      return resultOf(question, own, bounded);
    }),
  );
  const page = pageOf(results, {
    token: input.Marker,
    limit: input.MaxItems,
    defaultLimit: 100,
    maxLimit: 1000,
    rangeCode: 'ValidationError',
    scope: `SimulatePrincipalPolicy ${JSON.stringify([input.PolicySourceArn, input.ActionNames, resources])}`,
    invalidToken: () => new AwsFault('ValidationError', 'Invalid Marker.'),
  });
  return {
    EvaluationResults: page.items,
    IsTruncated: page.nextToken !== undefined,
    ...(page.nextToken === undefined ? {} : { Marker: page.nextToken }),
  };
};

function resultOf(
  { action, resource }: { action: string; resource: string },
  own: Access,
  bounded: Access | undefined,
) {
  const blocked = bounded !== undefined && bounded.decision !== 'allowed';
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision:
      blocked && own.decision === 'allowed'
        ? bounded.decision
        : bounded?.decision === 'explicitDeny'
          ? ('explicitDeny' as const)
          : own.decision,
    // IAM answers with these words, which are not among the values that the SDK's type lists.
    MatchedStatements: own.by.map((name) => ({
      SourcePolicyId: name,
      SourcePolicyType: 'IAM Policy' as never,
    })),
    MissingContextValues: [...new Set([...own.missingContext, ...(bounded?.missingContext ?? [])])],
    ...(bounded === undefined
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !blocked } }),
  };
}

/** The boundary's document, where a policy of the account has it; a boundary that nobody knows cannot be applied. */
function boundaryOf(account: SimulatedAccount, role: SnapshotRole): PolicySource | undefined {
  const arn = role.PermissionsBoundary?.PermissionsBoundaryArn;
  if (arn === undefined) return undefined;
  const known = account.state.iam.Roles.flatMap((one) => one.policies).find((one) => one.PolicyArn === arn);
  return known === undefined ? undefined : { name: known.PolicyName, document: known.Document };
}

function contextOf(entries: readonly Iam.ContextEntry[]): PolicyContext {
  return new Map(
    entries.map((entry) => [(entry.ContextKeyName ?? '').toLowerCase(), entry.ContextKeyValues ?? []]),
  );
}

function documentIn(text: string): JsonDocument {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsFault('InvalidInput', 'The policy input is not valid JSON.');
  }
}
