// The input of the four tools that change security group rules, and the rule it stands for.

import { z } from 'zod';
import { healsField, prefixListIdField, ruleDescriptionField, securityGroupIdField } from '../fields.ts';
import { parseCidr } from './cidr.ts';
import type { SecurityGroupRule } from './security-group-rule.ts';

/** A block of addresses as AWS stores it. */
export const cidrField = z
  .string()
  .max(49)
  .refine((text) => parseCidr(text) !== undefined, 'not a block of addresses, or it has host bits set')
  .describe('Block of IPv4 or IPv6 addresses without host bits, such as 10.0.12.0/24.');

const portField = z.number().int().min(0).max(65_535);

export const securityGroupRuleInput = z
  .strictObject({
    group_id: securityGroupIdField,
    protocol: z
      .enum(['tcp', 'udp', 'icmp', 'icmpv6', 'all'])
      .describe('Protocol; all means any protocol and port.'),
    from_port: portField.optional().describe('First port; for tcp and udp only, and required there.'),
    to_port: portField.optional().describe('Last port; the same as from_port when left out.'),
    peer: z
      .union([
        z.strictObject({ group_id: securityGroupIdField }),
        z.strictObject({ cidr: cidrField }),
        z.strictObject({ prefix_list_id: prefixListIdField }),
      ])
      .describe(
        'The other end: exactly one of a security group, a block of addresses or a managed prefix list.',
      ),
    description: ruleDescriptionField.optional(),
    heals: healsField.optional(),
  })
  .superRefine((input, context) => {
    const hasPorts = input.protocol === 'tcp' || input.protocol === 'udp';
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (hasPorts && input.from_port === undefined) issue('from_port', 'tcp and udp need a port');
    if (!hasPorts && (input.from_port ?? input.to_port) !== undefined) {
      issue('from_port', `${input.protocol} has no ports`);
    }
    if ((input.to_port ?? 65_535) < (input.from_port ?? 0)) issue('to_port', 'is below from_port');
  });
export type SecurityGroupRuleInput = z.infer<typeof securityGroupRuleInput>;

/** The rule an input stands for. */
export function ruleOf(input: SecurityGroupRuleInput): SecurityGroupRule {
  const isIcmp = input.protocol === 'icmp' || input.protocol === 'icmpv6';
  const fromPort = isIcmp ? -1 : (input.from_port ?? null);
  const { peer } = input;
  return {
    protocol: input.protocol === 'all' ? '-1' : input.protocol,
    fromPort,
    toPort: isIcmp ? -1 : (input.to_port ?? fromPort),
    peer:
      'group_id' in peer
        ? { kind: 'group', id: peer.group_id }
        : 'cidr' in peer
          ? { kind: 'cidr', id: peer.cidr }
          : { kind: 'prefix-list', id: peer.prefix_list_id },
    description: input.description ?? '',
  };
}

/** What policy sees: the group that changes and the group it names. */
export function targetOf(input: SecurityGroupRuleInput) {
  return { resources: 'group_id' in input.peer ? [input.group_id, input.peer.group_id] : [input.group_id] };
}
