// What EC2 checks in the rules of an Authorize or Revoke request before it looks at the group.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { SnapshotSecurityGroup } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { addressText, blockOf } from '../physics/address.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { protocolName, type SingleRule, splitPermission } from './security-group-rules.ts';

/** The rules in `permissions`, one per peer. Throws EC2's error for the first that is not valid. */
export function checkedRules(
  account: SimulatedAccount,
  group: SnapshotSecurityGroup,
  permissions: readonly Ec2.IpPermission[],
): SingleRule[] {
  for (const permission of permissions) checkPorts(permission);
  const rules = permissions.flatMap(splitPermission);
  if (rules.length === 0)
    throw new AwsFault(
      'InvalidParameterValue',
      'Invalid value for ipPermissions. At least one peer must be specified.',
    );
  return rules.map((rule) => checkPeer(account, group, rule));
}

function checkPorts({ IpProtocol, FromPort, ToPort }: Ec2.IpPermission): void {
  if (IpProtocol === undefined)
    throw new AwsFault('MissingParameter', 'The request must contain the parameter ipProtocol');
  const protocol = protocolName(IpProtocol);
  if (!/^(-1|tcp|udp|icmp|icmpv6|\d{1,3})$/.test(protocol))
    throw new AwsFault(
      'InvalidParameterValue',
      `Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`,
    );
  if (protocol !== 'tcp' && protocol !== 'udp') return;
  if (FromPort === undefined || ToPort === undefined)
    throw new AwsFault(
      'InvalidParameterValue',
      `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`,
    );
  for (const port of [FromPort, ToPort]) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new AwsFault(
        'InvalidParameterValue',
        `Invalid value '${port}' for port. Must be between 0 and 65535.`,
      );
  }
  if (FromPort > ToPort)
    throw new AwsFault(
      'InvalidParameterValue',
      `Invalid value '${FromPort}-${ToPort}' for portRange. Must be a valid range.`,
    );
}

function checkPeer(account: SimulatedAccount, group: SnapshotSecurityGroup, rule: SingleRule): SingleRule {
  const { ec2 } = account.state;
  if (rule.cidrIpv4 !== undefined) return { ...rule, cidrIpv4: canonicalCidr(rule.cidrIpv4) };
  if (rule.cidrIpv6 !== undefined && !/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(rule.cidrIpv6))
    throw invalidCidr(rule.cidrIpv6);
  if (rule.groupId !== undefined) {
    const peer = ec2.SecurityGroups.find((one) => one.GroupId === rule.groupId);
    if (peer === undefined || peer.VpcId !== group.VpcId)
      throw new AwsFault(
        'InvalidGroup.NotFound',
        `You have specified two resources that belong to different networks, or the security group '${rule.groupId}' does not exist`,
      );
  }
  if (
    rule.prefixListId !== undefined &&
    !ec2.ManagedPrefixLists.some((list) => list.PrefixListId === rule.prefixListId)
  ) {
    throw new AwsFault(
      'InvalidPrefixListID.NotFound',
      `The prefix list ID '${rule.prefixListId}' does not exist`,
    );
  }
  return rule;
}

/** EC2 stores the network address, whatever host bits a request carries. */
function canonicalCidr(cidr: string): string {
  const block = blockOf(cidr);
  if (block === undefined) throw invalidCidr(cidr);
  const address = addressText(block.first);
  return `${address}/${block.prefix}`;
}

function invalidCidr(cidr: string): AwsFault {
  return new AwsFault('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
}
