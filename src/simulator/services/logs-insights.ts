// Logs Insights: a query is started, is at work when it is first asked for its results, and done when it is asked again.

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { SnapshotLogGroup, SnapshotLogStream } from '../../contract/snapshot.ts';
import { type LogQuery, type SimulatedAccount, uuidFrom } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';
import type { InsightsRecord } from './insights-filter.ts';
import { compileQuery, insightsTime } from './insights-query.ts';
import { groupArn, groupNamed } from './logs-names.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
const GROUPS_MAX = 50;
const QUERIES_KEPT = 100;

/** Starts a query over one or several groups. Throws MalformedQueryException and ResourceNotFoundException. */
export const startQuery: Handler<Logs.StartQueryCommandInput, Logs.StartQueryCommandOutput> = (
  input,
  account,
) => {
  const names = [
    ...(input.logGroupName === undefined ? [] : [input.logGroupName]),
    ...(input.logGroupNames ?? []),
    ...(input.logGroupIdentifiers ?? []),
  ];
  if (names.length === 0 || names.length > GROUPS_MAX)
    throw new AwsFault('InvalidParameterException', `Between 1 and ${GROUPS_MAX} log groups are needed.`);
  const groups = names.map((name) => groupNamed(account, { logGroupName: name }));
  const range = { from: milliseconds(input.startTime ?? 0), to: milliseconds(input.endTime ?? 0) };
  if (range.from >= range.to)
    throw new AwsFault('InvalidParameterException', 'End time should be greater than start time.');
  const run = compileQuery(input.queryString ?? '');
  const records = groups.flatMap((group) => recordsOf(account, group, range));
  const { rows, matched } = run(records);
  const queryId = uuidFrom(account.newHex(32));
  account.logQueries.set(queryId, {
    looks: 0,
    rows: rows.slice(0, input.limit ?? rows.length),
    matched,
    scanned: records.length,
    bytes: records.reduce((sum, record) => sum + (record.get('@message')?.length ?? 0), 0),
    cancelled: false,
  });
  for (const old of [...account.logQueries.keys()].slice(0, -QUERIES_KEPT)) account.logQueries.delete(old);
  return { queryId };
};

/** What a query has found so far: nothing until it is complete. Throws ResourceNotFoundException. */
export const getQueryResults: Handler<Logs.GetQueryResultsCommandInput, Logs.GetQueryResultsCommandOutput> = (
  input,
  account,
) => {
  const query = queryNamed(account, input.queryId);
  if (query.cancelled) return { status: 'Cancelled', results: [], statistics: statisticsOf(undefined) };
  query.looks += 1;
  if (query.looks === 1) return { status: 'Running', results: [], statistics: statisticsOf(undefined) };
  return { status: 'Complete', results: query.rows, statistics: statisticsOf(query) };
};

/** Ends a query that runs; one that has ended is an error, as in AWS. */
export const stopQuery: Handler<Logs.StopQueryCommandInput, Logs.StopQueryCommandOutput> = (
  input,
  account,
) => {
  const query = queryNamed(account, input.queryId);
  if (query.cancelled || query.looks > 1)
    throw new AwsFault('InvalidParameterException', 'Query has already ended.');
  query.cancelled = true;
  return { success: true };
};

function queryNamed(account: SimulatedAccount, id: string | undefined): LogQuery {
  const query = account.logQueries.get(id ?? '');
  if (query === undefined) throw new AwsFault('ResourceNotFoundException', `Query id ${id} does not exist.`);
  return query;
}

function statisticsOf(query: LogQuery | undefined) {
  return {
    recordsMatched: query?.matched ?? 0,
    recordsScanned: query?.scanned ?? 0,
    bytesScanned: query?.bytes ?? 0,
  };
}

/** Times are epoch seconds; AWS takes milliseconds as well. */
function milliseconds(time: number): number {
  return time > 100_000_000_000 ? time : time * 1000;
}

function recordsOf(
  account: SimulatedAccount,
  group: SnapshotLogGroup,
  range: { from: number; to: number },
): InsightsRecord[] {
  const records = group.streams.flatMap((stream) =>
    stream.events
      .filter((event) => event.timestamp >= range.from && event.timestamp <= range.to)
      .map((event, index) => ({
        at: event.timestamp,
        record: recordOf(account, group, { stream, index, event }),
      })),
  );
  // Without a `sort` the newest come first.
  return records.sort((left, right) => right.at - left.at).map(({ record }) => record);
}

function recordOf(
  account: SimulatedAccount,
  group: SnapshotLogGroup,
  {
    stream,
    index,
    event,
  }: { stream: SnapshotLogStream; index: number; event: SnapshotLogStream['events'][number] },
): InsightsRecord {
  const place = `${group.logGroupName} ${stream.logStreamName} ${event.timestamp} ${index}`;
  return new Map([
    ...fieldsIn(event.message),
    ['@timestamp', insightsTime(event.timestamp)],
    ['@ingestionTime', insightsTime(event.ingestionTime ?? event.timestamp)],
    ['@message', event.message],
    ['@logStream', stream.logStreamName],
    ['@log', `${account.id}:${group.logGroupName}`],
    ['@entity.arn', groupArn(account, group)],
    ['@ptr', Buffer.from(place).toString('base64url')],
  ]);
}

/** The fields of a JSON message by their paths; another message has none. */
function fieldsIn(message: string): [string, string][] {
  if (!message.trimStart().startsWith('{')) return [];
  try {
    return leavesOf(JSON.parse(message), '');
  } catch {
    return [];
  }
}

function leavesOf(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`));
}
