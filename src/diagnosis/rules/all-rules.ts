// The list of every rule, in the order in which findings of equal weight are told.

import { invariant } from '../../kernel/assert.ts';
import { attachmentRules } from './attachment.ts';
import { balancerAclRules } from './balancer-acl.ts';
import { balancingRules } from './balancing.ts';
import { capacityRules } from './capacity.ts';
import { changedSettingRules } from './changed-setting.ts';
import { containerRules } from './container.ts';
import { databaseStateRules } from './database-state.ts';
import { definitionRules } from './definition.ts';
import { deploymentRules } from './deployment.ts';
import { endpointPolicyRules } from './endpoint-policy.ts';
import { quotaRules } from './fargate-quota.ts';
import { fileAccessRules } from './file-access.ts';
import { healthRules } from './health.ts';
import { imageRules } from './images.ts';
import { interfaceRules } from './interfaces.ts';
import { lifetimeRules } from './lifetime.ts';
import { logGroupRules } from './log-groups.ts';
import { logPipelineRules } from './log-pipeline.ts';
import { memoryRules } from './memory.ts';
import { meshRules } from './mesh.ts';
import { networkRules } from './network.ts';
import { partialAclRules } from './partial-acl.ts';
import { placementRules } from './placement.ts';
import { platformRules } from './platform.ts';
import { portTakenRules } from './port-taken.ts';
import { programRules } from './program.ts';
import { refusedFieldRules } from './refused-field.ts';
import { roleRules } from './roles.ts';
import type { Rule } from './rule.ts';
import { runtimeRules } from './runtime.ts';
import { secretRules } from './secrets.ts';
import { sessionRules } from './session.ts';
import { settingRules } from './settings.ts';
import { slowStartRules } from './slow-start.ts';
import { startRules } from './start.ts';
import { strongest } from './start-rule.ts';
import { storageRules } from './storage.ts';
import { supplyRules } from './supply.ts';
import { taskRoleRules } from './task-role.ts';

const everyRule: readonly Rule[] = [
  ...networkRules,
  ...partialAclRules,
  ...balancerAclRules,
  ...databaseStateRules,
  ...roleRules,
  ...secretRules,
  ...imageRules,
  ...platformRules,
  ...logGroupRules,
  ...storageRules,
  ...fileAccessRules,
  ...taskRoleRules,
  ...endpointPolicyRules,
  ...startRules,
  ...definitionRules,
  ...refusedFieldRules,
  ...capacityRules,
  ...placementRules,
  ...portTakenRules,
  ...quotaRules,
  ...supplyRules,
  ...interfaceRules,
  ...deploymentRules,
  ...attachmentRules,
  ...runtimeRules,
  ...logPipelineRules,
  ...programRules,
  ...memoryRules,
  ...containerRules,
  ...meshRules,
  ...changedSettingRules,
  ...settingRules,
  ...lifetimeRules,
  ...balancingRules,
  ...slowStartRules,
  ...healthRules,
  ...sessionRules,
];

/** One rule per class: a cause that shows in several ways is found when one of them finds it. */
export const allRules: readonly Rule[] = [...new Set(everyRule.map((rule) => rule.class))].map((name) =>
  joined(everyRule.filter((rule) => rule.class === name)),
);

function joined(rules: readonly Rule[]): Rule {
  const [first] = rules;
  invariant(first !== undefined, 'every class in the list has a rule');
  if (rules.length === 1) return first;
  return {
    class: first.class,
    needs: [...new Set(rules.flatMap((rule) => rule.needs))],
    judge: (facts) => strongest(rules.map((rule) => rule.judge(facts))),
  };
}
