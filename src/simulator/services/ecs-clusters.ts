// ECS reads about clusters and capacity: clusters, container instances, capacity providers.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotCluster } from '../../contract/snapshot.ts';
import { allClusters, arnOf, checkBatch, clusterNamed, findCluster, lastPart, missing } from './ecs-names.ts';
import type { Handler } from './handler.ts';
import { invalidNextToken, pageOf } from './page.ts';

const CLUSTERS_MAX = 100;
const INSTANCES_MAX = 100;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html */
const PROVIDERS_MAX = 10;

/** ARNs of all clusters, 100 a page. */
export const listClusters: Handler<Ecs.ListClustersCommandInput, Ecs.ListClustersCommandOutput> = (
  input,
  account,
) => {
  const page = pageOf(allClusters(account), {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: 'ListClusters',
    invalidToken: invalidNextToken,
  });
  return { clusterArns: page.items.map((cluster) => cluster.clusterArn), ...tokenOf(page) };
};

/** Clusters by name or ARN, `default` without any; what is not there is in `failures[]`. */
export const describeClusters: Handler<
  Ecs.DescribeClustersCommandInput,
  Ecs.DescribeClustersCommandOutput
> = (input, account) => {
  const names =
    input.clusters === undefined || input.clusters.length === 0
      ? ['default']
      : checkBatch(input.clusters, 'Clusters', CLUSTERS_MAX);
  const include = new Set(input.include ?? []);
  const clusters: SnapshotCluster[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const name of names) {
    const cluster = findCluster(account, name);
    if (cluster === undefined) failures.push(missing(arnOf(account, 'cluster', name)));
    else clusters.push(withOnly(cluster, include));
  }
  return { clusters, failures };
};

/** ARNs of a cluster's container instances, by status. Throws ClusterNotFoundException. */
export const listContainerInstances: Handler<
  Ecs.ListContainerInstancesCommandInput,
  Ecs.ListContainerInstancesCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const all = account.state.ecs.containerInstances.filter(
    (instance) =>
      isIn(instance.containerInstanceArn, cluster) &&
      (input.status === undefined || instance.status === input.status),
  );
  const page = pageOf(all, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListContainerInstances ${cluster.clusterName} ${input.status ?? ''}`,
    invalidToken: invalidNextToken,
  });
  return {
    containerInstanceArns: page.items.map((instance) => instance.containerInstanceArn),
    ...tokenOf(page),
  };
};

/** Container instances by id or ARN; what is not there is in `failures[]`. */
export const describeContainerInstances: Handler<
  Ecs.DescribeContainerInstancesCommandInput,
  Ecs.DescribeContainerInstancesCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const names = checkBatch(input.containerInstances, 'Container instances', INSTANCES_MAX);
  const found = names.map((name) =>
    account.state.ecs.containerInstances.find(
      (instance) =>
        isIn(instance.containerInstanceArn, cluster) &&
        (instance.containerInstanceArn === name || lastPart(instance.containerInstanceArn) === name),
    ),
  );
  return {
    containerInstances: found.filter((instance) => instance !== undefined),
    failures: names
      .filter((_, index) => found[index] === undefined)
      .map((name) =>
        missing(
          arnOf(
            account,
            'container-instance',
            name.startsWith('arn:') ? name : `${cluster.clusterName}/${name}`,
          ),
        ),
      ),
  };
};

/** Capacity providers by name or ARN, all of them without any. */
export const describeCapacityProviders: Handler<
  Ecs.DescribeCapacityProvidersCommandInput,
  Ecs.DescribeCapacityProvidersCommandOutput
> = (input, account) => {
  const names = input.capacityProviders;
  const all = account.state.ecs.capacityProviders;
  const matches = (provider: { name: string; capacityProviderArn?: string | undefined }, name: string) =>
    provider.name === name || provider.capacityProviderArn === name;
  const wanted =
    names === undefined ? all : all.filter((provider) => names.some((name) => matches(provider, name)));
  const page = pageOf(wanted, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: PROVIDERS_MAX,
    maxLimit: PROVIDERS_MAX,
    scope: 'DescribeCapacityProviders',
    invalidToken: invalidNextToken,
  });
  const absent = (names ?? []).filter((name) => !all.some((provider) => matches(provider, name)));
  return {
    capacityProviders: page.items,
    failures: absent.map((name) => missing(arnOf(account, 'capacity-provider', name))),
    ...tokenOf(page),
  };
};

/** `nextToken` for an answer, only when there is one. */
export function tokenOf(page: { nextToken?: string }): { nextToken?: string } {
  return page.nextToken === undefined ? {} : { nextToken: page.nextToken };
}

/** ECS leaves these members out unless `include` names them. */
function withOnly(cluster: SnapshotCluster, include: ReadonlySet<string>): SnapshotCluster {
  const { statistics, settings, tags, configuration, attachments, attachmentsStatus, ...rest } = cluster;
  return {
    ...rest,
    ...(include.has('STATISTICS') ? { statistics } : {}),
    ...(include.has('SETTINGS') ? { settings } : {}),
    ...(include.has('TAGS') ? { tags } : {}),
    ...(include.has('CONFIGURATIONS') ? { configuration } : {}),
    ...(include.has('ATTACHMENTS') ? { attachments, attachmentsStatus } : {}),
  };
}

/** A container instance's ARN holds its cluster's name: `container-instance/<cluster>/<id>`. */
function isIn(arn: string, cluster: SnapshotCluster): boolean {
  return arn.split('/').at(-2) === cluster.clusterName;
}
