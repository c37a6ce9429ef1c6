// ec2_create_network_acl_entry: proposes one more entry that allows traffic, before those that deny it. Nothing runs before the approval.

import { z } from 'zod';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { countField, healsField, networkAclIdField } from '../fields.ts';
import { entryChange, placedEntry } from './network-acl-change.ts';
import { networkAclState, observeNetworkAcl } from './network-acl-state.ts';
import { cidrField } from './security-group-input.ts';

export const ec2CreateNetworkAclEntry = defineChangeTool({
  name: 'ec2_create_network_acl_entry',
  summary:
    'Proposes to add one allowing entry to a network ACL, for one direction, port range and block of addresses, with a number that takes effect before the entry that denies it. Replies need an entry of their own. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ec2:CreateNetworkAclEntry',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeNetworkInterfaces',
    ...serviceUseActions,
  ],
  input: z
    .strictObject({
      network_acl_id: networkAclIdField,
      direction: z.enum(['egress', 'ingress']).describe('Out of the subnets or into them.'),
      protocol: z.enum(['tcp', 'udp']).describe('Protocol of the traffic.'),
      from_port: countField(0, 65_535, 'First port.'),
      to_port: countField(0, 65_535, 'Last port.'),
      cidr: cidrField,
      rule_number: countField(1, 32_766, 'Number of the entry; left out, one that takes effect.').optional(),
      heals: healsField.optional(),
    })
    .refine(({ from_port, to_port }) => from_port <= to_port, 'to_port is below from_port'),
  target: ({ network_acl_id }) => ({ resources: [network_acl_id] }),
  observe: ({ network_acl_id }, aws) => observeNetworkAcl(network_acl_id, aws),
  prepare: async (input, observed, aws) => {
    const state = networkAclState.parse(observed);
    const entry = placedEntry(
      {
        number: input.rule_number,
        egress: input.direction === 'egress',
        protocol: input.protocol === 'udp' ? '17' : '6',
        fromPort: input.from_port,
        toPort: input.to_port,
        cidr: input.cidr,
      },
      state,
    );
    const [change, success] = await Promise.all([
      entryChange('+', { entry, state, aws }),
      steadySuccess(input.heals, aws),
    ]);
    return { ...change, success };
  },
});
