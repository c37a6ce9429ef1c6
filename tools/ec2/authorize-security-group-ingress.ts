// ec2_authorize_security_group_ingress: proposes one more inbound rule. Nothing runs before the approval.

import { defineChangeTool } from '../../src/contract/tool.ts';
import { prepareRuleChange, ruleChangeReads } from './security-group-change.ts';
import { securityGroupRuleInput, targetOf } from './security-group-input.ts';
import { observeSecurityGroup, securityGroupState } from './security-group-state.ts';

export const ec2AuthorizeSecurityGroupIngress = defineChangeTool({
  name: 'ec2_authorize_security_group_ingress',
  summary:
    'Proposes to add one inbound rule to a security group: traffic of one protocol and port range from one peer. A person approves it before anything changes. Name the smallest peer and range that is enough; set heals to the service it repairs.',
  risk: 'change',
  actions: ['ec2:AuthorizeSecurityGroupIngress', ...ruleChangeReads],
  input: securityGroupRuleInput,
  target: targetOf,
  observe: (input, aws) => observeSecurityGroup(input, aws, 'ingress'),
  prepare: (input, state, aws) =>
    prepareRuleChange('authorize', { input, state: securityGroupState.parse(state), aws }),
});
