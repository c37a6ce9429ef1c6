// Accounts of which the words matter as much as the cause: what has to be named, what must not be said, which change is offered.

import type { Finding } from '../../src/contract/finding.ts';
import type { ToldCase } from './case.ts';
import { sideRemarkTwins } from './side-remarks.ts';
import { toldBalancing } from './told-balancing.ts';
import { toldChanges } from './told-changes.ts';
import { toldConfig } from './told-config.ts';
import { toldEnds } from './told-ends.ts';
import { toldHealth } from './told-health.ts';
import { toldHosts } from './told-hosts.ts';
import { toldHostsLeft } from './told-hosts-left.ts';
import { toldIam } from './told-iam.ts';
import { toldImages } from './told-images.ts';
import { toldLoops } from './told-loops.ts';
import { toldLostHosts } from './told-lost-hosts.ts';
import { toldNetwork } from './told-network.ts';
import { toldPlaces } from './told-places.ts';
import { toldRuntime } from './told-runtime.ts';
import { toldStarts } from './told-starts.ts';
import { toldSteps } from './told-steps.ts';
import { toldWaiting } from './told-waiting.ts';

export const told: readonly ToldCase[] = [
  ...toldImages,
  ...toldConfig,
  ...toldIam,
  ...toldPlaces,
  ...toldNetwork,
  ...toldBalancing,
  ...toldHosts,
  ...toldLostHosts,
  ...toldHostsLeft,
  ...toldWaiting,
  ...toldStarts,
  ...toldLoops,
  ...toldRuntime,
  ...sideRemarkTwins,
  ...toldHealth,
  ...toldChanges,
  ...toldSteps,
  ...toldEnds,
];

/** What is wrong with the first finding, or undefined when all that was asked for is so. */
export function toldFault(one: ToldCase, findings: readonly Finding[]): string | undefined {
  const [first] = findings;
  if (first?.class !== one.class) return 'another class stands first';
  if (!one.verdicts.includes(first.verdict)) return `the verdict is ${first.verdict}`;
  const prose = `${first.title} ${first.explanation}`;
  const all = [prose, ...first.culprits].join(' ');
  const unsaid = (one.says?.(one.account()) ?? []).find((word) =>
    typeof word === 'string' ? !all.includes(word) : !word.test(all),
  );
  if (unsaid !== undefined) return `not said: ${unsaid} in "${all}"`;
  const wrong = one.never?.find((word) => word.test(prose));
  if (wrong !== undefined) return `said: ${wrong} in "${prose}"`;
  const tools = first.fixes.map(({ tool }) => tool);
  if (one.fix === null && tools.length > 0) return `a change is offered: ${tools.join(', ')}`;
  if (typeof one.fix === 'string' && !tools.includes(one.fix)) return `${one.fix} is not offered`;
  if (one.asks !== undefined && !JSON.stringify(first.fixes.map(({ input }) => input)).includes(one.asks))
    return `no change asks for ${one.asks}`;
  const other = findings.find((finding) => one.neverClass?.includes(finding.class));
  if (other !== undefined) return `${other.class} is named as well`;
  if (first.fixes.some(({ counterfactual }) => counterfactual?.flips === false))
    return 'a fix that does not help';
  const gaps = first.cannotVerify.map(({ missingAction }) => missingAction);
  if (one.missing !== undefined && !gaps.includes(one.missing)) return `${one.missing} is not named`;
  return undefined;
}
