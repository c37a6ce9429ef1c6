// Roles: whether an AWS service may assume one, and what it may do then, taken together from its own policies, its
// permissions boundary and the policy of the resource.
//
// What a snapshot does not say: an account without a single role did not look at IAM, since every real account has roles;
// there every role exists and may do everything. In any other account a role that is not listed does not exist. A role
// without a trust policy is trusted, because IAM makes none without one. A managed policy that is attached and whose
// document is missing is read from the table below, or else says nothing.

import type { Snapshot, SnapshotRole } from '../../contract/snapshot.ts';
import { managedPolicies } from './managed-policy-table.ts';
import { type AccessRequest, type Asker, judge, type PolicyDocument } from './policy.ts';

/** `unlisted` stands for a role of an account whose snapshot says nothing about IAM. */
export type FoundRole = SnapshotRole | 'unlisted' | 'missing';

export function findRole(state: Snapshot, arn: string): FoundRole {
  const { Roles } = state.iam;
  if (Roles.length === 0) return 'unlisted';
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  // A name without an ARN is also accepted, as ECS does for roles of the same account.
  return (
    Roles.find((role) => role.Arn === arn) ??
    Roles.find((role) => !arn.startsWith('arn:') && role.RoleName === name) ??
    'missing'
  );
}

/** The role that an instance profile hands to its hosts: the one that says so, else the one of the same name, as is usual. */
export function profileRole({ iam: { Roles } }: Snapshot, profile: string): SnapshotRole | undefined {
  return (
    Roles.find((role) => role.InstanceProfiles?.includes(profile) === true) ??
    Roles.find((role) => role.InstanceProfiles === undefined && role.RoleName === profile)
  );
}

/** Whether `service`, such as `ecs-tasks.amazonaws.com`, may assume the role for the account. */
export function mayAssume(state: Snapshot, arn: string, service: string): boolean {
  const role = findRole(state, arn);
  if (role === 'unlisted') return true;
  if (role === 'missing') return false;
  if (role.AssumeRolePolicyDocument === undefined) return true;
  const { id, region } = state.account;
  const request: AccessRequest = {
    action: 'sts:AssumeRole',
    resource: role.Arn,
    asker: { arns: [], account: id, service },
    context: {
      'aws:SourceAccount': id,
      'aws:SourceArn': `arn:aws:ecs:${region}:${id}:*`,
    },
  };
  return judge([role.AssumeRolePolicyDocument], request) === 'allow';
}

/** Why a request is refused, in the words that AWS ends its message with. */
export type Refusal =
  | 'no identity-based policy allows'
  | 'no resource-based policy allows'
  | 'no permissions boundary allows'
  | 'explicit deny';

export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly refusal: Refusal };

export interface RoleRequest extends Omit<AccessRequest, 'asker'> {
  /** The account that the resource belongs to; the role's own by default. */
  readonly owner?: string;
  /** The policy attached to the resource, when it has one. */
  readonly resourcePolicy?: PolicyDocument | undefined;
}

/** Whether the role may do what `request` says. */
export function roleMay(state: Snapshot, arn: string, request: RoleRequest): Permission {
  const role = findRole(state, arn);
  if (role === 'unlisted') return { allowed: true };
  if (role === 'missing') return refused('no identity-based policy allows');
  const asked = {
    ...request,
    asker: askerOf(role),
    context: { ...contextOf(state, role), ...request.context },
  };
  const own = judge(documentsOf(role), asked);
  const theirs = request.resourcePolicy === undefined ? 'silent' : judge([request.resourcePolicy], asked);
  const boundary = boundaryOf(role);
  const bounded = boundary === undefined ? 'allow' : judge([boundary], asked);
  if (own === 'deny' || theirs === 'deny' || bounded === 'deny') return refused('explicit deny');
  if (bounded !== 'allow') return refused('no permissions boundary allows');
  // Within one account either side's permission is enough; across accounts it takes both.
  const foreign = request.owner !== undefined && request.owner !== askerOf(role).account;
  if (foreign && own === 'allow' && request.resourcePolicy !== undefined && theirs !== 'allow')
    return refused('no resource-based policy allows');
  if (own === 'allow' || (!foreign && theirs === 'allow')) return { allowed: true };
  return refused('no identity-based policy allows');
}

/** The identity policies of a role: those with a document, and managed ones known by their ARN. */
export function documentsOf(role: SnapshotRole): PolicyDocument[] {
  const attached: unknown[] = Array.isArray(role.AttachedManagedPolicies) ? role.AttachedManagedPolicies : [];
  const known = attached
    .map((one) =>
      typeof one === 'object' && one !== null && 'PolicyArn' in one ? String(one.PolicyArn) : '',
    )
    .map((arn) => managedPolicies[arn])
    .filter((document) => document !== undefined);
  return [...role.policies.map((policy) => policy.Document), ...known];
}

/** The session of a role as ECS names it, which error messages show. */
export function sessionArn(roleArn: string, session: string): string {
  return `${roleArn
    .replace(':iam:', ':sts:')
    .replace(':role/', ':assumed-role/')
    .replace(/\/(?:[^/]+\/)*([^/]+)$/, '/$1')}/${session}`;
}

function askerOf(role: SnapshotRole): Asker {
  const account = role.Arn.split(':')[4] ?? '';
  return { arns: [role.Arn, `arn:aws:iam::${account}:root`], account };
}

function contextOf(state: Snapshot, role: SnapshotRole): Record<string, string> {
  const account = role.Arn.split(':')[4] ?? '';
  const tags: unknown[] = Array.isArray(role.Tags) ? role.Tags : [];
  const context: Record<string, string> = {
    'aws:PrincipalArn': role.Arn,
    'aws:PrincipalAccount': account,
    'aws:RequestedRegion': state.account.region,
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': state.takenAt,
  };
  for (const tag of tags) {
    if (typeof tag === 'object' && tag !== null && 'Key' in tag && 'Value' in tag)
      context[`aws:PrincipalTag/${String(tag.Key)}`] = String(tag.Value);
  }
  return context;
}

/** The document of a role's permissions boundary, where it is known. */
export function boundaryOf(role: SnapshotRole): PolicyDocument | undefined {
  const boundary = role.PermissionsBoundary;
  if (typeof boundary !== 'object' || boundary === null) return undefined;
  if ('Document' in boundary && typeof boundary.Document === 'object' && boundary.Document !== null)
    return boundary.Document as PolicyDocument;
  return 'PermissionsBoundaryArn' in boundary
    ? managedPolicies[String(boundary.PermissionsBoundaryArn)]
    : undefined;
}

function refused(refusal: Refusal): Permission {
  return { allowed: false, refusal };
}
