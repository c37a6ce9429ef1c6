// What policies say about one request: whether one allows it and whether one denies it, each yes, no or unknown, with the statement that
// decides. Service control policies, session policies and permission boundaries are not seen here; whoever asks has to say so.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { conditionsHold, type RequestContext } from './condition.ts';
import type { PolicyDocument, PrincipalSelection, Selection, Statement } from './document.ts';
import { isLiteral, matches } from './pattern.ts';
import { allOf, anyOf, not, type Truth, truth } from './truth.ts';

/** Who asks: a role (or another identity) by ARN, an AWS service by name, or, with neither, an unsigned client. */
export interface Principal {
  readonly arn?: string;
  readonly account?: string;
  readonly service?: string;
}

export interface AccessRequest {
  /** `service:Operation`. */
  readonly action: string;
  readonly resource: string;
  readonly principal: Principal;
  readonly context: RequestContext;
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** Where in the policies a decision comes from. */
export interface Deciding {
  readonly policy: string;
  /** Index in `Statement`; unknown where only the policy is. */
  readonly statement?: number;
}

export interface PolicyAnswer {
  readonly allows: Truth;
  readonly denies: Truth;
  readonly allowedBy: Deciding | undefined;
  readonly deniedBy: Deciding | undefined;
  /** For policies of resources: whether it allows this principal itself, and not only its account. */
  readonly allowsItself: Truth;
}

/** Asks the policies of an identity, or the one policy of a resource, about a request. */
export function askPolicies(policies: readonly NamedPolicy[], request: AccessRequest): PolicyAnswer {
  const hits = policies.flatMap(({ name, document }) =>
    document.statements.map((statement, index) => ({
      effect: statement.effect,
      at: { policy: name, statement: index },
      applies: applies(statement, request),
      itself: statement.principals === undefined ? truth(true) : isItself(statement.principals, request),
    })),
  );
  const allowing = hits.filter(({ effect }) => effect === 'Allow');
  const denying = hits.filter(({ effect }) => effect === 'Deny');
  return {
    allows: anyOf(allowing.map(({ applies: one }) => one)),
    denies: anyOf(denying.map(({ applies: one }) => one)),
    allowedBy: allowing.find(({ applies: one }) => one === 'yes')?.at,
    deniedBy: denying.find(({ applies: one }) => one === 'yes')?.at,
    allowsItself: anyOf(allowing.map((one) => allOf([one.applies, one.itself]))),
  };
}

/** The answer of a resource that has no policy: it neither allows nor denies. */
export const noPolicy: PolicyAnswer = {
  allows: 'no',
  denies: 'no',
  allowedBy: undefined,
  deniedBy: undefined,
  allowsItself: 'no',
};

/** The answer of policies that could not be read. */
export const unseenPolicy: PolicyAnswer = {
  ...noPolicy,
  allows: 'unknown',
  denies: 'unknown',
  allowsItself: 'unknown',
};

/**
 * How the policies of an identity and of a resource go together: in one account one of them is enough, across accounts both are needed;
 * a KMS key is its own master, and lets the account's identities decide only when its policy names the account.
 */
export type Needs = 'either' | 'both' | 'key';

/** Whether the request passes, as far as these policies decide. */
export function passes(identity: PolicyAnswer, resource: PolicyAnswer, needs: Needs): Truth {
  const denied = anyOf([identity.denies, resource.denies]);
  const allowed = allowedBy(identity, resource, needs);
  // A sure "no" stays one whatever else is in doubt.
  return allOf([not(denied), allowed]);
}

function allowedBy(identity: PolicyAnswer, resource: PolicyAnswer, needs: Needs): Truth {
  switch (needs) {
    case 'either':
      return anyOf([identity.allows, resource.allowsItself]);
    case 'both':
      return allOf([identity.allows, resource.allows]);
    case 'key':
      return anyOf([resource.allowsItself, allOf([resource.allows, identity.allows])]);
  }
}

function applies(statement: Statement, request: AccessRequest): Truth {
  return allOf([
    selects(statement.actions, request.action.toLowerCase(), (one) => one.toLowerCase()),
    statement.resources === undefined ? 'yes' : selects(statement.resources, request.resource),
    statement.principals === undefined ? 'yes' : isMeant(statement.principals, request.principal),
    conditionsHold(statement.conditions, request.context),
  ]);
}

function selects(
  { negated, patterns }: Selection,
  text: string,
  shaped: (pattern: string) => string = (one) => one,
): Truth {
  const hit = anyOf(patterns.map((pattern) => matches(shaped(pattern), text)));
  return negated ? not(hit) : hit;
}

function isMeant({ negated, entries }: PrincipalSelection, principal: Principal): Truth {
  const hit = anyOf(entries.map(({ kind, value }) => meets(kind, value, principal)));
  return negated ? not(hit) : hit;
}

function meets(kind: string, value: string, principal: Principal): Truth {
  if (kind === 'service') return truth(principal.service !== undefined && value === principal.service);
  if (kind !== 'aws') return 'no';
  if (value === '*') return 'yes';
  if (principal.arn === undefined) return 'no';
  if (isAccount(value)) return truth(accountOf(value) === (principal.account ?? accountOf(principal.arn)));
  // AWS replaces the ARN of a deleted role by its unique id, which no ARN can be compared with.
  if (/^A[A-Z]{2}A[A-Z0-9]{12,}$/.test(value)) return 'no';
  return anyOf([truth(value === principal.arn), truth(isSessionOf(value, principal.arn))]);
}

/** True when a statement names the principal itself or everybody, and not merely the account it belongs to. */
function isItself(principals: PrincipalSelection, { principal }: AccessRequest): Truth {
  if (principals.negated) return 'no';
  const named = principals.entries.filter(({ kind, value }) => kind !== 'aws' || !isAccount(value));
  return anyOf(named.map(({ kind, value }) => meets(kind, value, principal)));
}

function isAccount(value: string): boolean {
  return /^\d{12}$/.test(value) || /^arn:[a-z-]+:iam::\d{12}:root$/.test(value);
}

function accountOf(value: string): string | undefined {
  return /^\d{12}$/.test(value) ? value : value.split(':')[4];
}

/** `arn:aws:sts::1:assumed-role/name/session` is a session of the role of that name. */
function isSessionOf(value: string, roleArn: string): boolean {
  const session = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(value);
  if (session === null || !isLiteral(value)) return false;
  return roleArn.split(':')[4] === session[1] && roleArn.split('/').at(-1) === session[2];
}
