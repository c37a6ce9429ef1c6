import { describe, expect, it } from 'vitest';
import { type DiagnoseClusterOutput, diagnoseCluster } from '../../../tools/diagnose/diagnose-cluster.ts';
import { NOW_MS } from '../../support/account-builder.ts';
import { largeAccount, type Size, sickIn } from '../../support/large-account.ts';
import { lockstep } from '../../support/lockstep.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

const CALLS_PER_HUNDRED_MAX = 25;
const OUTPUT_BYTES_MAX = 48 * 1024;

interface Cost {
  readonly out: DiagnoseClusterOutput;
  readonly text: string;
  readonly requests: number;
  readonly rounds: number;
}

async function overviewOf(size: Size): Promise<Cost> {
  const aws = await simulatedAws(largeAccount(size));
  const step = lockstep(aws);
  try {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const out = diagnoseCluster.output.parse(
      await diagnoseCluster.run({ cluster: 'prod', deep: 0 }, step.aws, context),
    );
    return { out, text: diagnoseCluster.text(out), requests: step.requests(), rounds: step.rounds() };
  } finally {
    await aws.close();
  }
}

describe('a cluster of 200 services and 5,000 tasks', () => {
  const size = { services: 200, tasksPerService: 25 };

  it('is seen with at most 25 requests for each hundred services, none of them about a task that runs', async () => {
    const { out, requests, rounds } = await overviewOf(size);
    expect(out.cluster).toMatchObject({ services: 200, sick: sickIn(size) });
    expect(out.cluster.runningTasks).toBeGreaterThan(4_800);
    expect(out.sick[0]).toMatchObject({ sickness: 'down', running: 0 });
    expect(requests).toBeLessThanOrEqual((CALLS_PER_HUNDRED_MAX * size.services) / 100);
    expect(rounds).toBeLessThanOrEqual(4);
  }, 60_000);

  it('is answered in a length that does not grow with the cluster', async () => {
    const one = await overviewOf(size);
    const double = await overviewOf({ ...size, services: 400 });
    expect(Buffer.byteLength(JSON.stringify(one.out))).toBeLessThan(OUTPUT_BYTES_MAX);
    expect(Buffer.byteLength(JSON.stringify(double.out))).toBeLessThan(OUTPUT_BYTES_MAX);
    expect(double.text.length / 4).toBeLessThan(1_500);
    expect(double.text.length - one.text.length).toBeLessThan(200);
  }, 120_000);
});
