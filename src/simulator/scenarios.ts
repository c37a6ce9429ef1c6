// Memorable incidents to try the product on: made-up accounts with one fault each, and the hand-made account of the demo.

import type { Snapshot } from '../contract/snapshot.ts';
import { madeUpAccount } from './accounts/made-up-account.ts';
import { seededRandom } from './accounts/random.ts';
import { demoSnapshot } from './demo-account.ts';
import { fastForward } from './fast-forward.ts';
import { faults } from './faults/catalogue.ts';

interface Scenario {
  readonly name: string;
  /** One line: what somebody on call would say about it. */
  readonly about: string;
  /** The fault behind it; null for an account in which all is well. */
  readonly fault: string | null;
}

export const DEFAULT_SCENARIO = 'database-timeout';

const madeUp: readonly Scenario[] = [
  { name: 'crash-loop', about: 'a deployment crashes again and again', fault: 'segmentation-fault' },
  {
    name: 'missing-variable',
    about: 'the new version exits at once and says why in its log',
    fault: 'variable-forgotten',
  },
  {
    name: 'image-tag',
    about: 'a deployment names an image that was never pushed',
    fault: 'image-tag-mistyped',
  },
  {
    name: 'image-expired',
    about: 'what runs keeps running, but no new task finds its image',
    fault: 'image-expired',
  },
  {
    name: 'wrong-processor',
    about: 'the image was built on another processor',
    fault: 'image-of-other-architecture',
  },
  { name: 'no-way-out', about: 'new tasks cannot reach anything outside', fault: 'default-route-deleted' },
  { name: 'out-of-memory', about: 'tasks die after a while, each time a little later', fault: 'memory-leak' },
  {
    name: 'health-path',
    about: 'healthy programs are stopped by the load balancer',
    fault: 'health-path-renamed',
  },
  { name: 'slow-start', about: 'the new version is stopped before it is ready', fault: 'starts-slowly' },
  {
    name: 'secret-denied',
    about: 'tasks stop before they start, something about secrets',
    fault: 'secret-statement-lost',
  },
  { name: 'role-trust', about: 'no task is started at all', fault: 'trust-changed' },
  { name: 'addresses', about: 'tasks hang in provisioning', fault: 'subnets-full' },
  { name: 'file-system', about: 'tasks cannot mount their files', fault: 'file-system-closed' },
  { name: 'names', about: 'nothing finds anything by its name any more', fault: 'dns-support-off' },
  { name: 'all-well', about: 'somebody is worried, and nothing is wrong', fault: null },
];

/** Name and line of every scenario, the default first. */
export const scenarios: readonly Pick<Scenario, 'name' | 'about'>[] = [
  { name: DEFAULT_SCENARIO, about: 'one task of four is missing: the database cannot be reached' },
  ...madeUp,
];

export interface ScenarioAccount {
  readonly snapshot: Snapshot;
  /** What to ask first. */
  readonly question: string;
}

/** Everything shows that will show, and most stopped tasks are still listed. */
const MINUTES = 25;
const TRIES_MAX = 200;

/** The account of a scenario as of `nowMs`; undefined for a name that is none. */
export function scenarioAccount(name: string, nowMs: number): ScenarioAccount | undefined {
  if (name === DEFAULT_SCENARIO)
    return {
      snapshot: demoSnapshot(nowMs),
      question: "Show me the status of the 'my-web-service' in the 'production-cluster'.",
    };
  const scenario = madeUp.find((one) => one.name === name);
  const fault = faults.find((one) => one.name === scenario?.fault);
  if (scenario === undefined) return undefined;
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const seed = `scenario ${name} ${attempt}`;
    const { plan, snapshot } = madeUpAccount(seed, { nowMs: nowMs - MINUTES * 60_000 });
    const [service] = plan.services;
    if (service === undefined || fault?.fits(plan, service) === false) continue;
    return {
      question: `Why is ${service.name} in ${plan.cluster} not healthy?`,
      snapshot: fastForward(snapshot, MINUTES, (account) => {
        fault?.inject({ account, plan, service, random: seededRandom(seed) });
      }),
    };
  }
  return undefined;
}
