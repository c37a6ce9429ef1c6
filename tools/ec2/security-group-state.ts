// What a change of a security group rule is worked out against: the group's rules in that direction and the group it names.
// Read once to prepare and once more right before the change runs; members and task counts move by themselves and are left out.

import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { ruleOf, type SecurityGroupRuleInput } from './security-group-input.ts';
import {
  coversPorts,
  type Direction,
  rulesOf,
  type SecurityGroupRule,
  securityGroupRule,
} from './security-group-rule.ts';

const group = z.strictObject({ id: z.string(), name: z.string(), vpc: z.string() });

export const securityGroupState = z.strictObject({
  direction: z.enum(['egress', 'ingress']),
  group: group.extend({ tags: z.record(z.string(), z.string()) }),
  rules: z.array(securityGroupRule),
  /**
   * The group at the other end, when the rule names one: those of its rules in the opposite direction that are for the
   * same traffic, without descriptions.
   */
  peer: group.extend({ rules: z.array(securityGroupRule) }).nullable(),
});
export type SecurityGroupState = z.infer<typeof securityGroupState>;

/** Throws `resource-unknown` for a group that does not exist. */
export async function observeSecurityGroup(
  input: SecurityGroupRuleInput,
  aws: Aws,
  direction: Direction,
): Promise<SecurityGroupState> {
  const peerId = 'group_id' in input.peer ? input.peer.group_id : null;
  const [own, peer] = await Promise.all([
    readGroup(aws, input.group_id),
    peerId === null ? null : readGroup(aws, peerId),
  ]);
  return {
    direction,
    group: { ...identityOf(own), tags: tagsOf(own) },
    rules: rulesOf(direction === 'egress' ? own.IpPermissionsEgress : own.IpPermissions),
    peer:
      peer === null ? null : { ...identityOf(peer), rules: matchingRules(peer, ruleOf(input), direction) },
  };
}

/** The rules of the other end that let the traffic of `wanted` through, as far as ports go. */
function matchingRules(
  peer: SecurityGroup,
  wanted: SecurityGroupRule,
  direction: Direction,
): SecurityGroupRule[] {
  return rulesOf(direction === 'egress' ? peer.IpPermissions : peer.IpPermissionsEgress)
    .filter((rule) => coversPorts(rule, wanted))
    .map((rule) => ({ ...rule, description: '' }));
}

async function readGroup(aws: Aws, id: string): Promise<SecurityGroup> {
  const unknown = (cause?: unknown) =>
    fail(
      'resource-unknown',
      { kind: 'security group', id, account: aws.account, region: aws.region, nearest: '' },
      cause,
    );
  try {
    const { output } = await aws.call('ec2:DescribeSecurityGroups', { GroupIds: [id] });
    const found = output.SecurityGroups?.find((one) => one.GroupId === id);
    if (found === undefined) throw unknown();
    return found;
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.code === 'InvalidGroup.NotFound')
      throw unknown(thrown);
    throw thrown;
  }
}

function identityOf(found: SecurityGroup): z.infer<typeof group> {
  return { id: found.GroupId ?? '', name: found.GroupName ?? found.GroupId ?? '', vpc: found.VpcId ?? '' };
}

function tagsOf(found: SecurityGroup): Record<string, string> {
  const tags = [...(found.Tags ?? [])].sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1));
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
