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
];
/** Fewer records than this say nothing about a rate. */
const RECORDS_MIN = 10;
/** The share of them that one caller must have. */
const SHARE_MIN = 0.5;

/** Who has asked for the same lately, where a start was throttled. */
export function throttledNeeds(facts: Pick<Facts, 'starts'>): ResourceNeeds {
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
  /** From its oldest record that was read to its newest. */
  readonly seconds: number;
  readonly evidence: readonly EvidenceRef[];
}

/** The caller that most of the newest records are of; undefined when they are few or of many. */
export function busiestCaller(
  facts: Pick<Facts, 'starts'> & { bundle: EvidenceBundle },
): BusyCaller | undefined {
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
  if (own.length < RECORDS_MIN || own.length < records.length * SHARE_MIN) return undefined;
  return {
    who,
    request: newest.name,
    count: own.length,
    total: records.length,
    refused: own.filter(({ errorCode }) => THROTTLED.test(errorCode ?? '')).length,
    seconds: Math.max(1, Math.round((newest.atMs - oldest.atMs) / 1_000)),
    evidence: own.slice(0, 3).map(({ at }) => at),
  };
}

function throttledRequests({ starts }: Pick<Facts, 'starts'>): string[] {
  const texts = starts.map(({ text }) => text).filter((text) => THROTTLED.test(text));
  return [...new Set(texts.flatMap((text) => REQUESTS.find(([words]) => words.test(text))?.[1] ?? []))];
}
