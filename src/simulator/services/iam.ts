// Identity and Access Management: roles with their policies, and whether they would allow a request.
// Documents travel as URL-encoded JSON, as AWS sends them.

import type * as Iam from '@aws-sdk/client-iam';
import type { JsonDocument, SnapshotRole } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { profileRole } from '../physics/roles.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { policiesOf, type RolePolicy } from './iam-policies.ts';
import { simulatePrincipalPolicy } from './iam-simulation.ts';
import { pageOf } from './page.ts';

const CREATED = '2024-01-01T00:00:00Z';
const VERSION_ID = 'v1';

/** A role by name. Throws NoSuchEntity. */
const getRole: Handler<Iam.GetRoleCommandInput, Iam.GetRoleCommandOutput> = (input, account) => ({
  Role: shown(roleNamed(account, input.RoleName)),
});

/** Names of a role's inline policies. Throws NoSuchEntity. */
const listRolePolicies: Handler<Iam.ListRolePoliciesCommandInput, Iam.ListRolePoliciesCommandOutput> = (
  input,
  account,
) => {
  const policies = policiesOf(roleNamed(account, input.RoleName));
  const { items, rest } = paged(policies.filter(isInline), { ...input, action: 'ListRolePolicies' });
  return { PolicyNames: items.map((policy) => policy.PolicyName), ...rest };
};

/** An inline policy of a role. Throws NoSuchEntity. */
const getRolePolicy: Handler<Iam.GetRolePolicyCommandInput, Iam.GetRolePolicyCommandOutput> = (
  input,
  account,
) => {
  const role = roleNamed(account, input.RoleName);
  const policy = policiesOf(role).find((one) => isInline(one) && one.PolicyName === input.PolicyName);
  if (policy?.Document === undefined)
    throw absent(`The role policy with name ${input.PolicyName} cannot be found.`);
  return {
    RoleName: role.RoleName,
    PolicyName: policy.PolicyName,
    PolicyDocument: encoded(policy.Document),
  };
};

/** Managed policies that are attached to a role. Throws NoSuchEntity. */
const listAttachedRolePolicies: Handler<
  Iam.ListAttachedRolePoliciesCommandInput,
  Iam.ListAttachedRolePoliciesCommandOutput
> = (input, account) => {
  const policies = policiesOf(roleNamed(account, input.RoleName));
  const attached = policies.filter((policy) => !isInline(policy));
  const { items, rest } = paged(attached, { ...input, action: 'ListAttachedRolePolicies' });
  return {
    AttachedPolicies: items.map(({ PolicyName, PolicyArn }) => ({
      PolicyName,
      ...(PolicyArn === undefined ? {} : { PolicyArn }),
    })),
    ...rest,
  };
};

/** A managed policy without its document. Throws NoSuchEntity. */
const getPolicy: Handler<Iam.GetPolicyCommandInput, Iam.GetPolicyCommandOutput> = (input, account) => {
  const { policy, count } = managedPolicy(account, input.PolicyArn);
  return {
    Policy: {
      PolicyName: policy.PolicyName,
      ...(policy.PolicyArn === undefined ? {} : { Arn: policy.PolicyArn }),
      Path: '/',
      DefaultVersionId: VERSION_ID,
      AttachmentCount: count,
      IsAttachable: true,
      CreateDate: CREATED,
      UpdateDate: CREATED,
    },
  };
};

/** The document of a managed policy; here each has one version. Throws NoSuchEntity. */
const getPolicyVersion: Handler<Iam.GetPolicyVersionCommandInput, Iam.GetPolicyVersionCommandOutput> = (
  input,
  account,
) => {
  const { policy } = managedPolicy(account, input.PolicyArn);
  if (input.VersionId !== VERSION_ID || policy.Document === undefined)
    throw absent(`Policy ${input.PolicyArn} version ${input.VersionId} does not exist or is not attachable.`);
  return {
    PolicyVersion: {
      Document: encoded(policy.Document),
      VersionId: VERSION_ID,
      IsDefaultVersion: true,
      CreateDate: CREATED,
    },
  };
};

