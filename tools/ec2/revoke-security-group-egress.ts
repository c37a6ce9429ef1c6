// ec2_revoke_security_group_egress: proposes to remove one outbound rule. Nothing runs before the approval.

import { defineChangeTool } from '../../src/contract/tool.ts';
import { prepareRuleChange, ruleChangeReads } from './security-group-change.ts';
import { securityGroupRuleInput, targetOf } from './security-group-input.ts';
import { observeSecurityGroup, securityGroupState } from './security-group-state.ts';

export const ec2RevokeSecurityGroupEgress = defineChangeTool({
  name: 'ec2_revoke_security_group_egress',
  summary:
    'Proposes to remove one outbound rule from a security group, named exactly as it is. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ec2:RevokeSecurityGroupEgress', ...ruleChangeReads],
  input: securityGroupRuleInput,
  target: targetOf,
  observe: (input, aws) => observeSecurityGroup(input, aws, 'egress'),
  prepare: (input, state, aws) =>
    prepareRuleChange('revoke', { input, state: securityGroupState.parse(state), aws }),
});
