// The clusters to look through when none was named. More than a few take too many requests: then the cluster has to be named.

import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { lastPart } from '../arn.ts';

/** Names of all clusters. Throws `input-invalid` when there are more than `max`, and `AwsCallError`. */
export async function clusterNames(aws: Aws, max: number): Promise<string[]> {
  const { output } = await aws.call('ecs:ListClusters', { maxResults: 100 });
  const names = (output.clusterArns ?? []).map(lastPart);
  if (names.length > max || output.nextToken !== undefined)
    throw fail('input-invalid', {
      where: 'cluster',
      detail: `it is needed, because there are more than ${max} clusters`,
    });
  return names;
}
