// Reads what CloudTrail recorded of late about the things concerned: who changed a role or took an image away, and which request to start
// tasks was refused. Records appear after some minutes, so none is not "nobody did it".

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type { Aws } from '../../src/contract/aws.ts';
import type { Seen } from '../../src/diagnosis/evidence.ts';
import type { ResourceNeeds } from '../../src/diagnosis/facts/needs.ts';
import { parseArn } from '../arn.ts';
import { joined, readList } from './reading.ts';
import { sinceMinute } from './whole-minutes.ts';

export const trailActions = ['cloudtrail:LookupEvents'] as const;

const WINDOW_MS = 24 * 3_600_000;
/** LookupEvents answers two requests a second, so one page of each has to do. */
const EVENTS_READ = 50;

/** Records of the last day, newest first. */
export async function readTrail(
  aws: Aws,
  { resources, requests }: ResourceNeeds['trail'],
  nowMs: number,
): Promise<Seen<TrailEvent>> {
  const look = async (key: 'ResourceName' | 'EventName', value: string): Promise<Seen<TrailEvent>> => {
    const list = await readList(aws, {
      action: 'cloudtrail:LookupEvents',
      input: {
        LookupAttributes: [{ AttributeKey: key, AttributeValue: value }],
        ...sinceMinute(nowMs - WINDOW_MS),
        MaxResults: EVENTS_READ,
      },
      what: `the records about ${value}`,
      path: '$.Events',
      items: ({ Events }) => Events,
      pages: 1,
    });
    return { items: list.items, gaps: list.gaps.filter(({ what }) => !what.startsWith('the rest of')) };
  };
  const all = joined(
    await Promise.all([
      // What was done to a thing of another account is recorded there.
      ...resources.filter((name) => isOwn(name, aws)).map((name) => look('ResourceName', name)),
      ...requests.map((name) => look('EventName', name)),
    ]),
  );
  return {
    items: [...all.items].sort(
      (a, b) => (b.value.EventTime?.getTime() ?? 0) - (a.value.EventTime?.getTime() ?? 0),
    ),
    gaps: all.gaps,
  };
}

function isOwn(name: string, { account }: Pick<Aws, 'account'>): boolean {
  const named = parseArn(name)?.account ?? '';
  return named === '' || named === account;
}
