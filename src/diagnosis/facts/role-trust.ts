// Whom a role trusts: whether ECS may assume it for a task. IAM takes a while to tell everybody about a new role, so a refusal in its
// first minutes may be nothing but haste.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { contextOf } from '../iam/condition.ts';
import { type Condition, type PolicyDocument, policyDocument } from '../iam/document.ts';
import { type AccessRequest, askPolicies, noPolicy, passes } from '../iam/evaluate.ts';
import type { Truth } from '../iam/truth.ts';
import { lookUp, noResources } from '../resources.ts';
import { roleName } from './permission.ts';

export interface RoleTrust {
  readonly role: string;
  readonly exists: Truth;
  readonly trusts: Truth;
  /** The conditions that keep this service out, when it is named and would be let in without them. */
  readonly conditions: readonly Condition[];
  readonly createdAtMs: number | undefined;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

export const TASKS_SERVICE = 'ecs-tasks.amazonaws.com';
export const SCHEDULER_SERVICE = 'ecs.amazonaws.com';

/** Whether the role is there and lets this service assume it. */
export function roleTrust(
  bundle: EvidenceBundle,
  role: string,
  { service, sourceArn }: { readonly service: string; readonly sourceArn: string | undefined },
): RoleTrust {
  const look = lookUp((bundle.resources ?? noResources).roles, roleName(role));
  if (look.state === 'unseen')
    return {
      role,
      exists: 'unknown',
      trusts: 'unknown',
      conditions: [],
      createdAtMs: undefined,
      evidence: [],
      gaps: look.gaps,
    };
  if (look.state === 'absent')
    return {
      role,
      exists: 'no',
      trusts: 'no',
      conditions: [],
      createdAtMs: undefined,
      evidence: [look.at],
      gaps: [],
    };
  const document = policyDocument(look.thing.AssumeRolePolicyDocument);
  const request = {
    action: 'sts:AssumeRole',
    resource: look.thing.Arn ?? role,
    principal: { service },
    context: contextOf({ 'aws:SourceAccount': bundle.account, 'aws:SourceArn': sourceArn }),
  };
  const trusts = document === undefined ? 'unknown' : lets(document, request);
  return {
    role: look.thing.Arn ?? role,
    exists: 'yes',
    trusts,
    conditions: document === undefined || trusts !== 'no' ? [] : hindering(document, request),
    createdAtMs: look.thing.CreateDate?.getTime(),
    evidence: [{ id: look.at.id, path: `${look.at.path}.AssumeRolePolicyDocument` }],
    gaps: [],
  };
}

function lets(document: PolicyDocument, request: AccessRequest): Truth {
  return passes(askPolicies([{ name: 'trust', document }], request), noPolicy, 'either');
}

/** The conditions of each allowing statement that, without them, would let the request through. */
function hindering({ statements }: PolicyDocument, request: AccessRequest): Condition[] {
  return statements.flatMap((statement) => {
    const bare = { statements: [{ ...statement, conditions: [] }] };
    return statement.effect === 'Allow' && lets(bare, request) === 'yes' ? statement.conditions : [];
  });
}
