// Reads roles with everything they may do: trust, inline and attached policies, the boundary.

import type * as Iam from '@aws-sdk/client-iam';
import type { Aws } from '../../src/contract/aws.ts';
import type { Gap, Seen } from '../../src/diagnosis/evidence.ts';
import { roleName } from '../../src/diagnosis/facts/permission.ts';
import type { Asked, ResourceEvidence, RolePolicy } from '../../src/diagnosis/resources.ts';
import { askFor, gapOf, joined, readList } from './reading.ts';
import { next } from './staged.ts';

export const roleActions = [
  'iam:GetRole',
  'iam:ListRolePolicies',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
] as const;

/** More policies of one kind are not read, and leave a gap. A role may have 20 managed ones at most. */
const POLICIES_MAX = 20;
const FIRST_VERSION = 'v1';
/** Of this account, or one that AWS keeps for its services. */
const SELDOM_CHANGED = /^arn:[a-z-]+:iam::(?:\d{12}:policy|aws:policy\/service-role)\//;

/** The roles with their policies. A role of another account leaves a gap: IAM answers only about its own. */
export async function readRoles(
  aws: Aws,
  roles: readonly string[],
): Promise<Pick<ResourceEvidence, 'roles' | 'rolePolicies'>> {
  const read = await Promise.all(roles.map((role) => readRole(aws, role)));
  return {
    roles: joined(read.map((one) => one.roles)),
    rolePolicies: joined(read.map((one) => one.rolePolicies)),
  };
}

/** The role and the names of its policies, with which `readRoles` begins too. */
export async function readRoleNames(aws: Aws, role: string): Promise<void> {
  const name = roleName(role);
  if (isForeign(aws, role)) return;
  await Promise.all([getRole(aws, name), listInline(aws, name), listManaged(aws, name)]);
}

async function readRole(aws: Aws, role: string): Promise<Pick<ResourceEvidence, 'roles' | 'rolePolicies'>> {
  const name = roleName(role);
  if (isForeign(aws, role)) {
    const gap: Gap = {
      what: `role ${name} of account ${accountOf(role)}`,
      missingAction: 'iam:GetRole',
      kind: 'other',
      about: name,
    };
    return { roles: { items: [], gaps: [gap] }, rolePolicies: { items: [], gaps: [] } };
  }
  const about = (list: Seen<RolePolicy>): Seen<RolePolicy> => ({
    items: list.items,
    // A role that is not there has no policies either.
    gaps: list.gaps.filter(({ kind }) => kind !== 'not-found').map((gap) => ({ ...gap, about: name })),
  });
  const [roles, inline, managed] = await Promise.all([
    getRole(aws, name),
    readInline(aws, name),
    readManaged(aws, name),
  ]);
  const boundary = roles.items[0]?.value.thing?.PermissionsBoundary?.PermissionsBoundaryArn;
  const bounds =
    boundary === undefined
      ? nothing
      : await readPolicy(next(aws), { role: name, name: boundary, kind: 'boundary' });
  return { roles, rolePolicies: about(joined([inline, managed, bounds])) };
}

function accountOf(role: string): string | undefined {
  return /^arn:[a-z-]+:iam::(\d{12}):/.exec(role)?.[1];
}

function isForeign(aws: Aws, role: string): boolean {
  return (accountOf(role) ?? aws.account) !== aws.account;
}

function getRole(aws: Aws, name: string): Promise<Seen<Asked<Iam.Role>>> {
  return askFor<'iam:GetRole', Iam.Role>(aws, {
    action: 'iam:GetRole',
    input: { RoleName: name },
    key: name,
    what: `the role ${name}`,
    path: '$.Role',
    thing: ({ Role }) => Role,
  });
}

function listInline(aws: Aws, role: string): Promise<Seen<string>> {
  return readList(aws, {
    action: 'iam:ListRolePolicies',
    input: { RoleName: role },
    what: `the policies of role ${role}`,
    path: '$.PolicyNames',
    items: ({ PolicyNames }) => PolicyNames,
  });
}

