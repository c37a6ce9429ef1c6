// ec2_revoke_security_group_ingress: proposes to remove one inbound rule. Nothing runs before the approval.

import { defineChangeTool } from '../../src/contract/tool.ts';
import { prepareRuleChange, ruleChangeReads } from './security-group-change.ts';
import { securityGroupRuleInput, targetOf } from './security-group-input.ts';
import { observeSecurityGroup, securityGroupState } from './security-group-state.ts';

export const ec2RevokeSecurityGroupIngress = defineChangeTool({
  name: 'ec2_revoke_security_group_ingress',
  summary:
    'Proposes to remove one inbound rule from a security group, named exactly as it is. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ec2:RevokeSecurityGroupIngress', ...ruleChangeReads],
  input: securityGroupRuleInput,
  target: targetOf,
  observe: (input, aws) => observeSecurityGroup(input, aws, 'ingress'),
  prepare: (input, state, aws) =>
    prepareRuleChange('revoke', { input, state: securityGroupState.parse(state), aws }),
});
