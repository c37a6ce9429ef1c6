// What would be if a proposed change were made: the same facts over the same evidence with the change in it. A call whose cause stays
// is not offered; what else it opens is listed, one sentence each.

import type { ProposedCall } from '../contract/finding.ts';
import type { Applied } from './counterfactual/applied.ts';
import { withGroupSize } from './counterfactual/host-change.ts';
import { withAclEntry, withEndpoint, withVpcAttribute } from './counterfactual/network-change.ts';
import { withRuleAdded } from './counterfactual/rule-change.ts';
import {
  withBounds,
  withHealthCheck,
  withLogGroup,
  withoutProtection,
  withUpdate,
} from './counterfactual/service-change.ts';
import type { EvidenceBundle } from './evidence.ts';
import type { Block } from './facts/blocks.ts';
import type { PathQuestion } from './facts/dependencies.ts';
import { type Facts, factsOf } from './facts/facts.ts';
import { egressTool, ingressTool } from './rules/fixes.ts';
import { groupSizeTool, hostStateTool } from './rules/fixes-hosts.ts';
import { aclTool, dnsTool, endpointTool } from './rules/fixes-network.ts';
import { boundsTool, checkTool, registerTool } from './rules/fixes-service.ts';
import { logGroupTool, protectionTool, updateTool } from './rules/service-fixes.ts';

/** Whether a cause still holds in these facts; beside closed gates, what a change has to end. */
export type CauseHolds = (facts: Facts) => boolean;

export interface Verification {
  readonly question?: PathQuestion;
  readonly holds?: CauseHolds;
}

type Apply = (bundle: EvidenceBundle, call: ProposedCall) => Applied | 'unknown' | undefined;

/** How each change shows in the evidence; a tool that is not here is never offered by a finding. */
const appliers: Readonly<Record<string, Apply>> = {
  [egressTool]: withRuleAdded,
  [ingressTool]: withRuleAdded,
  [aclTool]: withAclEntry,
  [dnsTool]: withVpcAttribute,
  [endpointTool]: withEndpoint,
  [updateTool]: withUpdate,
  [checkTool]: withHealthCheck,
  [logGroupTool]: withLogGroup,
  [boundsTool]: withBounds,
  [protectionTool]: withoutProtection,
  [groupSizeTool]: withGroupSize,
  // Whether the other hosts do better shows only once they have the tasks.
  [hostStateTool]: () => 'unknown',
  // Whether a revision runs well shows only when it runs.
  [registerTool]: () => 'unknown',
};

/** The calls that end what they are for, each with what the run with the change showed; what cannot be run beforehand carries no verdict. */
export function verifiedFixes(
  bundle: EvidenceBundle,
  calls: readonly ProposedCall[],
  verification: Verification = {},
): ProposedCall[] {
  return distinctCalls(calls).flatMap((call) => {
    const applied = appliers[call.tool]?.(bundle, call);
    if (applied === undefined) return [];
    if (applied === 'unknown') return verification.holds === undefined ? [] : [call];
    if (!ends(bundle, applied, verification)) return [];
    return [{ ...call, counterfactual: { flips: true, alsoOpens: applied.alsoOpens() } }];
  });
}

/** One call per change: two names of one destination would otherwise propose the same rule twice, differing in words only. */
function distinctCalls(calls: readonly ProposedCall[]): ProposedCall[] {
  const keyOf = ({ tool, input: { description: _, ...rule } }: ProposedCall) => JSON.stringify([tool, rule]);
  return calls.filter((call, index) => calls.findIndex((one) => keyOf(one) === keyOf(call)) === index);
}

/** True when the cause no longer holds, or when the gate or the way the change is for is open with it. */
function ends(before: EvidenceBundle, applied: Applied, { holds, question }: Verification): boolean {
  if (applied.shown === true) return true;
  const after = factsOf(applied.bundle, question);
  if (holds !== undefined && !holds(question === undefined ? after : factsOf(applied.bundle))) return true;
  const { gate } = applied;
  const was = factsOf(before, question);
  return gate === undefined ? openWays(after) > openWays(was) : shut(after, gate) < shut(was, gate);
}

function shut({ blocks }: Facts, gate: (block: Block) => boolean): number {
  return blocks.filter(gate).reduce((sum, block) => sum + block.candidates.length, 0);
}

/** To how many things that were wanted some place is open from every subnet. */
function openWays({ dependencies }: Facts): number {
  return dependencies.filter(({ candidates }) =>
    candidates.some(
      ({ solved }) => solved.length > 0 && solved.every(({ path }) => path.verdict !== 'blocked'),
    ),
  ).length;
}
