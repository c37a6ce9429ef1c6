// Reads how many vCPUs the account may run on Fargate and how many it runs: two requests at once, and only when AWS says that a limit is reached.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html

import type { Aws } from '../../src/contract/aws.ts';
import type { FargateQuotas, MetricSeries, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { fargateClasses } from '../../src/diagnosis/facts/fargate-quota.ts';
import { gapOf, readList } from './reading.ts';
import { wholeMinutes } from './whole-minutes.ts';

export const quotaActions = ['servicequotas:ListServiceQuotas', 'cloudwatch:GetMetricData'] as const;

const PERIOD_S = 60;
/** Long enough to hold the moment of the newest complaint, which stands for minutes. */
const BACK_MS = 60 * 60_000;

/** Quotas and use of On-Demand and Spot. */
export async function readQuotas(aws: Aws, nowMs: number): Promise<FargateQuotas> {
  const [quotas, use] = await Promise.all([
    readList(aws, {
      action: 'servicequotas:ListServiceQuotas',
      input: { ServiceCode: 'fargate' },
      what: 'the quotas of Fargate',
      path: '$.Quotas',
      items: (output) => output.Quotas,
      pages: 1,
    }),
    readVcpus(aws, nowMs),
  ]);
  return { quotas, use };
}

async function readVcpus(aws: Aws, nowMs: number): Promise<Seen<MetricSeries>> {
  try {
    const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
      MetricDataQueries: fargateClasses.map(({ id, usageClass }) => ({
        Id: id,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/Usage',
            MetricName: 'ResourceCount',
            Dimensions: [
              { Name: 'Service', Value: 'Fargate' },
              { Name: 'Type', Value: 'Resource' },
              { Name: 'Resource', Value: 'vCPU' },
              { Name: 'Class', Value: usageClass },
            ],
          },
          Period: PERIOD_S,
          Stat: 'Maximum',
        },
      })),
      ...wholeMinutes(nowMs - BACK_MS, nowMs),
      ScanBy: 'TimestampAscending',
    });
    const items = fargateClasses.flatMap(({ id }): Observed<MetricSeries>[] => {
      const at = output.MetricDataResults?.findIndex((one) => one.Id === id) ?? -1;
      const { Timestamps = [], Values = [] } = output.MetricDataResults?.[at] ?? {};
      const points = Timestamps.map((when, index) => ({ atMs: when.getTime(), value: Values[index] ?? 0 }));
      return points.length === 0
        ? []
        : [
            {
              value: { name: id, statistic: 'Maximum', points },
              at: { id: evidence, path: `$.MetricDataResults[${at}]` },
            },
          ];
    });
    return { items, gaps: [] };
  } catch (thrown) {
    const what = 'how many vCPUs the account runs on Fargate';
    return { items: [], gaps: [gapOf(thrown, what, 'cloudwatch:GetMetricData')] };
  }
}
