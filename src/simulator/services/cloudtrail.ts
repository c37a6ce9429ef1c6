// CloudTrail: who called which API and on what.

import type * as CloudTrail from '@aws-sdk/client-cloudtrail';
import type { SnapshotCloudTrailEvent } from '../../contract/snapshot.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { callerEvents } from './caller-events.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const EVENTS_MAX = 50;
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/** Events of the last 90 days, newest first, by at most one attribute and by time. */
const lookupEvents: Handler<CloudTrail.LookupEventsCommandInput, CloudTrail.LookupEventsCommandOutput> = (
  input,
  account,
) => {
  const attributes = input.LookupAttributes ?? [];
  if (attributes.length > 1)
    throw new AwsFault('InvalidLookupAttributesException', 'You can only specify one lookup attribute.');
  const from = input.StartTime?.getTime() ?? 0;
  const to = input.EndTime?.getTime() ?? account.now();
  if (from > to)
    throw new AwsFault('InvalidTimeRangeException', 'The start time is later than the end time.');
  // Of two at the same moment the later one comes first.
  const events = [...account.state.cloudtrail.events.toReversed(), ...callerEvents(account)].filter(
    (event) => {
      const at = Date.parse(event.EventTime ?? '');
      return (
        at >= Math.max(from, account.now() - KEPT_MS) &&
        at <= to &&
        attributes.every((attribute) => valuesOf(event, attribute).includes(attribute.AttributeValue))
      );
    },
  );
  events.sort((left, right) => Date.parse(right.EventTime ?? '') - Date.parse(left.EventTime ?? ''));
  const page = pageOf(events, {
    token: input.NextToken,
    limit: input.MaxResults,
    defaultLimit: EVENTS_MAX,
    maxLimit: EVENTS_MAX,
    rangeCode: 'InvalidMaxResultsException',
    scope: `LookupEvents ${JSON.stringify([attributes, input.StartTime, input.EndTime])}`,
    invalidToken: () => new AwsFault('InvalidNextTokenException', 'The next token is not valid.'),
  });
  return { Events: page.items.map((event) => answered(event, account.id)), ...tokenAs('NextToken', page) };
};

export const cloudtrailHandlers: HandlerTable = { LookupEvents: lookupEvents };

function valuesOf(
  event: SnapshotCloudTrailEvent,
  { AttributeKey: key }: CloudTrail.LookupAttribute,
): (string | undefined)[] {
  const resources = event.Resources ?? [];
  if (key === 'ResourceName') return resources.map((resource) => resource.ResourceName);
  if (key === 'ResourceType') return resources.map((resource) => resource.ResourceType);
  if (key === 'EventId') return [event.EventId];
  if (key === 'EventName') return [event.EventName];
  if (key === 'EventSource') return [event.EventSource];
  if (key === 'Username') return [event.Username];
  if (key === 'ReadOnly') return [readOnly(event)];
  if (key === 'AccessKeyId') return [textIn(event.AccessKeyId)];
  throw new AwsFault('InvalidLookupAttributesException', `The lookup attribute ${String(key)} is not valid.`);
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
function answered(event: SnapshotCloudTrailEvent, accountId: string) {
  return {
    EventId: event.EventId,
    EventTime: event.EventTime,
    EventName: event.EventName,
    EventSource: event.EventSource,
    Username: event.Username,
    ReadOnly: readOnly(event),
    AccessKeyId: textIn(event.AccessKeyId),
    Resources: event.Resources ?? [],
    CloudTrailEvent: JSON.stringify({
      eventVersion: '1.11',
      eventName: event.EventName,
      // Records have whole seconds.
      eventTime: event.EventTime?.replace(/\.\d+Z$/, 'Z'),
      eventSource: event.EventSource,
      eventID: event.EventId,
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
      readOnly: readOnly(event) === 'true',
      recipientAccountId: accountId,
      ...event.CloudTrailEvent,
    }),
  };
}

/** Text, as CloudTrail has it; an event that does not say so is a read when its name begins like one. */
function readOnly(event: SnapshotCloudTrailEvent): string {
  return textIn(event.ReadOnly) ?? String(/^(?:Describe|List|Get|BatchGet|Lookup)/.test(event.EventName));
}

function textIn(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
