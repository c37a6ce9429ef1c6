// ec2_delete_network_acl_entry: proposes to delete one entry of a network ACL; the undo makes it again as it was.

import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { countField, healsField, networkAclIdField } from '../fields.ts';
import { entryChange } from './network-acl-change.ts';
import { networkAclState, observeNetworkAcl } from './network-acl-state.ts';

export const ec2DeleteNetworkAclEntry = defineChangeTool({
  name: 'ec2_delete_network_acl_entry',
  summary:
    'Proposes to delete one entry of a network ACL by its direction and number, such as one that was added before or one that denies too much. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ec2:DeleteNetworkAclEntry',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeNetworkInterfaces',
    ...serviceUseActions,
  ],
  input: z.strictObject({
    network_acl_id: networkAclIdField,
    direction: z.enum(['egress', 'ingress']).describe('Out of the subnets or into them.'),
    rule_number: countField(1, 32_766, 'Number of the entry.'),
    heals: healsField.optional(),
  }),
  target: ({ network_acl_id }) => ({ resources: [network_acl_id] }),
  observe: ({ network_acl_id }, aws) => observeNetworkAcl(network_acl_id, aws),
  prepare: async ({ direction, rule_number, heals }, observed, aws) => {
    const state = networkAclState.parse(observed);
    const entry = state.entries.find(
      (one) => one.egress === (direction === 'egress') && one.number === rule_number,
    );
    if (entry === undefined)
      throw fail('change-unneeded', {
        detail: `${state.id} has no ${direction} entry ${rule_number}`,
      });
    const [change, success] = await Promise.all([
      entryChange('-', { entry, state, aws }),
      steadySuccess(heals, aws),
    ]);
    return { ...change, success };
  },
});
