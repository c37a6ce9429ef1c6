// CloudWatch Logs: groups, streams, and reading events by filter or by stream.

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { SnapshotLogEvent, SnapshotLogStream } from '../../contract/snapshot.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { createLogGroup, deleteRetentionPolicy, putRetentionPolicy } from './logs-changes.ts';
import { getQueryResults, startQuery, stopQuery } from './logs-insights.ts';
import { groupArn, groupNamed, streamNamed } from './logs-names.ts';
import { compileFilterPattern } from './logs-pattern.ts';
import { pageOf } from './page.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const EVENTS_MAX = 10_000;
const GROUPS_MAX = 50;

/** Groups by prefix or by part of the name, 50 a page. */
const describeLogGroups: Handler<Logs.DescribeLogGroupsCommandInput, Logs.DescribeLogGroupsCommandOutput> = (
  input,
  account,
) => {
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  const all = account.state.logs.logGroups
    .filter((group) => group.logGroupName.startsWith(input.logGroupNamePrefix ?? ''))
    .filter((group) =>
      group.logGroupName.toLowerCase().includes((input.logGroupNamePattern ?? '').toLowerCase()),
    )
    .sort((left, right) => (left.logGroupName < right.logGroupName ? -1 : 1));
  const page = pageOf(all, {
    token: input.nextToken,
    limit: input.limit,
    defaultLimit: GROUPS_MAX,
    maxLimit: GROUPS_MAX,
    scope: `DescribeLogGroups ${input.logGroupNamePrefix ?? ''} ${input.logGroupNamePattern ?? ''}`,
    invalidToken,
  });
  const logGroups = page.items.map((group) => ({
    logGroupName: group.logGroupName,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    creationTime: group.creationTime ?? 0,
    metricFilterCount: 0,
    storedBytes: 0,
    arn: `${groupArn(account, group)}:*`,
    logGroupArn: groupArn(account, group),
    logGroupClass: 'STANDARD' as const,
  }));
  return { logGroups, ...tokenIn(page) };
};

/** Streams of a group by name or by time of the last event. Throws ResourceNotFoundException. */
const describeLogStreams: Handler<
  Logs.DescribeLogStreamsCommandInput,
  Logs.DescribeLogStreamsCommandOutput
> = (input, account) => {
  const group = groupNamed(account, input);
  const byTime = input.orderBy === 'LastEventTime';
  if (byTime && input.logStreamNamePrefix !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  }
  const all = group.streams.filter((stream) =>
    stream.logStreamName.startsWith(input.logStreamNamePrefix ?? ''),
  );
  all.sort((left, right) =>
    byTime ? lastEventAt(left) - lastEventAt(right) : left.logStreamName < right.logStreamName ? -1 : 1,
  );
  if (input.descending === true) all.reverse();
  const page = pageOf(all, {
    token: input.nextToken,
    limit: input.limit,
    defaultLimit: 50,
    maxLimit: 50,
    scope: `DescribeLogStreams ${group.logGroupName} ${input.logStreamNamePrefix ?? ''} ${input.orderBy ?? ''}`,
    invalidToken,
  });
  const logStreams = page.items.map((stream) => {
    const times = stream.events.map((event) => event.timestamp);
    const ends =
      times.length === 0
        ? {}
        : {
            firstEventTimestamp: Math.min(...times),
            lastEventTimestamp: Math.max(...times),
            lastIngestionTime: Math.max(...times),
          };
    return {
      logStreamName: stream.logStreamName,
      creationTime: stream.creationTime ?? times[0] ?? 0,
      ...ends,
      storedBytes: 0,
      arn: `${groupArn(account, group)}:log-stream:${stream.logStreamName}`,
    };
  });
  return { logStreams, ...tokenIn(page) };
};

