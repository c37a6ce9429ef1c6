// Names of the security groups that rules refer to, so that people read "orders-db" and not only an id.

import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { batches } from '../pagination.ts';
import type { SecurityGroupRule } from './security-group-rule.ts';

/** EC2 takes at most 200 values in one filter. */
const BATCH = 200;

/** Id → name for the groups among the peers of `rules`. Groups that cannot be read keep their id only. */
export async function groupNames(
  rules: readonly SecurityGroupRule[],
  aws: Aws,
): Promise<ReadonlyMap<string, string>> {
  const ids = [
    ...new Set(rules.filter(({ peer }) => peer.kind === 'group').map(({ peer }) => peer.id)),
  ].sort();
  try {
    const answers = await Promise.all(
      batches(ids, BATCH).map((Values) =>
        aws.call('ec2:DescribeSecurityGroups', { Filters: [{ Name: 'group-id', Values }] }),
      ),
    );
    const groups = answers.flatMap(({ output }) => output.SecurityGroups ?? []);
    return new Map(groups.map((group) => [group.GroupId ?? '', group.GroupName ?? group.GroupId ?? '']));
  } catch (thrown) {
    // A name is a courtesy: without it the rule is still exact.
    if (thrown instanceof AwsCallError) return new Map();
    throw thrown;
  }
}
