// Reads what a service used, by the hour, and what scaling did to it. A refused read leaves a gap, never a zero.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type { Aws, AwsOutput } from '../../src/contract/aws.ts';
import type { Usage } from '../../src/diagnosis/cost/right-size.ts';
import type { Gap } from '../../src/diagnosis/evidence.ts';
import { gapOf, readList } from '../diagnose/reading.ts';

export interface CostReads {
  readonly cpu: Usage | undefined;
  readonly memory: Usage | undefined;
  readonly activities: readonly Scaling.ScalingActivity[];
  readonly policies: readonly Scaling.ScalingPolicy[];
  /** Both lists about scaling were read. */
  readonly scalingSeen: boolean;
  readonly gaps: readonly Gap[];
  readonly evidence: readonly string[];
}

const HOUR_S = 3_600;
const DAY_MS = 24 * HOUR_S * 1_000;
const ACTIVITY_PAGES = 4;

/** Of each metric the mean and the highest of an hour. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html */
const series = [
  { Id: 'cpuAverage', MetricName: 'CPUUtilization', Stat: 'Average' },
  { Id: 'cpuMaximum', MetricName: 'CPUUtilization', Stat: 'Maximum' },
  { Id: 'memoryAverage', MetricName: 'MemoryUtilization', Stat: 'Average' },
  { Id: 'memoryMaximum', MetricName: 'MemoryUtilization', Stat: 'Maximum' },
] as const;

export async function readUsage(
  aws: Aws,
  { cluster, service }: { cluster: string; service: string },
  { days, nowMs }: { days: number; nowMs: number },
): Promise<CostReads> {
  const ofService = { ServiceNamespace: 'ecs' as const, ResourceId: `service/${cluster}/${service}` };
  const [metrics, policies, activities] = await Promise.all([
    readMetrics(aws, { cluster, service, from: nowMs - days * DAY_MS, to: nowMs }),
    readList(aws, {
      action: 'application-autoscaling:DescribeScalingPolicies',
      input: ofService,
      what: 'the scaling policies',
      path: '$.ScalingPolicies',
      items: (output) => output.ScalingPolicies,
    }),
    readList(aws, {
      action: 'application-autoscaling:DescribeScalingActivities',
      input: ofService,
      what: 'the scaling activities',
      path: '$.ScalingActivities',
      items: (output) => output.ScalingActivities,
      pages: ACTIVITY_PAGES,
    }),
  ]);
  const since = nowMs - days * DAY_MS;
  return {
    cpu: metrics.cpu,
    memory: metrics.memory,
    activities: activities.items
      .map(({ value }) => value)
      .filter(({ StartTime }) => StartTime === undefined || StartTime.getTime() >= since),
    policies: policies.items.map(({ value }) => value),
    // Activities that go on beyond what was read are still activities.
    scalingSeen: policies.gaps.length === 0 && activities.gaps.every(({ kind }) => kind === 'other'),
    gaps: [...metrics.gaps, ...policies.gaps, ...activities.gaps],
    evidence: [
      ...metrics.evidence,
      ...new Set([...policies.items, ...activities.items].map(({ at }) => at.id)),
    ],
  };
}

type MetricReads = Pick<CostReads, 'cpu' | 'memory' | 'gaps' | 'evidence'>;

async function readMetrics(
  aws: Aws,
  { cluster, service, from, to }: { cluster: string; service: string; from: number; to: number },
): Promise<MetricReads> {
  try {
    const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
      MetricDataQueries: series.map(({ Id, MetricName, Stat }) => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/ECS',
            MetricName,
            Dimensions: [
              { Name: 'ClusterName', Value: cluster },
              { Name: 'ServiceName', Value: service },
            ],
          },
          Period: HOUR_S,
          Stat,
        },
      })),
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
    });
    return {
      cpu: usageOf(output, 'cpu'),
      memory: usageOf(output, 'memory'),
      gaps: unfinished(output),
      evidence: [evidence],
    };
  } catch (thrown) {
    return {
      cpu: undefined,
      memory: undefined,
      gaps: [gapOf(thrown, 'the CPU and memory use', 'cloudwatch:GetMetricData')],
      evidence: [],
    };
  }
}

type Output = AwsOutput<'cloudwatch:GetMetricData'>;

function usageOf(output: Output, metric: 'cpu' | 'memory'): Usage | undefined {
  const values = (statistic: string): readonly number[] =>
    output.MetricDataResults?.find(({ Id }) => Id === `${metric}${statistic}`)?.Values ?? [];
  const averages = values('Average');
  const maxima = values('Maximum');
  if (averages.length === 0 || maxima.length === 0) return undefined;
  return {
    average: averages.reduce((sum, value) => sum + value, 0) / averages.length,
    peak: Math.max(...maxima),
    hours: averages.length,
  };
}

/** Four series of 336 hours fit one answer; what CloudWatch did not finish or forbade is a gap all the same. */
function unfinished(output: Output): Gap[] {
  const bad = (output.MetricDataResults ?? []).some(
    ({ StatusCode }) => StatusCode !== undefined && StatusCode !== 'Complete',
  );
  return bad || output.NextToken !== undefined
    ? [{ what: 'a part of the CPU and memory use', missingAction: 'cloudwatch:GetMetricData', kind: 'other' }]
    : [];
}
