// Requests of others in the account that leave none for ECS. EC2 takes requests that change things from a bucket of 50 tokens that is
// filled up by 5 a second: a caller that asks more often than that takes every token as it comes.
// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html

import type { Snapshot } from '../../contract/snapshot.ts';

export const MUTATING_PER_SECOND = 5;

/** Whether the account's other callers use up what EC2 takes of `action`, such as `ec2:CreateNetworkInterface`. */
export function isUsedUp({ cloudtrail }: Pick<Snapshot, 'cloudtrail'>, action: string): boolean {
  return askedPerSecond(cloudtrail.callers, action) > MUTATING_PER_SECOND;
}

/** Requests a second of all callers together. */
export function askedPerSecond(callers: Snapshot['cloudtrail']['callers'], action: string): number {
  return callers.filter((one) => one.action === action).reduce((sum, one) => sum + one.perSecond, 0);
}
