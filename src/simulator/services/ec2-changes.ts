// EC2 changes: rules of security groups are authorized and revoked, in either direction, with EC2's validation,
// DryRun, and its errors for what is already there or not there.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { SnapshotSecurityGroup } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { dryRun } from './ec2-dry-run.ts';
import type { Handler } from './handler.ts';
import { checkedRules } from './security-group-input.ts';
import {
  type Direction,
  describeRule,
  type Permission,
  permissionsOf,
  type SecurityGroupRule,
  type SingleRule,
  sameRule,
  splitPermission,
} from './security-group-rules.ts';

/** AWS's default quota. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const RULES_MAX = 60;

/** Adds egress rules. Throws InvalidPermission.Duplicate, DryRunOperation and EC2's validation errors. */
export const authorizeSecurityGroupEgress: Handler<
  Ec2.AuthorizeSecurityGroupEgressCommandInput,
  Ec2.AuthorizeSecurityGroupEgressCommandOutput
> = (input, account) => authorize(account, input, 'egress');
/** Adds ingress rules; as for egress. */
export const authorizeSecurityGroupIngress: Handler<
  Ec2.AuthorizeSecurityGroupIngressCommandInput,
  Ec2.AuthorizeSecurityGroupIngressCommandOutput
> = (input, account) => authorize(account, input, 'ingress');
/** Removes egress rules by content or id. Throws InvalidPermission.NotFound and DryRunOperation. */
export const revokeSecurityGroupEgress: Handler<
  Ec2.RevokeSecurityGroupEgressCommandInput,
  Ec2.RevokeSecurityGroupEgressCommandOutput
> = (input, account) => revoke(account, input, 'egress');
/** Removes ingress rules; as for egress. */
export const revokeSecurityGroupIngress: Handler<
  Ec2.RevokeSecurityGroupIngressCommandInput,
  Ec2.RevokeSecurityGroupIngressCommandOutput
> = (input, account) => revoke(account, input, 'ingress');

interface RuleInput {
  readonly DryRun?: boolean | undefined;
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: Ec2.IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SecurityGroupRuleIds?: string[] | undefined;
}

