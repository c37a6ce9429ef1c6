// IAM's policy simulator for a role: each action on each resource is evaluated against the role's own policies.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

import type * as Iam from '@aws-sdk/client-iam';
import type { JsonDocument } from '../../contract/snapshot.ts';
import { type AccessRequest, judge, statementsOf, type Verdict } from '../physics/policy.ts';
import type { RequestContext } from '../physics/policy-conditions.ts';
import { boundaryOf } from '../physics/roles.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';
import { policiesOf } from './iam-policies.ts';
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
    ...policiesOf(role).map((one) => ({ name: one.PolicyName, document: one.Document ?? {} })),
    ...(input.PolicyInputList ?? []).map((text, index) => ({
      name: `PolicyInputList.${index + 1}`,
      document: documentIn(text),
    })),
  ];
  const boundary = boundaryOf(role);
  const resources = input.ResourceArns ?? ['*'];
  const results = (input.ActionNames ?? []).flatMap((action) =>
    resources.map((resource) => {
      const request = { action, resource, context };
      return resultOf(request, policies, boundary);
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

interface NamedPolicy {
  readonly name: string;
  readonly document: JsonDocument;
}

const decisions = { allow: 'allowed', deny: 'explicitDeny', silent: 'implicitDeny' } as const;

function resultOf(
  request: AccessRequest,
  policies: readonly NamedPolicy[],
  boundary: Readonly<JsonDocument> | undefined,
) {
  const documents = policies.map((policy) => policy.document);
  const own = judge(documents, request);
  const bounded = boundary === undefined ? 'allow' : judge([boundary], request);
  const verdict: Verdict =
    own === 'deny' || bounded === 'deny' ? 'deny' : own === 'allow' ? bounded : 'silent';
  const by = policies.filter((policy) => own !== 'silent' && judge([policy.document], request) === own);
  return {
    EvalActionName: request.action,
    EvalResourceName: request.resource,
    EvalDecision: decisions[verdict],
    MatchedStatements: by.map(({ name }) => ({
      SourcePolicyId: name,
      // IAM answers with these words, which are not among the values that the SDK's type lists.
      SourcePolicyType: 'IAM Policy' as never,
    })),
    MissingContextValues: missingKeys([...documents, ...(boundary === undefined ? [] : [boundary])], request),
    ...(boundary === undefined
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: bounded === 'allow' } }),
  };
}

/** Condition keys of the statements about this request that its context does not have. */
function missingKeys(documents: readonly Readonly<JsonDocument>[], request: AccessRequest): string[] {
  const given = new Set(Object.keys(request.context ?? {}).map((key) => key.toLowerCase()));
  const keys = documents.flatMap(statementsOf).flatMap((statement) => {
    const { Condition: condition, ...unconditional } = statement;
    if (typeof condition !== 'object' || condition === null) return [];
    if (judge([{ Statement: unconditional }], request) === 'silent') return [];
    return Object.values(condition).flatMap((block) => Object.keys(Object(block)));
  });
  return [...new Set(keys)].filter((key) => !given.has(key.toLowerCase()));
}

function contextOf(entries: readonly Iam.ContextEntry[]): RequestContext {
  return Object.fromEntries(
    entries.map((entry) => [entry.ContextKeyName ?? '', entry.ContextKeyValues ?? []]),
  );
}

function documentIn(text: string): JsonDocument {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsFault('InvalidInput', 'The policy input is not valid JSON.');
  }
}
