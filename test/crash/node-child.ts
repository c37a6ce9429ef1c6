// A node as a process of its own, which ends itself the hard way at the step it is told.

import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { startNode } from '../../src/node/compose.ts';
import { allTools } from '../../tools/index.ts';
import { easyPolicy } from '../node/policy.ts';

/** What the parent passes as one JSON argument. */
export interface ChildSettings {
  readonly dataDir: string;
  readonly hubUrl: string;
  readonly joinToken: string;
  readonly aws: Parameters<typeof startNode>[0]['aws'];
  /** Where to die; null to live. */
  readonly dieAt: string | null;
}

const settings: ChildSettings = JSON.parse(process.argv[2] ?? '');
const node = await startNode({
  ...settings,
  name: 'child',
  clock: systemClock,
  log: silentLog,
  tools: allTools,
  policy: easyPolicy,
  build: 'test',
  async failpoint(point) {
    if (point !== settings.dieAt) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way; nothing after this line may run.
    await new Promise(() => {});
  },
});
await node.whenConnected();
process.send?.('connected');
