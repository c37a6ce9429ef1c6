// What CloudTrail recorded about the things concerned: who changed one of late, and which requests were refused. A record is AWS's own;
// what is not recorded may still have happened, since records come minutes later and reach back a day here.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { noResources } from '../resources.ts';

export interface TrailRecord {
  readonly name: string;
  readonly who: string;
  readonly atMs: number;
  /** AWS's error code; undefined when the request was accepted. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
  readonly at: EvidenceRef;
}

const detail = z.looseObject({
  errorCode: z.string().optional().catch(undefined),
  errorMessage: z.string().optional().catch(undefined),
  requestParameters: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  userIdentity: z
    .looseObject({ arn: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
/** A record is at most 256 KiB (CloudTrail quotas). */
const DETAIL_MAX = 300_000;

/** The records that were read, newest first. */
export function trailRecords({ resources }: Pick<EvidenceBundle, 'resources'>): TrailRecord[] {
  return (resources ?? noResources).trail.items.map(recordOf);
}

/** "ci-deploy called DeleteRolePolicy 20 minutes before." for the newest accepted request of these names about the thing. */
export function recentChange(
  bundle: EvidenceBundle,
  thing: string,
  names: RegExp,
): { readonly sentence: string; readonly at: EvidenceRef } | undefined {
  const record = trailRecords(bundle).find(
    (one) =>
      one.errorCode === undefined &&
      names.test(one.name) &&
      (one.resources.some(
        (name) => name === thing || name.endsWith(`/${thing}`) || name.endsWith(`:${thing}`),
      ) ||
        Object.values(one.parameters).includes(thing)),
  );
  if (record === undefined) return undefined;
  const minutes = Math.max(0, Math.round((bundle.nowMs - record.atMs) / 60_000));
  const when = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  return { sentence: `CloudTrail: ${record.who} called ${record.name} ${when} ago.`, at: record.at };
}

function recordOf({ value, at }: Observed<TrailEvent>): TrailRecord {
  const read = detail.safeParse(jsonOf(value.CloudTrailEvent));
  const more = read.success ? read.data : {};
  return {
    name: value.EventName ?? '',
    who: tidy(value.Username ?? more.userIdentity?.arn ?? 'somebody', 100),
    atMs: value.EventTime?.getTime() ?? 0,
    errorCode: more.errorCode,
    errorMessage: (more.errorMessage ?? '').slice(0, 2_000),
    parameters: more.requestParameters ?? {},
    resources: (value.Resources ?? []).flatMap(({ ResourceName }) => ResourceName ?? []),
    at,
  };
}

function jsonOf(text: string | undefined): unknown {
  if (text === undefined || text.length > DETAIL_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
