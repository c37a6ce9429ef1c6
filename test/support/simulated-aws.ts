// The gate to AWS of tests: real SDK clients against a static simulated account.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type SdkAws, sdkAws } from './sdk-aws.ts';

/** The moment of the simulated account in tests. */
export const NOW_MS = Date.parse('2026-11-20T10:00:00Z');

export interface SimulatedAws extends Omit<SdkAws, 'close'> {
  readonly simulator: Simulator;
  close(): Promise<void>;
}

/** A static simulated account (the demo's unless another is given) and a gate to it. */
export async function simulatedAws(snapshot: Snapshot = demoSnapshot(NOW_MS)): Promise<SimulatedAws> {
  const simulator = await startSimulator({ snapshot, static: true });
  const { id: account, region } = simulator.state.account;
  const aws = sdkAws({ endpoint: simulator.endpoint, account, region });
  return {
    ...aws,
    simulator,
    close: async () => {
      aws.close();
      await simulator.close();
    },
  };
}
