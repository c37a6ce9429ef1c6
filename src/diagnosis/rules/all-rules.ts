// The list of every rule, in the order in which findings of equal weight are told.

import { invariant } from '../../kernel/assert.ts';
import { attachmentRules } from './attachment.ts';
import { balancingRules } from './balancing.ts';
import { capacityRules } from './capacity.ts';
import { containerRules } from './container.ts';
import { deploymentRules } from './deployment.ts';
import { healthRules } from './health.ts';
import { interfaceRules } from './interfaces.ts';
import { lifetimeRules } from './lifetime.ts';
import { logPipelineRules } from './log-pipeline.ts';
import { memoryRules } from './memory.ts';
import { meshRules } from './mesh.ts';
import { networkRules } from './network.ts';
import { placementRules } from './placement.ts';
import { programRules } from './program.ts';
import { type Rule, silent } from './rule.ts';
import { runtimeRules } from './runtime.ts';
import { sessionRules } from './session.ts';
import { settingRules } from './settings.ts';
import { slowStartRules } from './slow-start.ts';
import { startRules } from './start.ts';
import { supplyRules } from './supply.ts';

const everyRule: readonly Rule[] = [
  ...networkRules,
  ...startRules,
  ...capacityRules,
  ...placementRules,
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
    judge: (facts) => {
      const judgements = rules.map((rule) => rule.judge(facts));
      return (
        judgements.find(({ outcome }) => outcome === 'found') ??
        judgements.find(({ outcome }) => outcome === 'refuted') ??
        silent
      );
    },
  };
}
