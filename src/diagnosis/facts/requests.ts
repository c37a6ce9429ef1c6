// Requests about the service that CloudTrail recorded: what was asked of ECS of late, by whom, and what it refused. A refused change leaves no
// trace in the service, which goes on as it was; the record is AWS's own. Records come minutes late, so none is not "nobody asked".

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle, type Observed } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { type JudgedDefinition, judgedDefinition } from './definition-defects.ts';
import { revisionOf } from './service.ts';

export interface RequestRecord {
  /** Operation, such as `UpdateService`. */
  readonly name: string;
  readonly who: string;
  readonly atMs: number;
  /** AWS's error code; undefined when the request was accepted. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string;
  /** AWS service on whose behalf the request was made, such as `events.amazonaws.com`. */
  readonly invokedBy: string;
  readonly desiredCount: number | undefined;
  /** `family:revision`, a family or an ARN, as it was asked for. */
  readonly taskDefinition: string | undefined;
  /** What a request to register a task definition asked for. */
  readonly definition: JudgedDefinition | undefined;
  readonly at: EvidenceRef;
}

const text = z.string().max(4_000).optional().catch(undefined);
const record = z.looseObject({
  errorCode: text,
  errorMessage: text,
  userIdentity: z.looseObject({ arn: text, invokedBy: text }).optional().catch(undefined),
  requestParameters: z
    .looseObject({
      service: text,
      serviceName: text,
      cluster: text,
      family: text,
      task: text,
      taskDefinition: text,
      desiredCount: z.number().optional().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
/** A record is at most 256 KiB (CloudTrail quotas). */
const RECORD_CHARS_MAX = 300_000;
/** A refusal longer ago belongs to an older story. */
const RECENT_MS = 2 * 3_600_000;

/** The requests about the service of the last two hours, or of another time in milliseconds, newest first. */
export function requestsAbout(bundle: EvidenceBundle, withinMs = RECENT_MS): RequestRecord[] {
  return (bundle.requests?.items ?? [])
    .flatMap((event) => recordOf(event, bundle) ?? [])
    .filter(({ atMs }) => bundle.nowMs - atMs <= withinMs)
    .sort((a, b) => b.atMs - a.atMs);
}

/** Requests that ECS refused and that were not followed by one of the same kind that it accepted. */
export function standingRefusals(bundle: EvidenceBundle): RequestRecord[] {
  const all = requestsAbout(bundle);
  return all.filter(
    (one, index) =>
      one.errorCode !== undefined &&
      !all.slice(0, index).some((later) => later.name === one.name && later.errorCode === undefined),
  );
}

/** Requests that set the desired count and were accepted, newest first; `byScaling` says that Application Auto Scaling made it. */
export function countsWritten(
  bundle: EvidenceBundle,
  withinMs: number,
): (RequestRecord & { readonly desiredCount: number; readonly byScaling: boolean })[] {
  return requestsAbout(bundle, withinMs).flatMap((one) => {
    const { name, desiredCount, errorCode, invokedBy, who } = one;
    if (name !== 'UpdateService' || desiredCount === undefined || errorCode !== undefined) return [];
    return [
      { ...one, desiredCount, byScaling: invokedBy.includes('autoscaling') || /^AutoScaling-/.test(who) },
    ];
  });
}

/** The revisions that standing refusals of deployments asked for and that the service does not run; at most `max`. */
export function refusedRevisions(bundle: EvidenceBundle, max: number): string[] {
  const known = new Set(
    bundle.taskDefinitions.items.map(({ value }) => revisionOf(value.taskDefinitionArn ?? '')),
  );
  const asked = standingRefusals(bundle).flatMap(({ name, taskDefinition }) =>
    name === 'UpdateService' && taskDefinition !== undefined ? [taskDefinition] : [],
  );
  return [...new Set(asked)].filter((one) => !known.has(revisionOf(one))).slice(0, max);
}

function recordOf(event: Observed<TrailEvent>, bundle: EvidenceBundle): RequestRecord | undefined {
  const { value } = event;
  const read = record.safeParse(jsonOf(value.CloudTrailEvent));
  if (!read.success || value.EventTime === undefined) return undefined;
  const { errorCode, errorMessage, userIdentity, requestParameters } = read.data;
  if (!isAbout(requestParameters ?? {}, bundle)) return undefined;
  return {
    name: value.EventName ?? '',
    who: tidy(value.Username ?? userIdentity?.arn ?? 'somebody', 80),
    atMs: value.EventTime.getTime(),
    errorCode,
    errorMessage: errorMessage ?? '',
    invokedBy: userIdentity?.invokedBy ?? '',
    desiredCount: requestParameters?.desiredCount,
    taskDefinition: requestParameters?.taskDefinition,
    definition:
      value.EventName === 'RegisterTaskDefinition'
        ? judgedDefinition.safeParse(requestParameters).data
        : undefined,
    at: below(event, '.CloudTrailEvent'),
  };
}

type Parameters = NonNullable<z.infer<typeof record>['requestParameters']>;

/** By the service's name in its cluster, else by a task of it, else by its task definition family. */
function isAbout(asked: Parameters, { service, cluster, tasks }: EvidenceBundle): boolean {
  const last = (name: string | undefined) => name?.split('/').at(-1);
  if (asked.cluster !== undefined && last(asked.cluster) !== cluster) return false;
  const named = asked.service ?? asked.serviceName;
  if (named !== undefined) return last(named) === service.value.serviceName;
  if (asked.task !== undefined)
    return tasks.items.some(({ value }) => last(value.taskArn) === last(asked.task));
  const [family] = revisionOf(service.value.taskDefinition ?? '').split(':');
  const wanted = asked.family ?? revisionOf(asked.taskDefinition ?? '').split(':')[0];
  return wanted !== undefined && wanted !== '' && wanted === family;
}

function jsonOf(raw: string | undefined): unknown {
  if (raw === undefined || raw.length > RECORD_CHARS_MAX) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
