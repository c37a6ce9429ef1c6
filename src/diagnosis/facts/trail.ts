// What CloudTrail recorded about the things concerned: who changed one of late, and which requests were refused. A record is AWS's own;
// what is not recorded may still have happened, since records come minutes later and reach back a day here.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { noResources } from '../resources.ts';
import type { Facts } from './facts.ts';

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
        Object.values(one.parameters).flat().includes(thing)),
  );
  if (record === undefined) return undefined;
  const minutes = Math.max(0, Math.round((bundle.nowMs - record.atMs) / 60_000));
  const when = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  return { sentence: `CloudTrail: ${record.who} called ${record.name} ${when} ago.`, at: record.at };
}

/** Requests that change nothing, whatever they are called in CloudTrail's `readOnly`. */
const READS = /^(?:Describe|List|Get|Lookup|Head|Batch(?:Get|Check))/;

/** The accepted changes among the records that concern this service or one of `things`, newest first. */
export function changesOf(
  facts: Pick<Facts, 'bundle' | 'service'>,
  things: readonly string[],
): TrailRecord[] {
  const { service } = facts;
  const [family = ''] = (service.primary?.revision ?? '').split(':');
  const own = new Set([service.name, service.arn, family, ...things].filter((one) => one !== ''));
  return trailRecords(facts.bundle)
    .filter(({ errorCode, name }) => errorCode === undefined && !READS.test(name))
    .filter(({ resources, parameters }) => {
      const { cluster } = parameters;
      if (typeof cluster === 'string' && lastPart(cluster) !== service.cluster) return false;
      return [...resources, ...Object.values(parameters)].some(
        (one) => typeof one === 'string' && (own.has(one) || own.has(lastPart(one))),
      );
    });
}

/** Who changed one of these things last before tasks began to fail: who, what, when, and how long before that. */
export function changeBefore(
  facts: Pick<Facts, 'bundle' | 'service' | 'failed'>,
  things: readonly string[],
): { readonly sentence: string; readonly at: EvidenceRef } | undefined {
  const firstMs = Math.min(...facts.failed.flatMap(({ stoppedAtMs }) => stoppedAtMs ?? []));
  const record = changesOf(facts, things).find(
    ({ atMs, resources, parameters }) =>
      atMs <= firstMs &&
      [...resources, ...Object.values(parameters)].some(
        (one) => typeof one === 'string' && things.some((thing) => thing === one || thing === lastPart(one)),
      ),
  );
  if (record === undefined) return undefined;
  const lead = Number.isFinite(firstMs)
    ? `, ${inWords(firstMs - record.atMs)} before the first of these failures`
    : '';
  const when = new Date(record.atMs).toISOString().slice(0, 16).replace('T', ' ');
  return {
    sentence: `CloudTrail: ${record.who} called ${record.name} at ${when} UTC${lead}.`,
    at: record.at,
  };
}

/** What keeps one from knowing who changed it; nothing when it was not asked, or answered. */
export function trailGaps({ resources }: Pick<EvidenceBundle, 'resources'>, thing: string) {
  const denied = (resources ?? noResources).trail.gaps.some(({ kind }) => kind === 'denied');
  return denied ? [{ what: `who changed ${thing}`, missingAction: 'cloudtrail:LookupEvents' }] : [];
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'moments';
  return minutes < 120 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${Math.round(minutes / 60)} hours`;
}

function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name;
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
