// The simulated AWS account behind `--demo`, served over HTTP on loopback.

import { demoSnapshot } from '../simulator/demo-account.ts';
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
  close(): Promise<void>;
}

export async function startDemoAccount(context: Context): Promise<DemoAccount> {
  const snapshot = demoSnapshot(context.clock.now());
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
    close: () => simulator.close(),
  };
}
