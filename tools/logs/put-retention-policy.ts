// logs_put_retention_policy: proposes to keep the events of a log group for longer. A shorter time deletes events at once,
// for good, so it is never prepared; a first limit is, while the group is younger than it.

import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { settingRows } from '../diff-rows.ts';
import { logGroupField } from '../fields.ts';
import { type LogGroupState, logGroupState, observeLogGroup } from './log-group-state.ts';

/** The values AWS takes. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const DAYS = [
  '1',
  '3',
  '5',
  '7',
  '14',
  '30',
  '60',
  '90',
  '120',
  '150',
  '180',
  '365',
  '400',
  '545',
  '731',
  '1096',
  '1827',
  '2192',
  '2557',
  '2922',
  '3288',
  '3653',
] as const;
const DAY_MS = 86_400_000;

export const logsPutRetentionPolicy = defineChangeTool({
  name: 'logs_put_retention_policy',
  summary:
    'Proposes to keep the events of a log group for longer, or for ever. A shorter time would delete events and is refused. A person approves it before anything changes.',
  risk: 'change',
  actions: ['logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy', 'logs:DescribeLogGroups'],
  input: z.strictObject({
    log_group: logGroupField,
    days: z.enum([...DAYS, 'for-ever']).describe('How many days events are kept, or for-ever.'),
  }),
  target: ({ log_group }) => ({ resources: [log_group] }),
  observe: ({ log_group }, aws) => observeLogGroup(log_group, aws),
  prepare: async ({ days }, state, aws, { nowMs }) =>
    prepareRetention(days, logGroupState.parse(state), { ...aws, nowMs }),
});

function prepareRetention(
  days: (typeof DAYS)[number] | 'for-ever',
  { name, found }: LogGroupState,
  { account, region, nowMs }: { account: string; region: string; nowMs: number },
): PreparedChange {
  if (found === null)
    throw fail('resource-unknown', { kind: 'log group', id: name, account, region, nearest: '' });
  const wanted = days === 'for-ever' ? null : Number(days);
  if (wanted === found.retention)
    throw fail('change-unneeded', { detail: `${name} keeps its events ${timeText(wanted)} already` });
  requireNothingLost(name, { wanted, found, nowMs });
  return {
    title: `Keep the events of ${name} ${timeText(wanted)}`,
    call: requestOf(name, wanted),
    targets: [name],
    diff: {
      caption: `Log group ${name}`,
      rows: settingRows([
        { name: 'events are kept', before: timeText(found.retention), after: timeText(wanted) },
      ]),
    },
    blastRadius: { summary: '1 log group. Who writes to it or reads it notices nothing.', items: [name] },
    opens: ['Nothing becomes reachable that was not.'],
    inverse:
      found.retention === null
        ? { call: requestOf(name, null) }
        : { none: 'Going back to the shorter time would delete what has become older by then.' },
    success: { kind: 'none', because: 'The time events are kept has no effect on services.' },
    warnings: wanted === null ? ['Events that are kept for ever are paid for as long as they are kept.'] : [],
    idempotency: 'declarative',
  };
}

/** Throws `change-unsafe` unless every event there is stays. */
function requireNothingLost(
  name: string,
  {
    wanted,
    found,
    nowMs,
  }: { wanted: number | null; found: NonNullable<LogGroupState['found']>; nowMs: number },
): void {
  if (wanted === null || (found.retention !== null && wanted > found.retention)) return;
  const isYounger = found.createdAt > 0 && nowMs - found.createdAt < wanted * DAY_MS;
  if (found.retention === null && isYounger) return;
  throw fail('change-unsafe', {
    detail: `${name} keeps its events ${timeText(found.retention)}; ${timeText(wanted)} would delete older ones for good`,
    advice: 'Choose a longer time, or shorten it where the group is managed.',
  });
}

function requestOf(name: string, days: number | null): AwsRequest {
  return days === null
    ? { action: 'logs:DeleteRetentionPolicy', input: { logGroupName: name } }
    : { action: 'logs:PutRetentionPolicy', input: { logGroupName: name, retentionInDays: days } };
}

function timeText(days: number | null): string {
  return days === null ? 'for ever' : `for ${days} day${days === 1 ? '' : 's'}`;
}
