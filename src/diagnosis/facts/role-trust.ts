// Whom a role trusts: whether ECS may assume it for a task. IAM takes a while to tell everybody about a new role, so a refusal in its
// first minutes may be nothing but haste.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { contextOf } from '../iam/condition.ts';
import { policyDocument } from '../iam/document.ts';
import { askPolicies, noPolicy, passes } from '../iam/evaluate.ts';
import type { Truth } from '../iam/truth.ts';
import { lookUp, noResources } from '../resources.ts';
import { roleName } from './permission.ts';

export interface RoleTrust {
  readonly role: string;
  readonly exists: Truth;
  readonly trusts: Truth;
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
      createdAtMs: undefined,
      evidence: [],
      gaps: look.gaps,
    };
  if (look.state === 'absent')
    return { role, exists: 'no', trusts: 'no', createdAtMs: undefined, evidence: [look.at], gaps: [] };
  const document = policyDocument(look.thing.AssumeRolePolicyDocument);
  const answer =
    document === undefined
      ? undefined
      : askPolicies([{ name: 'trust', document }], {
          action: 'sts:AssumeRole',
          resource: look.thing.Arn ?? role,
          principal: { service },
          context: contextOf({ 'aws:SourceAccount': bundle.account, 'aws:SourceArn': sourceArn }),
        });
  return {
    role: look.thing.Arn ?? role,
    exists: 'yes',
    trusts: answer === undefined ? 'unknown' : passes(answer, noPolicy, 'either'),
    createdAtMs: look.thing.CreateDate?.getTime(),
    evidence: [{ id: look.at.id, path: `${look.at.path}.AssumeRolePolicyDocument` }],
    gaps: [],
  };
}