function authorize(
  account: SimulatedAccount,
  input: RuleInput,
  direction: Direction,
): { Return: boolean; SecurityGroupRules: SecurityGroupRule[] } {
  const group = groupOf(account, input);
  const wanted = checkedRules(account, group, permissionsIn(input));
  const present = permissionsOf(group, direction).flatMap(splitPermission);
  const duplicate = wanted.find((rule, index) =>
    [...present, ...wanted.slice(0, index)].some((other) => sameRule(rule, other)),
  );
  if (duplicate !== undefined) {
    throw new AwsFault(
      'InvalidPermission.Duplicate',
      `the specified rule "peer: ${peerText(duplicate)}, ${portText(duplicate)}, ALLOW" already exists`,
    );
  }
  if (present.length + wanted.length > RULES_MAX)
    throw new AwsFault(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  if (input.DryRun === true) throw dryRun();
  setRules(group, direction, [...present, ...wanted]);
  noteChange(account, {
    operation: direction === 'egress' ? 'AuthorizeSecurityGroupEgress' : 'AuthorizeSecurityGroupIngress',
    input,
    group,
  });
  return {
    Return: true,
    SecurityGroupRules: wanted.map((rule) => describeRule(group, rule, { direction, ownerId: account.id })),
  };
}

function revoke(account: SimulatedAccount, input: RuleInput, direction: Direction): { Return: boolean } {
  const group = groupOf(account, input);
  const present = permissionsOf(group, direction).flatMap(splitPermission);
  const gone =
    input.SecurityGroupRuleIds === undefined
      ? checkedRules(account, group, permissionsIn(input))
      : byId(account, { group, direction, ids: input.SecurityGroupRuleIds });
  if (gone.some((rule) => !present.some((other) => sameRule(rule, other)))) {
    throw new AwsFault(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  }
  if (input.DryRun === true) throw dryRun();
  setRules(
    group,
    direction,
    present.filter((rule) => !gone.some((other) => sameRule(rule, other))),
  );
  noteChange(account, {
    operation: direction === 'egress' ? 'RevokeSecurityGroupEgress' : 'RevokeSecurityGroupIngress',
    input,
    group,
  });
  return { Return: true };
}

function byId(
  account: SimulatedAccount,
  { group, direction, ids }: { group: SnapshotSecurityGroup; direction: Direction; ids: string[] },
): SingleRule[] {
  const rules = permissionsOf(group, direction).flatMap(splitPermission);
  return ids.map((id) => {
    const rule = rules.find(
      (one) => describeRule(group, one, { direction, ownerId: account.id }).SecurityGroupRuleId === id,
    );
    if (rule === undefined)
      throw new AwsFault(
        'InvalidSecurityGroupRuleId.NotFound',
        `The security group rule ID '${id}' does not exist`,
      );
    return rule;
  });
}

function groupOf(account: SimulatedAccount, input: RuleInput): SnapshotSecurityGroup {
  const { GroupId, GroupName } = input;
  if (GroupId === undefined && GroupName === undefined)
    throw new AwsFault('MissingParameter', 'The request must contain the parameter groupName or groupId');
  if (GroupId !== undefined && !/^sg-[0-9a-z]+$/.test(GroupId))
    throw new AwsFault('InvalidGroupId.Malformed', `Invalid id: "${GroupId}" (expecting "sg-...")`);
  const group = account.state.ec2.SecurityGroups.find((one) =>
    GroupId === undefined ? one.GroupName === GroupName : one.GroupId === GroupId,
  );
  if (group === undefined)
    throw new AwsFault(
      'InvalidGroup.NotFound',
      `The security group '${GroupId ?? GroupName ?? ''}' does not exist`,
    );
  return group;
}

/** The older, flat way to name one rule is still accepted. */
function permissionsIn(input: RuleInput): Ec2.IpPermission[] {
  if (input.IpPermissions !== undefined && input.IpPermissions.length > 0) return input.IpPermissions;
  if (input.CidrIp === undefined)
    throw new AwsFault('MissingParameter', 'The request must contain the parameter ipPermissions');
  return [
    {
      IpProtocol: input.IpProtocol,
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      IpRanges: [{ CidrIp: input.CidrIp }],
    },
  ];
}

/** Rules that differ only in their peer share one permission, as EC2 shows them. */
function setRules(group: SnapshotSecurityGroup, direction: Direction, rules: readonly SingleRule[]): void {
  const permissions = new Map<string, Permission>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    const ports = rule.fromPort === undefined ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
    const permission = permissions.get(key) ?? {
      IpProtocol: rule.protocol,
      ...ports,
      IpRanges: [],
      Ipv6Ranges: [],
      UserIdGroupPairs: [],
      PrefixListIds: [],
    };
    permissions.set(key, permission);
    const described = rule.description === undefined ? {} : { Description: rule.description };
    if (rule.cidrIpv4 !== undefined) permission.IpRanges?.push({ CidrIp: rule.cidrIpv4, ...described });
    if (rule.cidrIpv6 !== undefined) permission.Ipv6Ranges?.push({ CidrIpv6: rule.cidrIpv6, ...described });
    if (rule.groupId !== undefined)
      permission.UserIdGroupPairs?.push({
        GroupId: rule.groupId,
        ...(group.OwnerId === undefined ? {} : { UserId: group.OwnerId }),
        ...described,
      });
    if (rule.prefixListId !== undefined)
      permission.PrefixListIds?.push({ PrefixListId: rule.prefixListId, ...described });
  }
  if (direction === 'egress') group.IpPermissionsEgress = [...permissions.values()];
  else group.IpPermissions = [...permissions.values()];
}

function noteChange(
  account: SimulatedAccount,
  change: { operation: string; input: RuleInput; group: SnapshotSecurityGroup },
): void {
  const { operation, input, group } = change;
  account.changed({
    service: 'ec2',
    operation,
    input: { ...input },
    resources: [{ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName: group.GroupId }],
  });
}

function peerText(rule: SingleRule): string {
  return rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.groupId ?? rule.prefixListId ?? '';
}

function portText(rule: SingleRule): string {
  return rule.protocol === '-1'
    ? 'ALL'
    : `${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`;
}
