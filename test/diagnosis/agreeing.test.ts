// The look at a cluster and the look at one service say the same of a service that was mended a moment ago.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { diagnoseCluster } from '../../tools/diagnose/diagnose-cluster.ts';
import { addTasks, exits, healthyAccount, NOW_MS, theService } from '../support/account-builder.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

/** Three tasks failed within the last quarter of an hour; with `mended`, the deployment was completed after them. */
function lately(s: Snapshot, mended: boolean): void {
  addTasks(s, { count: 3, secondsAgo: 400, ...exits(1) });
  Object.assign(theService(s).deployments?.[0] ?? {}, { rolloutState: 'COMPLETED', failedTasks: 2 });
  if (mended)
    theService(s).events = [
      {
        id: 'done',
        createdAt: iso(60),
        message: '(service api) (deployment ecs-svc/7) deployment completed.',
      },
    ];
}

async function sickInCluster(change: (s: Snapshot) => void): Promise<string[]> {
  const snapshot = healthyAccount();
  change(snapshot);
  const aws = await simulatedAws(snapshot);
  try {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const out = diagnoseCluster.output.parse(
      await diagnoseCluster.run(diagnoseCluster.input.parse({ cluster: 'prod' }), aws, context),
    );
    return out.sick.map(({ name }) => name);
  } finally {
    await aws.close();
  }
}

describe('a service whose tasks failed a moment ago', () => {
  it('is well in both when its deployment was completed since', async () => {
    const change = (s: Snapshot) => lately(s, true);
    expect((await look(change)).findings[0]?.class).toBe('healthy');
    expect(await sickInCluster(change)).toEqual([]);
  });

  it('is sick in both when nothing was completed since', async () => {
    const change = (s: Snapshot) => lately(s, false);
    expect((await look(change)).findings[0]?.class).not.toBe('healthy');
    expect(await sickInCluster(change)).toEqual(['api']);
  });
});
