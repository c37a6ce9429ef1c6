// What became of the invocations of a scheduled rule: the RunTask requests that CloudTrail recorded, and the metrics of EventBridge.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import type { Seen } from '../../src/diagnosis/evidence.ts';
import type { MetricSum, RunTaskAttempt, ScheduleEvidence } from '../../src/diagnosis/schedule/evidence.ts';
import { gapOf, readList } from './reading.ts';
import { wholeMinutes } from './whole-minutes.ts';

const BACK_MS = 26 * 3_600_000;
const METRIC_PERIOD_S = 3_600;
const TRAIL_PAGES = 2;

/** The part of a CloudTrail record that is looked at; everything else in it is left alone. */
const trailRecord = z.looseObject({
  errorCode: z.string().optional(),
  errorMessage: z.string().optional(),
  userIdentity: z
    .looseObject({
      sessionContext: z
        .looseObject({ sessionIssuer: z.looseObject({ arn: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
  requestParameters: z
    .looseObject({ startedBy: z.string().optional(), taskDefinition: z.string().optional() })
    .nullish(),
  responseElements: z
    .looseObject({ failures: z.array(z.looseObject({ reason: z.string().optional() })).optional() })
    .nullish(),
});

interface AttemptsOf {
  readonly ruleName: string;
  readonly targets: readonly EventBridge.Target[];
  readonly nowMs: number;
}

/** The RunTask requests of the last day that were made for the rule, newest first. */
export async function readAttempts(aws: Aws, of: AttemptsOf): Promise<Seen<RunTaskAttempt>> {
  const seen = await readList(aws, {
    action: 'cloudtrail:LookupEvents',
    input: {
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'RunTask' }],
      ...wholeMinutes(of.nowMs - BACK_MS, of.nowMs),
      MaxResults: 50,
    },
    what: 'the recorded RunTask requests',
    path: '$.Events',
    items: (output) => output.Events,
    pages: TRAIL_PAGES,
  });
  const items = seen.items.flatMap(({ value, at }) => {
    const attempt = attemptOf(value, of);
    return attempt === undefined ? [] : [{ value: attempt, at }];
  });
  // Older pages are about older invocations.
  const gaps = seen.gaps.filter(({ what }) => !what.startsWith('the rest of') || items.length === 0);
  return { items: items.sort((a, b) => b.value.atMs - a.value.atMs), gaps };
}

function attemptOf(event: TrailEvent, { ruleName, targets }: AttemptsOf): RunTaskAttempt | undefined {
  const parsed = trailRecord.safeParse(parseJson(event.CloudTrailEvent ?? ''));
  if (!parsed.success) return undefined;
  const { errorCode, errorMessage = '', requestParameters, responseElements, userIdentity } = parsed.data;
  const by = requestParameters?.startedBy ?? '';
  const taskDefinition = requestParameters?.taskDefinition ?? '';
  const issuer = userIdentity?.sessionContext?.sessionIssuer?.arn;
  // ECS keeps only the beginning of a long name in startedBy.
  const isNamed = by.startsWith('events-rule/') && ruleName.startsWith(by.slice('events-rule/'.length));
  const isLike = targets.some(
    (one) =>
      one.RoleArn === issuer &&
      issuer !== undefined &&
      one.EcsParameters?.TaskDefinitionArn === taskDefinition,
  );
  if (by.startsWith('events-rule/') ? !isNamed : !isLike) return undefined;
  return {
    event,
    atMs: event.EventTime?.getTime() ?? 0,
    errorCode,
    errorMessage: errorMessage.slice(0, 1_000),
    failures: (responseElements?.failures ?? []).slice(0, 10).map((one) => (one.reason ?? '').slice(0, 200)),
    taskDefinition,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How often the rule fired and how often that failed in the last day, an hour each. */
export async function readMetrics(
  aws: Aws,
  rule: string,
  nowMs: number,
): Promise<Pick<ScheduleEvidence, 'invocations' | 'failedInvocations'>> {
  const query = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/Events', MetricName, Dimensions: [{ Name: 'RuleName', Value: rule }] },
      Period: METRIC_PERIOD_S,
      Stat: 'Sum',
    },
  });
  try {
    const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
      MetricDataQueries: [query('invocations', 'Invocations'), query('failed', 'FailedInvocations')],
      ...wholeMinutes(nowMs - BACK_MS, nowMs),
      ScanBy: 'TimestampAscending',
    });
    const points = (id: string): Seen<MetricSum> => {
      const at = output.MetricDataResults?.findIndex((one) => one.Id === id) ?? -1;
      const found = output.MetricDataResults?.[at];
      const items = (found?.Timestamps ?? []).map((when, index) => ({
        value: { atMs: when.getTime(), sum: found?.Values?.[index] ?? 0 },
        at: { id: evidence, path: `$.MetricDataResults[${at}].Values[${index}]` },
      }));
      return { items, gaps: [] };
    };
    return { invocations: points('invocations'), failedInvocations: points('failed') };
  } catch (thrown) {
    const gap = gapOf(thrown, 'how often the rule fired and failed', 'cloudwatch:GetMetricData');
    return { invocations: { items: [], gaps: [gap] }, failedInvocations: { items: [], gaps: [gap] } };
  }
}
