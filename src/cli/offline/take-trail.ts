// What people and programs changed lately, for a snapshot: explanations quote who did what before something broke.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type { Aws } from '../../contract/aws.ts';
import type { TakeReader } from './take-reader.ts';

/** As far back as a diagnosis looks. */
const WINDOW_MS = 24 * 3_600_000;

/** The newest changes of the last day on record in CloudTrail, of everything in the region; what was only read is left out. */
export function takeTrail(aws: Aws, reader: TakeReader, nowMs: number): Promise<TrailEvent[]> {
  return reader.list(aws, {
    action: 'cloudtrail:LookupEvents',
    input: {
      LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
      StartTime: new Date(nowMs - WINDOW_MS),
      EndTime: new Date(nowMs),
      // The most of a page; LookupEvents answers two requests a second.
      MaxResults: 50,
    },
    what: 'the records of CloudTrail',
    path: '$.Events',
    items: ({ Events }) => Events,
  });
}
