// cloudtrail_lookup_events: what was changed before something broke, by whom, newest first.

import type { Event } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { requireOwn } from '../arn.ts';
import { changedResourceField, eventNameField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

/** LookupEvents gives 50 events a request and two requests a second. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const READ_MAX = 500;
const ITEMS_MAX = 100;
const DAY_MS = 86_400_000;
const KEPT_MS = 90 * DAY_MS;

const event = z.object({
  at: z.string().nullable(),
  name: z.string(),
  source: z.string(),
  user: z.string(),
  resources: z.array(z.string()),
  error: z.string().nullable(),
  /** What of the request names its subject, since ECS lists no resources; nothing else of a request is shown. */
  about: z.object({
    cluster: z.string().optional(),
    service: z.string().optional(),
    taskDefinition: z.string().optional(),
    desiredCount: z.string().optional(),
    groupId: z.string().optional(),
  }),
});

const text = z.string().optional().catch(undefined);
const recorded = z.looseObject({
  errorCode: text,
  requestParameters: z
    .looseObject({
      cluster: text,
      service: text,
      serviceName: text,
      taskDefinition: text,
      desiredCount: z.number().optional().catch(undefined),
      groupId: text,
    })
    .nullish()
    .catch(undefined),
});
const NAME_CHARS = 300;

export const cloudtrailLookupEvents = defineReadTool({
  name: 'cloudtrail_lookup_events',
  summary:
    'Looks up in CloudTrail what was changed in this account and region, by whom, newest first: the question "what changed before it broke?". By resource name (security group, role, service, secret) or by operation; the last 24 hours without a time. Only changes, unless reads are asked for. Events appear up to 15 minutes late.',
  risk: 'read',
  actions: ['cloudtrail:LookupEvents'],
  input: z.strictObject({
    resource: changedResourceField.optional(),
    event_name: eventNameField.optional(),
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Start, ISO-8601; 24 hours before until when left out. At most 90 days ago.'),
    until: z.iso.datetime({ offset: true }).optional().describe('End, ISO-8601; now when left out.'),
    include_reads: z.boolean().default(false).describe('Also events that only read.'),
    limit: z.number().int().min(1).max(ITEMS_MAX).default(30).describe('How many events at most.'),
  }),
  output: z.object({ items: z.array(event).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ resource }) => ({ resources: resource === undefined ? [] : [resource] }),
  run: async ({ resource, event_name, since, until, include_reads, limit }, aws, context) => {
    requireOwn(aws, [resource]);
    const end = until === undefined ? context.nowMs : Date.parse(until);
    const start = since === undefined ? end - DAY_MS : Date.parse(since);
    if (start >= end) throw fail('input-invalid', { where: 'since', detail: 'it is not before until' });
    if (context.nowMs - start > KEPT_MS)
      throw fail('input-invalid', { where: 'since', detail: 'CloudTrail keeps events for 90 days' });
    const attribute = attributeOf({ resource, event_name, include_reads });
    const wanted: Event[] = [];
    // CloudTrail filters by one attribute only; the others are applied here, page by page until there is enough.
    const { more, evidence } = await collectPages(READ_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('cloudtrail:LookupEvents', {
        ...(attribute === undefined ? {} : { LookupAttributes: [attribute] }),
        StartTime: new Date(start),
        // Without one it is now by the clock of AWS, which the newest records were made by.
        ...(until === undefined ? {} : { EndTime: new Date(end) }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      const events = output.Events ?? [];
      wanted.push(...events.filter((one) => isWanted(one, { event_name, include_reads })));
      return { items: events, next: wanted.length > limit ? undefined : output.NextToken, evidence };
    });
    wanted.sort((left, right) => (right.EventTime?.getTime() ?? 0) - (left.EventTime?.getTime() ?? 0));
    return { items: wanted.slice(0, limit).map(factsOf), more: more || wanted.length > limit, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        items.length === 0
          ? 'No such event in that time. Events appear up to 15 minutes late, and only those of this region.'
          : `${counted(items.length, 'event')}, newest first.`,
        ...items.map(
          (one) =>
            `${one.at ?? 'at an unknown time'} ${one.name} (${one.source}) by ${one.user || 'an unknown caller'}${subjectOf(one)}${one.error === null ? '' : `; it failed: ${one.error}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

/** The recorded resources, else what the request named. */
function subjectOf({ resources, about }: z.infer<typeof event>): string {
  const named = resources.length > 0 ? resources : Object.values(about);
  return named.length === 0 ? '' : ` on ${named.join(', ')}`;
}

interface Wanted {
  readonly event_name: string | undefined;
  readonly include_reads: boolean;
}

function attributeOf({
  resource,
  event_name,
  include_reads,
}: Wanted & { readonly resource: string | undefined }) {
  if (resource !== undefined) return { AttributeKey: 'ResourceName' as const, AttributeValue: resource };
  if (event_name !== undefined) return { AttributeKey: 'EventName' as const, AttributeValue: event_name };
  return include_reads ? undefined : { AttributeKey: 'ReadOnly' as const, AttributeValue: 'false' };
}

function isWanted(found: Event, { event_name, include_reads }: Wanted): boolean {
  return (
    (event_name === undefined || found.EventName === event_name) &&
    (include_reads || event_name !== undefined || found.ReadOnly !== 'true')
  );
}

function factsOf(found: Event): z.infer<typeof event> {
  const resources = (found.Resources ?? []).slice(0, 10);
  const { errorCode, requestParameters } = documentOf(found.CloudTrailEvent);
  const asked = requestParameters ?? {};
  const about = {
    cluster: asked.cluster,
    service: asked.service ?? asked.serviceName,
    taskDefinition: asked.taskDefinition,
    desiredCount: asked.desiredCount?.toString(),
    groupId: asked.groupId,
  };
  return {
    at: isoOrNull(found.EventTime),
    name: oneLine(found.EventName ?? '', 100),
    source: oneLine(found.EventSource ?? '', 100),
    user: oneLine(found.Username ?? '', 200),
    resources: resources.map((one) => oneLine(one.ResourceName ?? '', 300)),
    // Whether the request failed only the event's own document says.
    error: errorCode === undefined ? null : oneLine(errorCode, 100),
    about: Object.fromEntries(
      Object.entries(about).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, oneLine(value, NAME_CHARS)]],
      ),
    ),
  };
}

function documentOf(document: string | undefined): z.infer<typeof recorded> {
  try {
    return recorded.parse(JSON.parse(document ?? ''));
  } catch {
    return {};
  }
}
