// Reads roles with everything they may do: trust, inline and attached policies, the boundary; and the role of a container instance.

import type * as Iam from '@aws-sdk/client-iam';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { roleName } from '../../src/diagnosis/facts/permission.ts';
import { type Asked, asked, type ResourceEvidence, type RolePolicy } from '../../src/diagnosis/resources.ts';
import { askFor, evidenceOf, gapOf, joined, readList } from './reading.ts';
import { foresee, next } from './staged.ts';

export const roleActions = [
  'iam:GetRole',
  'iam:ListRolePolicies',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetInstanceProfile',
  'ecs:DescribeContainerInstances',
  'ec2:DescribeInstances',
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

interface HostsOf {
  readonly cluster: string;
  /** Ends the look after the first answer. */
  readonly unless: Promise<boolean>;
}

/** Names of the roles under which these container instances call AWS; nothing when it turned out that they do not matter. */
export async function readHostRoles(
  aws: Aws,
  hosts: readonly string[],
  of: HostsOf,
): Promise<Seen<Asked<string>>> {
  return joined(await Promise.all(hosts.map((host) => readHostRole(aws, host, of))));
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

/** Container instance, EC2 instance, instance profile, role: each names only the next. */
async function readHostRole(
  aws: Aws,
  host: string,
  { cluster, unless }: HostsOf,
): Promise<Seen<Asked<string>>> {
  const what = `the role of container instance ${host.split('/').at(-1)}`;
  const known = await readList(aws, {
    action: 'ecs:DescribeContainerInstances',
    input: { cluster, containerInstances: [host] },
    what,
    path: '$.containerInstances',
    items: ({ containerInstances }) => containerInstances,
  });
  const id = known.items[0]?.value.ec2InstanceId;
  if (id === undefined) return { items: [], gaps: known.gaps.map((gap) => ({ ...gap, about: host })) };
  if (await unless) return nothing;
  const second = next(aws);
  const profile = await readProfile(second, id, what);
  if ('missingAction' in profile) return { items: [], gaps: [{ ...profile, about: host }] };
  if (profile.value === '') return { items: [asked<string>(host, undefined, profile.at)], gaps: [] };
  const third = next(second);
  // A profile is mostly called as its role is.
  foresee(third, (gate) => readRoleNames(gate, profile.value));
  try {
    const { output, evidence } = await third.call('iam:GetInstanceProfile', {
      InstanceProfileName: profile.value,
    });
    const at = { id: evidence, path: '$.InstanceProfile.Roles[0].RoleName' };
    return { items: [asked(host, output.InstanceProfile?.Roles?.[0]?.RoleName, at)], gaps: [] };
  } catch (thrown) {
    const gap = gapOf(thrown, what, 'iam:GetInstanceProfile');
    return gap.kind === 'not-found'
      ? { items: [asked<string>(host, undefined, { id: evidenceOf(thrown), path: '$' })], gaps: [] }
      : { items: [], gaps: [{ ...gap, about: host }] };
  }
}

/** Name of the instance profile; empty when the instance has none. */
async function readProfile(aws: Aws, id: string, what: string): Promise<Observed<string> | Gap> {
  try {
    const { output, evidence } = await aws.call('ec2:DescribeInstances', {
      Filters: [{ Name: 'instance-id', Values: [id] }],
    });
    const instance = output.Reservations?.flatMap(({ Instances = [] }) => Instances)[0];
    if (instance === undefined) return { what, missingAction: 'ec2:DescribeInstances', kind: 'other' };
    return {
      value: instance.IamInstanceProfile?.Arn?.split('/').at(-1) ?? '',
      at: { id: evidence, path: '$.Reservations[0].Instances[0].IamInstanceProfile' },
    };
  } catch (thrown) {
    if (!(thrown instanceof AwsCallError)) throw thrown;
    return gapOf(thrown, what, 'ec2:DescribeInstances');
  }
}

const nothing: Seen<never> = { items: [], gaps: [] };
