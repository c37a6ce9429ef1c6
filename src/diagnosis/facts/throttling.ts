// Requests to start tasks that AWS refused because the account asks too often, and who asks so often: CloudTrail's newest records of the
// same request tell, since a caller that uses the rate up fills them.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import type { Facts } from './facts.ts';
import { noNeeds, type ResourceNeeds } from './needs.ts';
import { type TrailRecord, trailRecords } from './trail.ts';

const THROTTLED = /RequestLimitExceeded|ThrottlingException|rate exceeded|being throttled/i;
/** The requests that ECS makes to start a task, by what its errors call them. */
const REQUESTS: readonly (readonly [RegExp, string])[] = [
  [/create ?network ?interface/i, 'CreateNetworkInterface'],
  [/attach ?network ?interface/i, 'AttachNetworkInterface'],
  [/run ?task/i, 'RunTask'],
  [/register targets|throttled on elb/i, 'RegisterTargets'],
  [/retriev\w+ subnet/i, 'DescribeSubnets'],
];
/** ECS's event about its own API; where it is that of another service it says `throttled on elb`. */
const OWN_REQUESTS = /operations are being throttled\.?(?! on\b)/i;
/** Fewer records than this say nothing about a rate. */
const RECORDS_MIN = 10;
/** So many refused for the same reason tell who asks too often, though not that nobody else does. */
const REFUSED_MIN = 5;
/** The share of them that one caller must have. */
const SHARE_MIN = 0.5;

type Throttled = Pick<Facts, 'starts' | 'complaints'>;

/** Who has asked for the same lately, where a start was throttled. */
export function throttledNeeds(facts: Throttled): ResourceNeeds {
  const requests = throttledRequests(facts);
  return requests.length === 0 ? noNeeds : { ...noNeeds, trail: { resources: [], requests } };
}

export interface BusyCaller {
  readonly who: string;
  readonly request: string;
  readonly count: number;
  readonly total: number;
  /** How many of its own were refused for the same reason. */
  readonly refused: number;
  /** Enough records for a rate. */
  readonly isMany: boolean;
  /** From its oldest record that was read to its newest. */
  readonly seconds: number;
  readonly evidence: readonly EvidenceRef[];
}

/** The caller that most of the newest records are of; undefined when they are few or of many. */
export function busiestCaller(facts: Throttled & { bundle: EvidenceBundle }): BusyCaller | undefined {
  const requests = throttledRequests(facts);
  const records = trailRecords(facts.bundle).filter(({ name }) => requests.includes(name));
  const byCaller = new Map<string, TrailRecord[]>();
  for (const one of records) byCaller.set(one.who, [...(byCaller.get(one.who) ?? []), one]);
  const [most] = [...byCaller].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return undefined;
  const [who, own] = most;
  const [newest] = own;
  const oldest = own.at(-1);
  if (newest === undefined || oldest === undefined) return undefined;
  const refused = own.filter(({ errorCode }) => THROTTLED.test(errorCode ?? '')).length;
  const isMany = own.length >= RECORDS_MIN;
  if ((!isMany && refused < REFUSED_MIN) || own.length < records.length * SHARE_MIN) return undefined;
  return {
    who,
    request: newest.name,
    count: own.length,
    total: records.length,
    refused,
    isMany,
    seconds: Math.max(1, Math.round((newest.atMs - oldest.atMs) / 1_000)),
    evidence: own.slice(0, 3).map(({ at }) => at),
  };
}

/** Whether CloudTrail was asked about such requests and answered. */
export function callersTold(facts: Throttled & { bundle: EvidenceBundle }): boolean {
  const { resources } = facts.bundle;
  return throttledRequests(facts).length > 0 && resources !== undefined && resources.trail.gaps.length === 0;
}

/** The requests that AWS's words about throttling are of; ECS names none where it is its own that are throttled, such as RunTask. */
function throttledRequests({ starts, complaints }: Throttled): string[] {
  const told = complaints.filter(({ message }) => THROTTLED.test(message)).map(({ message }) => message);
  const texts = [...starts.map(({ text }) => text).filter((text) => THROTTLED.test(text)), ...told];
  const named = texts.flatMap((text) => REQUESTS.find(([words]) => words.test(text))?.[1] ?? []);
  const own = told.some((text) => OWN_REQUESTS.test(text)) ? ['RunTask'] : [];
  return [...new Set([...named, ...own])];
}
