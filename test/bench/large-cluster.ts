// Bench row about a large cluster: how many requests, how long and how much memory a look at everything takes.

import { diagnoseCluster } from '../../tools/diagnose/diagnose-cluster.ts';
import { NOW_MS } from '../support/account-builder.ts';
import { largeAccount } from '../support/large-account.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { median, ms, type Row, timed } from './measure.ts';

const SIZE = { services: 200, tasksPerService: 25 };
const RUNS = 5;
const CALLS_TARGET = (25 * SIZE.services) / 100;

/** The overview of 200 services and 5,000 tasks against the account in this process. */
export async function largeClusterRow(): Promise<Row> {
  const aws = await simulatedAws(largeAccount(SIZE));
  const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
  try {
    const look = () => diagnoseCluster.run({ cluster: 'prod', deep: 0 }, aws, context);
    const { stats } = await look();
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await timed(look));
    return {
      name: `${SIZE.services} services, ${SIZE.services * SIZE.tasksPerService} tasks → what is sick`,
      value: `${stats.awsCalls} AWS calls, ${ms(median(times))}`,
      floor: `${SIZE.services / 10} calls, ten services each`,
      ratio: stats.awsCalls / (SIZE.services / 10),
      target: `≤ ${CALLS_TARGET} calls`,
      met: stats.awsCalls <= CALLS_TARGET,
    };
  } finally {
    await aws.close();
  }
}
