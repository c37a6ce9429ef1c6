// CloudWatch: metric data computed from a snapshot's points, the list of metrics, and alarms.

import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { SnapshotMetric } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { vcpusInUse } from '../physics/fargate-use.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf } from './page.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES_MAX = 500;
const MINUTE_MS = 60_000;

/** Statistics of metrics per period. Metric math is answered with NotImplemented. */
const getMetricData: Handler<CloudWatch.GetMetricDataCommandInput, CloudWatch.GetMetricDataCommandOutput> = (
  input,
  account,
) => {
  const { state } = account;
  const queries = input.MetricDataQueries ?? [];
  if (queries.length > QUERIES_MAX)
    throw new AwsFault(
      'ValidationError',
      `The collection MetricDataQueries must not have a size greater than ${QUERIES_MAX}.`,
    );
  const from = input.StartTime?.getTime() ?? 0;
  const to = input.EndTime?.getTime() ?? 0;
  if (from >= to)
    throw new AwsFault('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const results = queries.map((query) => {
    if (query.MetricStat === undefined)
      throw new AwsFault('NotImplemented', 'Only MetricStat queries are simulated.');
    const buckets = bucketsOf([...state.cloudwatch.metrics, ...fargateUse(account)], query.MetricStat, {
      from,
      to,
    });
    if (input.ScanBy !== 'TimestampAscending') buckets.reverse();
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat.Metric?.MetricName,
      Timestamps: buckets.map((bucket) => new Date(bucket.at).toISOString()),
      Values: buckets.map((bucket) => bucket.value),
      StatusCode: 'Complete' as const,
    };
  });
  return { MetricDataResults: results, Messages: [] };
};

/** Fargate's own count of vCPUs in use: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html */
function fargateUse({ state, now }: SimulatedAccount): SnapshotMetric[] {
  const at = new Date(now() - MINUTE_MS).toISOString();
  return (['FARGATE', 'FARGATE_SPOT'] as const).flatMap((provider) => {
    const used = vcpusInUse(state, provider);
    if (used === undefined) return [];
    const Class = provider === 'FARGATE' ? 'Standard/OnDemand' : 'Standard/Spot';
    const Dimensions = Object.entries({ Service: 'Fargate', Type: 'Resource', Resource: 'vCPU', Class }).map(
      ([Name, Value]) => ({ Name, Value }),
    );
    return [{ Namespace: 'AWS/Usage', MetricName: 'ResourceCount', Dimensions, points: [[at, used]] }];
  });
}

/** Names and dimensions of metrics. */
const listMetrics: Handler<CloudWatch.ListMetricsCommandInput, CloudWatch.ListMetricsCommandOutput> = (
  input,
  { state },
) => {
  const wanted = state.cloudwatch.metrics.filter(
    (metric) =>
      (input.Namespace === undefined || metric.Namespace === input.Namespace) &&
      (input.MetricName === undefined || metric.MetricName === input.MetricName) &&
      (input.Dimensions ?? []).every((filter) =>
        metric.Dimensions.some(
          (one) => one.Name === filter.Name && (filter.Value === undefined || one.Value === filter.Value),
        ),
      ),
  );
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: undefined,
    defaultLimit: 500,
    maxLimit: 500,
    rangeCode: 'ValidationError',
    scope: 'ListMetrics',
    invalidToken,
  });
  const Metrics = page.items.map(({ Namespace, MetricName, Dimensions }) => ({
    Namespace,
    MetricName,
    Dimensions,
  }));
  return { Metrics, ...tokenIn(page) };
};

/** Metric alarms by name, prefix and state. */
const describeAlarms: Handler<
  CloudWatch.DescribeAlarmsCommandInput,
  CloudWatch.DescribeAlarmsCommandOutput
> = (input, { state }) => {
  const wanted = state.cloudwatch.MetricAlarms.filter(
    (alarm) =>
      (input.AlarmNames === undefined || input.AlarmNames.includes(alarm.AlarmName)) &&
      alarm.AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
      (input.StateValue === undefined || alarm.StateValue === input.StateValue),
  );
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxRecords,
    defaultLimit: 50,
    maxLimit: 100,
    rangeCode: 'ValidationError',
    scope: 'DescribeAlarms',
    invalidToken,
  });
  return { MetricAlarms: page.items, CompositeAlarms: [], ...tokenIn(page) };
};

export const cloudwatchHandlers: HandlerTable = {
  GetMetricData: getMetricData,
  ListMetrics: listMetrics,
  DescribeAlarms: describeAlarms,
};

/** One value for each period that has points, oldest first. */
function bucketsOf(
  metrics: readonly SnapshotMetric[],
  stat: CloudWatch.MetricStat,
  range: { from: number; to: number },
): { at: number; value: number }[] {
  const periodMs = (stat.Period ?? 60) * 1000;
  const points = metrics.filter((metric) => isMetric(metric, stat.Metric)).flatMap((metric) => metric.points);
  const buckets = new Map<number, number[]>();
  for (const [time, value] of points) {
    const at = Math.floor(Date.parse(time) / periodMs) * periodMs;
    if (at < range.from || at >= range.to) continue;
    buckets.set(at, [...(buckets.get(at) ?? []), value]);
  }
  return [...buckets]
    .sort(([left], [right]) => left - right)
    .map(([at, values]) => ({ at, value: statistic(values, stat.Stat ?? 'Average') }));
}

function isMetric(metric: SnapshotMetric, wanted: CloudWatch.Metric | undefined): boolean {
  const dimensions = wanted?.Dimensions ?? [];
  return (
    metric.Namespace === wanted?.Namespace &&
    metric.MetricName === wanted.MetricName &&
    metric.Dimensions.length === dimensions.length &&
    dimensions.every((one) =>
      metric.Dimensions.some((own) => own.Name === one.Name && own.Value === one.Value),
    )
  );
}

function statistic(values: readonly number[], name: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile !== undefined) {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)] ?? 0;
  }
  if (name === 'Sum') return sum;
  if (name === 'Minimum') return Math.min(...values);
  if (name === 'Maximum') return Math.max(...values);
  if (name === 'SampleCount') return values.length;
  if (name === 'Average') return sum / values.length;
  throw new AwsFault('ValidationError', `The value ${name} for parameter Stat is not supported.`);
}

function tokenIn(page: { nextToken?: string }): { NextToken?: string } {
  return page.nextToken === undefined ? {} : { NextToken: page.nextToken };
}

function invalidToken(): AwsFault {
  return new AwsFault('InvalidNextToken', 'The next token is not valid.');
}
