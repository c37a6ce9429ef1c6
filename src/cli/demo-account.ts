// The simulated AWS account behind `--demo`, served over HTTP on loopback.

import { invariant } from '../kernel/assert.ts';
import { scenarioAccount } from '../simulator/scenarios.ts';
import { startSimulator } from '../simulator/simulator.ts';
import type { Context } from './context.ts';

/** After a change, simulated time runs this much faster until every service is steady, so that nobody waits for minutes. */
const FAST_AFTER_CHANGE = 60;

export interface DemoAccount {
  readonly aws: {
    readonly endpoints: Readonly<Record<string, string>>;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** What to ask first, and what else. */
  readonly questions: readonly [string, ...string[]];
  close(): Promise<void>;
}

/** Serves the account of a scenario, one of `scenarios`. */
export async function startDemoAccount(context: Context, scenario: string): Promise<DemoAccount> {
  const account = scenarioAccount(scenario, context.clock.now());
  invariant(account !== undefined, 'the scenario is one of the list');
  const { snapshot, questions } = account;
  const simulator = await startSimulator({
    snapshot,
    clock: context.clock,
    fastAfterChange: FAST_AFTER_CHANGE,
  });
  return {
    aws: {
      endpoints: { default: simulator.endpoint },
      region: snapshot.account.region,
      credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
    },
    questions,
    close: () => simulator.close(),
  };
}
