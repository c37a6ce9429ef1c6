// cloudwatch_get_metric_data: the values of one metric over time, such as the CPU use of a service.

import { z } from 'zod';
import type { AwsOutput } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { metricNameField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const STATISTICS = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount', 'p50', 'p90', 'p99'] as const;
const POINTS_MAX = 1_440;
const WINDOW_MS_MAX = 15 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;

const point = z.object({ at: z.string(), value: z.number() });

export const cloudwatchGetMetricData = defineReadTool({
  name: 'cloudwatch_get_metric_data',
  summary:
    'Reads one CloudWatch metric over time with one statistic per period. CPU and memory of an ECS service: namespace AWS/ECS, metric CPUUtilization or MemoryUtilization, dimensions ClusterName and ServiceName. Dimensions must be exactly those of the metric.',
  risk: 'read',
  actions: ['cloudwatch:GetMetricData'],
  input: z.strictObject({
    namespace: metricNameField,
    metric: metricNameField,
    dimensions: z
      .array(z.strictObject({ name: metricNameField, value: metricNameField }))
      .max(30)
      .default([])
      .describe('All dimensions of the metric, each with name and value.'),
    statistic: z.enum(STATISTICS).default('Average').describe('What is said of each period.'),
    period_seconds: z
      .union([z.literal(60), z.literal(300), z.literal(900), z.literal(3600)])
      .default(300)
      .describe('Length of a period.'),
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Start, ISO-8601; three hours before until when left out.'),
    until: z.iso.datetime({ offset: true }).optional().describe('End, ISO-8601; now when left out.'),
  }),
  output: z.object({
    name: z.string(),
    points: z.array(point).max(POINTS_MAX),
    notes: z.array(z.string()).max(20),
    more: moreField,
    evidence: evidenceField,
  }),
  target: () => ({ resources: [] }),
  run: async (input, aws, context) => {
    const until = input.until === undefined ? context.nowMs : Date.parse(input.until);
    const since = input.since === undefined ? until - 3 * HOUR_MS : Date.parse(input.since);
    if (since >= until) throw fail('input-invalid', { where: 'since', detail: 'it is not before until' });
    if (until - since > Math.min(WINDOW_MS_MAX, POINTS_MAX * input.period_seconds * 1000))
      throw fail('input-invalid', {
        where: 'since',
        detail: `more than ${POINTS_MAX} periods or 15 days are not read at once; take a longer period`,
      });
    const notes: string[] = [];
    const { items, more, evidence } = await collectPages(POINTS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
        MetricDataQueries: [
          {
            Id: 'm1',
            MetricStat: {
              Metric: {
                Namespace: input.namespace,
                MetricName: input.metric,
                ...(input.dimensions.length === 0
                  ? {}
                  : {
                      Dimensions: input.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
                    }),
              },
              Period: input.period_seconds,
              Stat: input.statistic,
            },
          },
        ],
        StartTime: new Date(since),
        EndTime: new Date(until),
        ScanBy: 'TimestampAscending',
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      notes.push(...notesOf(output));
      return { items: pointsOf(output), next: output.NextToken, evidence };
    });
    const name = `${input.namespace} ${input.metric} ${input.statistic} per ${input.period_seconds} s`;
    return { name, points: items, notes: [...new Set(notes)].slice(0, 20), more, evidence };
  },
  text: ({ name, points, notes, more, evidence }) => {
    const values = points.map(({ value }) => value);
    const summary =
      values.length === 0
        ? 'no data in that time: either the metric is not recorded, or its dimensions are other ones'
        : `${values.length} points, lowest ${rounded(Math.min(...values))}, highest ${rounded(Math.max(...values))}, last ${rounded(values.at(-1) ?? 0)}`;
    const lines = points.map(({ at, value }) => `${at} ${rounded(value)}`);
    return textOf([`${name}: ${summary}.`, ...notes, ...lines, ...moreLine(more)], evidence);
  },
});

type Output = AwsOutput<'cloudwatch:GetMetricData'>;

function pointsOf(output: Output): z.infer<typeof point>[] {
  const [result] = output.MetricDataResults ?? [];
  return (result?.Timestamps ?? []).flatMap((at, index) => {
    const value = result?.Values?.[index];
    return value === undefined ? [] : [{ at: at.toISOString(), value }];
  });
}

/** What CloudWatch says about data it could not give, such as Forbidden; without it a gap would look like silence. */
function notesOf(output: Output): string[] {
  const results = output.MetricDataResults ?? [];
  const states = results.flatMap(({ StatusCode: code }) =>
    code === undefined || code === 'Complete' ? [] : [`CloudWatch says the data is ${code}.`],
  );
  const messages = [...(output.Messages ?? []), ...results.flatMap((one) => one.Messages ?? [])];
  return [...states, ...messages.map((one) => oneLine(`${one.Code ?? ''}: ${one.Value ?? ''}`))];
}

function rounded(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
