// Reads what was asked of ECS of late, by operation: a refused request stands only in CloudTrail. One page of each, since LookupEvents answers
// two requests a second; what happened before that is another story.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, Seen } from '../../src/diagnosis/evidence.ts';
import { joined, readList } from './reading.ts';
import { sinceMinute } from './whole-minutes.ts';

const WINDOW_MS = 2 * 3_600_000;
/** Deployments that write the desired count come hours apart. */
const UPDATES_MS = 24 * 3_600_000;
const EVENTS_READ = 50;

/** The bundle of a service that seems well, with the requests about services that were recorded lately; `isLong` where more than usual was read. */
export async function readRequests(
  aws: Aws,
  bundle: EvidenceBundle,
  isLong: boolean,
): Promise<EvidenceBundle> {
  // Schedules run tasks of families without a load balancer; elsewhere the look is not worth a request.
  const balanced = (bundle.service.value.loadBalancers ?? []).length > 0;
  const names = [
    'UpdateService',
    'RegisterTaskDefinition',
    // The log of a task that just came up is worth more than sessions that nobody has turned on.
    ...(isLong && bundle.service.value.enableExecuteCommand !== true ? [] : ['ExecuteCommand']),
    ...(balanced ? [] : ['RunTask']),
  ];
  const lists = await Promise.all(names.map((name) => lookUp(aws, name, bundle.nowMs)));
  const { items, gaps } = joined(lists);
  // One permission covers all of them, so one refusal is told once.
  return { ...bundle, requests: { items, gaps: gaps.slice(0, 1) } };
}

async function lookUp(aws: Aws, name: string, nowMs: number): Promise<Seen<TrailEvent>> {
  const list = await readList(aws, {
    action: 'cloudtrail:LookupEvents',
    input: {
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
      ...sinceMinute(nowMs - (name === 'UpdateService' ? UPDATES_MS : WINDOW_MS)),
      MaxResults: EVENTS_READ,
    },
    what: 'whether changes of the service were refused',
    path: '$.Events',
    items: ({ Events }) => Events,
    pages: 1,
  });
  return { items: list.items, gaps: list.gaps.filter(({ what }) => !what.startsWith('the rest of')) };
}
