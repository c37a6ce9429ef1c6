// Memorable incidents to try the product on: made-up accounts with one fault each, and the hand-made account of the demo.

import type { Snapshot } from '../contract/snapshot.ts';
import { madeUpAccount } from './accounts/made-up-account.ts';
import { seededRandom } from './accounts/random.ts';
import { demoSnapshot } from './demo-account.ts';
import { fastForward, type Story } from './fast-forward.ts';
import { faults } from './faults/catalogue.ts';
import type { FaultSite } from './faults/fault.ts';
import { DEFAULT_SCENARIO, madeUpScenarios, type Scenario } from './scenario-list.ts';

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
    const minutes = Math.max(MINUTES, fault?.minutes ?? 0);
    const { plan, snapshot } = madeUpAccount(seed, { nowMs: nowMs - minutes * 60_000 });
    const [service] = plan.services;
    if (service === undefined || fault?.fits(plan, service) === false) continue;
    return {
      questions: [
        scenario.circumstance === 'busy'
          ? `Why is ${service.name} in ${plan.cluster} so slow?`
          : (fault?.question?.(plan, service) ?? `Why is ${service.name} in ${plan.cluster} not healthy?`),
        `What changed before ${service.name} broke?`,
        `Show me the logs of ${service.name}`,
        `What is wrong in ${plan.cluster}?`,
      ],
      snapshot: fastForward(
        snapshot,
        minutes,
        storyOf(scenario, { plan, service, random: seededRandom(seed) }),
      ),
    };
  }
  return undefined;
}

/** What happens in the account of a scenario before somebody asks. */
function storyOf({ fault: name, circumstance }: Scenario, place: Omit<FaultSite, 'account'>): Story {
  const fault = faults.find((one) => one.name === name);
  const again = fault?.again;
  return {
    first: (account) => {
      fault?.inject({ account, ...place });
      if (circumstance === 'busy') workAtItsLimit({ account, ...place });
    },
    again: again && {
      everyMinutes: again.everyMinutes,
      change: (account) => again.act({ account, ...place }),
    },
  };
}

/** Nearly what its tasks can do together; they still answer their health checks. */
const BUSY_PERCENT = 94;

/** More people come than before: nothing is broken, and nothing is left over. */
function workAtItsLimit({ account, service }: FaultSite): void {
  const running = account.state.ecs.services.find((one) => one.serviceName === service.name);
  const definition = account.state.ecs.taskDefinitions.find(
    (one) => one.taskDefinitionArn === running?.taskDefinition,
  );
  const container = definition?.containerDefinitions?.find((one) => one.essential !== false);
  if (container !== undefined)
    container.dockerLabels = {
      ...container.dockerLabels,
      SIMULATE: `load=${service.desired * BUSY_PERCENT}`,
    };
}
