// The dates of a snapshot: what AWS gives as a date is ISO-8601 text in it, wherever it stands. A date that is none would pass for
// "long ago" or "never" in a diagnosis, and for NaN in the simulated account.

import { z } from 'zod';

/** ISO-8601 with seconds and an offset: `2026-11-20T10:00:00Z`. */
export const instantText = z.iso.datetime({ offset: true });

/** Members of the answers kept here that the SDK types as Date. None of these names stands for anything else in them. */
const dateMembers = new Set([
  'AttachTime',
  'CreateDate',
  'CreatedTime',
  'CreationTime',
  'CreationTimestamp',
  'DeletedDate',
  'DeletionDate',
  'EndTime',
  'EventTime',
  'InstanceCreateTime',
  'LastChangedDate',
  'LastModifiedDate',
  'LastUsedDate',
  'LaunchTime',
  'StartTime',
  'StateTransitionedTimestamp',
  'StateUpdatedTimestamp',
  'UpdateDate',
  'completeTime',
  'connectivityAt',
  'createTime',
  'createdAt',
  'executionStoppedAt',
  'expirationDate',
  'finishedAt',
  'imagePushedAt',
  'imageScanCompletedAt',
  'lastRecordedPullTime',
  'lastStartedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'pushedAt',
  'registeredAt',
  'startTime',
  'startedAt',
  'stoppedAt',
  'stoppingAt',
  'updatedAt',
]);

/** Members whose own members are named by whoever made them: labels, options, policy documents. */
const namedByPeople = new Set([
  'AssumeRolePolicyDocument',
  'Document',
  'dockerLabels',
  'driverOpts',
  'labels',
  'options',
  'policies',
  'policy',
  'Attributes',
  'attributes',
]);

/** Sections whose times are numbers, as CloudWatch Logs gives them. */
const otherTimes = new Set(['logs']);

export interface BadDate {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** The first member of `snapshot` that must be a date and is none; null when all are dates, or not there. */
export function firstBadDate(snapshot: object): BadDate | null {
  for (const [section, value] of Object.entries(snapshot)) {
    const found = otherTimes.has(section) ? null : badDateIn(value, [section]);
    if (found !== null) return found;
  }
  return null;
}

function badDateIn(value: unknown, path: readonly PropertyKey[]): BadDate | null {
  if (typeof value !== 'object' || value === null) return null;
  const members: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, member] of members) {
    if (typeof key === 'string' && namedByPeople.has(key)) continue;
    const here = [...path, key];
    if (typeof key === 'string' && dateMembers.has(key)) {
      // An AWS answer kept by hand may say with null that there is none.
      if (member !== undefined && member !== null && !instantText.safeParse(member).success)
        return { path: here, value: member };
    } else {
      const found = badDateIn(member, here);
      if (found !== null) return found;
    }
  }
  return null;
}
