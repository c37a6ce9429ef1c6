// Memorable incidents to try the product on: made-up accounts with one fault each, and the hand-made account of the demo.

import type { Snapshot } from '../contract/snapshot.ts';
import { madeUpAccount } from './accounts/made-up-account.ts';
import { seededRandom } from './accounts/random.ts';
import { demoSnapshot } from './demo-account.ts';
import { fastForward } from './fast-forward.ts';
import { faults } from './faults/catalogue.ts';
import { DEFAULT_SCENARIO, madeUpScenarios } from './scenario-list.ts';

export interface ScenarioAccount {
  readonly snapshot: Snapshot;
  /** What to ask first, and what else. */
  readonly questions: readonly [string, ...string[]];
}

/** Everything shows that will show, and most stopped tasks are still listed. */
const MINUTES = 25;
const TRIES_MAX = 200;

/** The account of a scenario as of `nowMs`; undefined for a name that is none. */
export function scenarioAccount(name: string, nowMs: number): ScenarioAccount | undefined {
  if (name === DEFAULT_SCENARIO)
    return {
      snapshot: demoSnapshot(nowMs),
      questions: [
        "Show me the status of the 'my-web-service' in the 'production-cluster'.",
        'Why is my-web-service unhealthy?',
        'Is checkout healthy?',
        'What is wrong in production-cluster?',
      ],
    };
  const scenario = madeUpScenarios.find((one) => one.name === name);
  const fault = faults.find((one) => one.name === scenario?.fault);
  if (scenario === undefined) return undefined;
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const seed = `scenario ${name} ${attempt}`;
    const { plan, snapshot } = madeUpAccount(seed, { nowMs: nowMs - MINUTES * 60_000 });
    const [service] = plan.services;
    if (service === undefined || fault?.fits(plan, service) === false) continue;
    return {
      questions: [
        `Why is ${service.name} in ${plan.cluster} not healthy?`,
        `What changed before ${service.name} broke?`,
        `Show me the logs of ${service.name}`,
        `What is wrong in ${plan.cluster}?`,
      ],
      snapshot: fastForward(snapshot, MINUTES, (account) => {
        fault?.inject({ account, plan, service, random: seededRandom(seed) });
      }),
    };
  }
  return undefined;
}
