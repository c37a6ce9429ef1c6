// How much of their processors and memory the tasks used while they failed: ECS's own metrics of the service, in one request, and only when
// tasks were killed or failed their health checks. Fargate and EC2 publish them every minute without Container Insights.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html

import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, MetricSeries, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { gapOf } from './reading.ts';
import { wholeMinutes } from './whole-minutes.ts';

const PERIOD_S = 60;
/** What is older is of another incident; CloudWatch keeps minutes for 15 days. */
const BACK_MS = 3 * 3_600_000;
/** Before the first of the failed tasks started. */
const BEFORE_MS = 5 * 60_000;
const SIGKILL_EXIT = 137;

const metrics = [
  { id: 'memory', name: 'MemoryUtilization', statistic: 'Maximum' },
  { id: 'processor', name: 'CPUUtilization', statistic: 'Maximum' },
] as const;

/** True when how much the tasks used may say why they ended. */
export function asksForUse({ failed }: Pick<Facts, 'failed'>): boolean {
  return failed.some(
    ({ kind, containers }) =>
      kind === 'elb-health' ||
      kind === 'container-health' ||
      containers.some(({ exitCode }) => exitCode === SIGKILL_EXIT),
  );
}

/** The highest use of memory and processors in each minute, in percent of what the tasks may use, oldest first. */
export async function readUse(
  aws: Aws,
  bundle: EvidenceBundle,
  facts: Pick<Facts, 'failed'>,
): Promise<Seen<MetricSeries>> {
  const { nowMs, cluster } = bundle;
  const started = facts.failed.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  const from = Math.max(Math.min(...started, nowMs) - BEFORE_MS, nowMs - BACK_MS);
  const Dimensions = [
    { Name: 'ClusterName', Value: cluster },
    { Name: 'ServiceName', Value: bundle.service.value.serviceName ?? '' },
  ];
  try {
    const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
      MetricDataQueries: metrics.map(({ id, name, statistic }) => ({
        Id: id,
        MetricStat: {
          Metric: { Namespace: 'AWS/ECS', MetricName: name, Dimensions },
          Period: PERIOD_S,
          Stat: statistic,
        },
      })),
      ...wholeMinutes(from, nowMs),
      ScanBy: 'TimestampAscending',
    });
    const items = metrics.flatMap(({ id, name, statistic }): Observed<MetricSeries>[] => {
      const at = output.MetricDataResults?.findIndex((one) => one.Id === id) ?? -1;
      const { Timestamps = [], Values = [] } = output.MetricDataResults?.[at] ?? {};
      const points = Timestamps.map((when, index) => ({ atMs: when.getTime(), value: Values[index] ?? 0 }));
      return points.length === 0
        ? []
        : [{ value: { name, statistic, points }, at: { id: evidence, path: `$.MetricDataResults[${at}]` } }];
    });
    return { items, gaps: [] };
  } catch (thrown) {
    return {
      items: [],
      gaps: [gapOf(thrown, 'how much memory the tasks used', 'cloudwatch:GetMetricData')],
    };
  }
}
