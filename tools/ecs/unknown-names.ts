// Turns "no such cluster" and "no such service" into errors that name the nearest existing ones. A list that cannot be
// read gives no suggestion: that says nothing about what exists.

import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { LockkeeperError } from '../../src/kernel/errors.ts';
import { lastPart } from '../arn.ts';
import { nearestSentence } from '../nearest.ts';

/** Runs `read`; a ClusterNotFoundException becomes `cluster-unknown`. Needs ecs:ListClusters for the suggestion. */
export async function withKnownCluster<T>(aws: Aws, cluster: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.code === 'ClusterNotFoundException') {
      throw await clusterUnknown(aws, cluster, thrown);
    }
    throw thrown;
  }
}

/** The error for a cluster that does not exist. */
export async function clusterUnknown(aws: Aws, cluster: string, cause?: unknown): Promise<LockkeeperError> {
  const names = await namesOf(async () => (await aws.call('ecs:ListClusters', {})).output.clusterArns);
  return fail(
    'cluster-unknown',
    { cluster, account: aws.account, region: aws.region, nearest: suggestion(cluster, names) },
    cause,
  );
}

/** The error for a service that does not exist in a cluster that does. Needs ecs:ListServices for the suggestion. */
export async function serviceUnknown(aws: Aws, cluster: string, service: string): Promise<LockkeeperError> {
  const names = await namesOf(
    async () => (await aws.call('ecs:ListServices', { cluster, maxResults: 100 })).output.serviceArns,
  );
  return fail('service-unknown', { service, cluster, nearest: suggestion(service, names) });
}

function suggestion(wanted: string, names: readonly string[] | undefined): string {
  return names === undefined ? '' : nearestSentence(lastPart(wanted), names.map(lastPart));
}

async function namesOf(list: () => Promise<string[] | undefined>): Promise<string[] | undefined> {
  try {
    return (await list()) ?? [];
  } catch (thrown) {
    if (thrown instanceof AwsCallError) return undefined;
    throw thrown;
  }
}