/** Events of a group by time (both ends included), stream and pattern, oldest first. Throws ResourceNotFoundException. */
const filterLogEvents: Handler<Logs.FilterLogEventsCommandInput, Logs.FilterLogEventsCommandOutput> = (
  input,
  account,
) => {
  const group = groupNamed(account, input);
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      'logStreamNames and logStreamNamePrefix are mutually exclusive parameters.',
    );
  }
  const streams = group.streams.filter((stream) =>
    stream.logStreamName.startsWith(input.logStreamNamePrefix ?? ''),
  );
  for (const name of input.logStreamNames ?? []) streamNamed(group, name);
  const chosen =
    input.logStreamNames === undefined
      ? streams
      : streams.filter((stream) => input.logStreamNames?.includes(stream.logStreamName));
  const matches = compileFilterPattern(input.filterPattern ?? '');
  const events = chosen.flatMap((stream) =>
    stream.events
      .map((event, index) => ({ event, index }))
      .filter(
        ({ event }) =>
          event.timestamp >= (input.startTime ?? 0) &&
          event.timestamp <= (input.endTime ?? Number.POSITIVE_INFINITY),
      )
      .filter(({ event }) => matches(event.message))
      .map(({ event, index }) => ({
        ...readable(event),
        logStreamName: stream.logStreamName,
        eventId: eventId(event, stream, index),
      })),
  );
  events.sort((left, right) => left.timestamp - right.timestamp);
  const { nextToken, limit, ...question } = input;
  const page = pageOf(events, {
    token: nextToken,
    limit,
    defaultLimit: EVENTS_MAX,
    maxLimit: EVENTS_MAX,
    scope: `FilterLogEvents ${JSON.stringify(question)}`,
    invalidToken,
  });
  return { events: page.items, searchedLogStreams: [], ...tokenIn(page) };
};

/** Events of one stream; the start is included, the end is not. Reads the tail unless told to start from the head. */
const getLogEvents: Handler<Logs.GetLogEventsCommandInput, Logs.GetLogEventsCommandOutput> = (
  input,
  account,
) => {
  const group = groupNamed(account, input);
  const stream = streamNamed(group, input.logStreamName ?? '');
  const events = stream.events
    .filter(
      (event) =>
        event.timestamp >= (input.startTime ?? 0) &&
        event.timestamp < (input.endTime ?? Number.POSITIVE_INFINITY),
    )
    .sort((left, right) => left.timestamp - right.timestamp);
  const limit = Math.min(Math.max(1, input.limit ?? EVENTS_MAX), EVENTS_MAX);
  const { from, to } = windowOf(events.length, {
    token: input.nextToken,
    limit,
    fromHead: input.startFromHead === true,
  });
  return {
    events: events.slice(from, to).map(readable),
    // A token that leads nowhere new equals the one that was sent, which is how a caller sees the end.
    nextForwardToken: `f/${String(to).padStart(56, '0')}/s`,
    nextBackwardToken: `b/${String(from).padStart(56, '0')}/s`,
  };
};

export const logsHandlers: HandlerTable = {
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  StartQuery: startQuery,
  GetQueryResults: getQueryResults,
  StopQuery: stopQuery,
  CreateLogGroup: createLogGroup,
  PutRetentionPolicy: putRetentionPolicy,
  DeleteRetentionPolicy: deleteRetentionPolicy,
};

interface WindowRequest {
  readonly token: string | undefined;
  readonly limit: number;
  readonly fromHead: boolean;
}

function windowOf(count: number, { token, limit, fromHead }: WindowRequest): { from: number; to: number } {
  if (token === undefined)
    return fromHead
      ? { from: 0, to: Math.min(limit, count) }
      : { from: Math.max(0, count - limit), to: count };
  const parts = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (parts === null) throw new AwsFault('InvalidParameterException', 'The specified nextToken is invalid.');
  const place = Math.min(Number(parts[2]), count);
  return parts[1] === 'f'
    ? { from: place, to: Math.min(place + limit, count) }
    : { from: Math.max(0, place - limit), to: place };
}

function readable(event: SnapshotLogEvent): { timestamp: number; message: string; ingestionTime: number } {
  return {
    timestamp: event.timestamp,
    message: event.message,
    ingestionTime: event.ingestionTime ?? event.timestamp,
  };
}

/** Real event ids are long numbers; all that matters is that two events differ. */
function eventId(event: SnapshotLogEvent, stream: SnapshotLogStream, index: number): string {
  let hash = 0;
  for (const char of stream.logStreamName) hash = (hash * 31 + char.charCodeAt(0)) % 1_000_000_007;
  return `${event.timestamp}${String(hash).padStart(10, '0')}${String(index).padStart(8, '0')}`;
}

function lastEventAt(stream: SnapshotLogStream): number {
  return stream.events.at(-1)?.timestamp ?? 0;
}

function tokenIn(page: { nextToken?: string }): { nextToken?: string } {
  return page.nextToken === undefined ? {} : { nextToken: page.nextToken };
}

function invalidToken(): AwsFault {
  return new AwsFault('InvalidParameterException', 'The specified nextToken is invalid.');
}