function listManaged(aws: Aws, role: string): Promise<Seen<Iam.AttachedPolicy>> {
  return readList(aws, {
    action: 'iam:ListAttachedRolePolicies',
    input: { RoleName: role },
    what: `the policies attached to role ${role}`,
    path: '$.AttachedPolicies',
    items: ({ AttachedPolicies }) => AttachedPolicies,
  });
}

async function readInline(aws: Aws, role: string): Promise<Seen<RolePolicy>> {
  const names = await listInline(aws, role);
  const read = await Promise.all(
    names.items.slice(0, POLICIES_MAX).map(async ({ value: name }): Promise<Seen<RolePolicy>> => {
      try {
        const { output, evidence } = await next(aws).call('iam:GetRolePolicy', {
          RoleName: role,
          PolicyName: name,
        });
        const value = { role, name, kind: 'inline' as const, document: output.PolicyDocument ?? '' };
        return { items: [{ value, at: { id: evidence, path: '$.PolicyDocument' } }], gaps: [] };
      } catch (thrown) {
        return {
          items: [],
          gaps: [gapOf(thrown, `policy ${name} of role ${role}`, 'iam:GetRolePolicy')],
        };
      }
    }),
  );
  const all = joined(read);
  return {
    items: all.items,
    gaps: [...names.gaps, ...all.gaps, ...restGap(names, role, 'iam:GetRolePolicy')],
  };
}

async function readManaged(aws: Aws, role: string): Promise<Seen<RolePolicy>> {
  const attached = await listManaged(aws, role);
  const read = await Promise.all(
    attached.items
      .slice(0, POLICIES_MAX)
      .map(({ value }) => readPolicy(next(aws), { role, name: value.PolicyArn ?? '', kind: 'managed' })),
  );
  const all = joined(read);
  return {
    items: all.items,
    gaps: [...attached.gaps, ...all.gaps, ...restGap(attached, role, 'iam:GetPolicy')],
  };
}

/**
 * The version in force of a managed policy. One of the account itself, and what AWS keeps for its services, is nearly always at
 * its first version, which is asked for without waiting to hear that.
 */
async function readPolicy(aws: Aws, policy: Omit<RolePolicy, 'document'>): Promise<Seen<RolePolicy>> {
  const [first, version] = await Promise.all([
    SELDOM_CHANGED.test(policy.name) ? readVersion(aws, policy, FIRST_VERSION) : undefined,
    readDefaultVersion(aws, policy),
  ]);
  if (typeof version !== 'string') return { items: [], gaps: [version] };
  return first !== undefined && version === FIRST_VERSION ? first : readVersion(next(aws), policy, version);
}

async function readDefaultVersion(aws: Aws, policy: Omit<RolePolicy, 'document'>): Promise<string | Gap> {
  try {
    const { output } = await aws.call('iam:GetPolicy', { PolicyArn: policy.name });
    return output.Policy?.DefaultVersionId ?? FIRST_VERSION;
  } catch (thrown) {
    return gapOf(thrown, policyText(policy), 'iam:GetPolicy');
  }
}

async function readVersion(
  aws: Aws,
  policy: Omit<RolePolicy, 'document'>,
  VersionId: string,
): Promise<Seen<RolePolicy>> {
  try {
    const { output, evidence } = await aws.call('iam:GetPolicyVersion', {
      PolicyArn: policy.name,
      VersionId,
    });
    const value = { ...policy, document: output.PolicyVersion?.Document ?? '' };
    return { items: [{ value, at: { id: evidence, path: '$.PolicyVersion.Document' } }], gaps: [] };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, policyText(policy), 'iam:GetPolicyVersion')] };
  }
}

function policyText({ name, role }: Omit<RolePolicy, 'document'>): string {
  return `policy ${name.split('/').at(-1)} of role ${role}`;
}

function restGap(
  list: Seen<unknown>,
  role: string,
  missingAction: 'iam:GetRolePolicy' | 'iam:GetPolicy',
): Gap[] {
  return list.items.length <= POLICIES_MAX
    ? []
    : [{ what: `the rest of the policies of role ${role}`, missingAction, kind: 'other' }];
}

const nothing: Seen<never> = { items: [], gaps: [] };
