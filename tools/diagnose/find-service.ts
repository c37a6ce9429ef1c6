// From names to the one service that is meant. A name that is nearly right is answered with the nearest existing ones, never guessed.

import type * as Ecs from '@aws-sdk/client-ecs';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { Observed } from '../../src/diagnosis/evidence.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { serviceUnknown, withKnownCluster } from '../ecs/unknown-names.ts';
import { nearestSentence } from '../nearest.ts';
import { clusterNames } from './find-clusters.ts';
import { readList } from './reading.ts';
import { next } from './staged.ts';

export interface FoundService {
  /** Name, not ARN. */
  readonly cluster: string;
  readonly service: string;
  readonly observed: Observed<Ecs.Service>;
}

/** Actions this file needs; tools that use it declare them. */
export const findServiceActions = ['ecs:DescribeServices', 'ecs:ListClusters', 'ecs:ListServices'] as const;

/** Looking through more clusters than this takes too many requests; then the cluster has to be named. */
export const CLUSTERS_SEARCHED_MAX = 25;

/**
 * Finds the service by name or ARN. Without a cluster, all clusters are looked through.
 * Throws `cluster-unknown`, `service-unknown`, `name-ambiguous`, `input-invalid` (an ARN of another account) or `AwsCallError`.
 */
export async function findService(
  aws: Aws,
  wanted: { cluster?: string | undefined; service: string },
): Promise<FoundService> {
  requireOwn(aws, [wanted.cluster, wanted.service]);
  const service = lastPart(wanted.service);
  const cluster = clusterNamed(wanted);
  if (cluster === undefined)
    return findAmong(next(aws), await clusterNames(aws, CLUSTERS_SEARCHED_MAX), service);
  const found = await withKnownCluster(aws, cluster, () => describeIn(aws, cluster, service));
  if (found === undefined) throw await serviceUnknown(aws, cluster, service);
  return found;
}

/** The cluster that is named, or that the long form of the service's ARN names: `service/cluster/name`. */
export function clusterNamed(wanted: { cluster?: string | undefined; service: string }): string | undefined {
  return wanted.cluster === undefined ? clusterInArn(wanted.service) : lastPart(wanted.cluster);
}

function clusterInArn(service: string): string | undefined {
  return /:service\/([^/]+)\/[^/]+$/.exec(service)?.[1];
}

async function describeIn(aws: Aws, cluster: string, service: string): Promise<FoundService | undefined> {
  const { output, evidence } = await aws.call('ecs:DescribeServices', { cluster, services: [service] });
  const value = output.services?.[0];
  if (value === undefined) return undefined;
  return {
    cluster: lastPart(value.clusterArn ?? cluster),
    service: value.serviceName ?? service,
    observed: { value, at: { id: evidence, path: '$.services[0]' } },
  };
}

/** The service of that name in one of these clusters. Throws `service-unknown`, `name-ambiguous` or `AwsCallError`. */
export async function findAmong(
  aws: Aws,
  clusters: readonly string[],
  service: string,
): Promise<FoundService> {
  const found = await Promise.all(
    clusters.map((cluster) => describeIn(aws, cluster, service).catch(absentOnly)),
  );
  const all = found.filter((one) => one !== undefined);
  const alive = all.filter((one) => one.observed.value.status !== 'INACTIVE');
  const [first, second] = alive.length > 0 ? alive : all;
  if (first === undefined) throw await unknownAnywhere(aws, service, clusters);
  if (second !== undefined) {
    const candidates = (alive.length > 0 ? alive : all)
      .map((one) => `${one.service} in ${one.cluster}`)
      .join(', ');
    throw fail('name-ambiguous', { name: service, candidates });
  }
  return first;
}

/** A cluster that vanished meanwhile holds nothing; a refused read must not look like an absent service. */
function absentOnly(thrown: unknown): undefined {
  if (thrown instanceof AwsCallError && thrown.failure.kind === 'not-found') return undefined;
  throw thrown;
}

async function unknownAnywhere(aws: Aws, service: string, clusters: readonly string[]): Promise<Error> {
  const lists = await Promise.all(
    clusters.slice(0, 10).map((cluster) =>
      readList(aws, {
        action: 'ecs:ListServices',
        input: { cluster, maxResults: 100 },
        what: `the services of ${cluster}`,
        path: '$.serviceArns',
        items: (output) => output.serviceArns,
        pages: 2,
      }),
    ),
  );
  const names = lists.flatMap((list) => list.items.map(({ value }) => lastPart(value)));
  return fail('service-unknown', {
    service,
    cluster: clusters.length === 1 ? (clusters[0] ?? '') : `any of ${clusters.length} clusters`,
    nearest: nearestSentence(service, names),
  });
}