/** The instance profile of a name, with the role it hands to hosts. Throws NoSuchEntity. */
const getInstanceProfile: Handler<Iam.GetInstanceProfileCommandInput, Iam.GetInstanceProfileCommandOutput> = (
  input,
  account,
) => {
  const name = input.InstanceProfileName ?? '';
  const role = profileRole(account.state, name);
  if (role === undefined) throw absent(`Instance Profile ${name} cannot be found.`);
  return { InstanceProfile: profileOf(account, name, role) };
};

/** Every instance profile: those that roles name, and those of machines that bear the name of their role. */
const listInstanceProfiles: Handler<
  Iam.ListInstanceProfilesCommandInput,
  Iam.ListInstanceProfilesCommandOutput
> = (input, account) => {
  const { iam, ec2 } = account.state;
  const used = ec2.Instances.flatMap(
    ({ IamInstanceProfile }) => IamInstanceProfile?.Arn?.split('/').at(-1) ?? [],
  );
  const named = iam.Roles.flatMap(({ InstanceProfiles }) => InstanceProfiles ?? []);
  const profiles = [...new Set([...used, ...named])].sort().flatMap((name) => {
    const role = profileRole(account.state, name);
    return role === undefined ? [] : [profileOf(account, name, role)];
  });
  const { items, rest } = paged(profiles, { ...input, action: 'ListInstanceProfiles' });
  return { InstanceProfiles: items, ...rest };
};

function profileOf(account: SimulatedAccount, name: string, role: SnapshotRole) {
  return {
    Path: '/',
    InstanceProfileName: name,
    InstanceProfileId: 'AIPASIMULATEDPROFILE0',
    Arn: `arn:aws:iam::${account.id}:instance-profile/${name}`,
    CreateDate: CREATED,
    Roles: [shown(role)],
  };
}

export const iamHandlers: HandlerTable = {
  GetRole: getRole,
  GetInstanceProfile: getInstanceProfile,
  ListInstanceProfiles: listInstanceProfiles,
  ListRolePolicies: listRolePolicies,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
};

function roleNamed(account: SimulatedAccount, name: string | undefined): SnapshotRole {
  const role = account.state.iam.Roles.find((one) => one.RoleName === name);
  if (role === undefined) throw absent(`The role with name ${name} cannot be found.`);
  return role;
}

/** A role as AWS describes it, without its policies. */
function shown({ policies: _policies, AssumeRolePolicyDocument: trust, ...role }: SnapshotRole) {
  return {
    ...role,
    Path: role.Path ?? '/',
    RoleId: role.RoleId ?? 'AROASIMULATEDROLE0000',
    CreateDate: role.CreateDate ?? CREATED,
    ...(trust === undefined ? {} : { AssumeRolePolicyDocument: encoded(trust) }),
  };
}

function managedPolicy(
  account: SimulatedAccount,
  arn: string | undefined,
): { policy: RolePolicy; count: number } {
  const all = account.state.iam.Roles.flatMap(policiesOf).filter((one) => one.PolicyArn === arn);
  const [policy] = arn === undefined ? [] : all;
  if (policy === undefined) throw absent(`Policy ${arn} was not found.`);
  return { policy, count: all.length };
}

function isInline(policy: RolePolicy): boolean {
  return policy.PolicyArn === undefined;
}

function absent(message: string): AwsFault {
  return new AwsFault('NoSuchEntity', message, { status: 404 });
}

/** RFC 3986, which also encodes what `encodeURIComponent` leaves alone. */
function encoded(document: Readonly<JsonDocument>): string {
  return encodeURIComponent(JSON.stringify(document)).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

interface ListQuestion {
  readonly action: string;
  readonly RoleName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

function paged<Item>(
  all: readonly Item[],
  { action, RoleName, Marker, MaxItems }: ListQuestion,
): { items: Item[]; rest: { IsTruncated: boolean; Marker?: string } } {
  const page = pageOf(all, {
    token: Marker,
    limit: MaxItems,
    defaultLimit: 100,
    maxLimit: 1000,
    rangeCode: 'ValidationError',
    scope: `${action} ${RoleName}`,
    invalidToken: () => new AwsFault('ValidationError', 'Invalid Marker.'),
  });
  const { nextToken } = page;
  return {
    items: page.items,
    rest: nextToken === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: nextToken },
  };
}
