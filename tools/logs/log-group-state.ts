// What a change of a log group is worked out against: whether it exists, and how long it keeps its events.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';

export const logGroupState = z.strictObject({
  name: z.string(),
  /** Null when there is no such group. */
  found: z
    .strictObject({
      /** Days; null keeps events for ever. */
      retention: z.number().int().nullable(),
      /** Milliseconds since the epoch; 0 when AWS does not say. */
      createdAt: z.number(),
    })
    .nullable(),
});
export type LogGroupState = z.infer<typeof logGroupState>;

/** Groups are found by prefix; the one of exactly this name sorts first among those that begin with it. */
export async function observeLogGroup(name: string, aws: Aws): Promise<LogGroupState> {
  const { output } = await aws.call('logs:DescribeLogGroups', { logGroupNamePrefix: name, limit: 50 });
  const found = output.logGroups?.find(({ logGroupName }) => logGroupName === name);
  return {
    name,
    found:
      found === undefined
        ? null
        : { retention: found.retentionInDays ?? null, createdAt: found.creationTime ?? 0 },
  };
}
