// What a policy document says about one request: the statements that match it, and whether they allow or deny. This is
// IAM as its reference describes it, not as the product reasons about it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { conditionsHold, type RequestContext } from './policy-conditions.ts';
import { fillVariables, matchesPattern, textsOf } from './policy-text.ts';

export type PolicyDocument = Readonly<Record<string, unknown>>;

/** Who asks, as resource policies and trust policies name it. */
export interface Asker {
  /** The ARNs by which a policy may name the asker: the role's, its session's, `arn:aws:iam::<account>:root`. */
  readonly arns: readonly string[];
  readonly account: string;
  /** Set when an AWS service asks for itself, such as `ecs-tasks.amazonaws.com`. */
  readonly service?: string;
}

export interface AccessRequest {
  /** Such as `ecr:BatchGetImage`; upper and lower case do not matter. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  readonly context?: RequestContext;
  /** Needed for documents that name principals. */
  readonly asker?: Asker;
}

export type Verdict = 'allow' | 'deny' | 'silent';

/** What `documents` together say: one denial outweighs every permission, and saying nothing is `silent`. */
export function judge(documents: readonly PolicyDocument[], request: AccessRequest): Verdict {
  let verdict: Verdict = 'silent';
  for (const statement of documents.flatMap(statementsOf)) {
    if (!statementMatches(statement, request)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    if (statement.Effect === 'Allow') verdict = 'allow';
  }
  return verdict;
}

export type Statement = Readonly<Record<string, unknown>>;

/** The statements of a document; a single statement may stand without a list. */
export function statementsOf(document: PolicyDocument): Statement[] {
  const { Statement: found } = document;
  const list: unknown[] = Array.isArray(found) ? found : [found];
  return list.filter((one): one is Statement => typeof one === 'object' && one !== null);
}

function statementMatches(statement: Statement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request) &&
    principalMatches(statement, request.asker) &&
    conditionsHold(statement.Condition, request.context ?? {})
  );
}

function actionMatches(statement: Statement, action: string): boolean {
  const named = (patterns: unknown) =>
    textsOf(patterns).some((pattern) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()));
  if (statement.NotAction !== undefined) return !named(statement.NotAction);
  return named(statement.Action);
}

/** A trust policy has no resource: it is about the role it belongs to. */
function resourceMatches(statement: Statement, { resource, context = {} }: AccessRequest): boolean {
  const named = (patterns: unknown) =>
    textsOf(patterns).some((pattern) => matchesPattern(fillVariables(pattern, context), resource));
  if (statement.NotResource !== undefined) return !named(statement.NotResource);
  return statement.Resource === undefined || named(statement.Resource);
}

/** An identity policy names no principal: it is about whoever has it. */
function principalMatches(statement: Statement, asker: Asker | undefined): boolean {
  if (statement.NotPrincipal !== undefined)
    return asker !== undefined && !isNamed(statement.NotPrincipal, asker);
  if (statement.Principal === undefined) return true;
  return asker !== undefined && isNamed(statement.Principal, asker);
}

function isNamed(principal: unknown, asker: Asker): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  const named = principal as { AWS?: unknown; Service?: unknown };
  const services = textsOf(named.Service);
  if (asker.service !== undefined && services.some((one) => one === '*' || one === asker.service))
    return true;
  return textsOf(named.AWS).some((one) => {
    if (one === '*') return true;
    // An account's number or root stands for whoever that account lets in.
    if (one === asker.account || one === `arn:aws:iam::${asker.account}:root`)
      return asker.service === undefined;
    return asker.arns.includes(one);
  });
}
