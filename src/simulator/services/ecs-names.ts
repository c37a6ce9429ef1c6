// How ECS requests name things: a short name or an ARN, and what is not there gives ECS's own errors.

import type {
  SnapshotCluster,
  SnapshotService,
  SnapshotTask,
  SnapshotTaskDefinition,
} from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';

/** The cluster that `name` (name, ARN, or nothing for `default`) means. Throws ClusterNotFoundException. */
export function clusterNamed(account: SimulatedAccount, name: string | undefined): SnapshotCluster {
  const cluster = findCluster(account, name ?? 'default');
  if (cluster === undefined) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

export function findCluster(account: SimulatedAccount, name: string): SnapshotCluster | undefined {
  return allClusters(account).find((cluster) => cluster.clusterArn === name || cluster.clusterName === name);
}

/** The clusters of the account. One that only its services or tasks name exists as well: a small snapshot may leave it out. */
export function allClusters(account: SimulatedAccount): SnapshotCluster[] {
  const { clusters, services, tasks } = account.state.ecs;
  const known = new Set(clusters.map((cluster) => cluster.clusterArn));
  const implied = new Set(
    [...services, ...tasks].map((one) => one.clusterArn).filter((arn) => !known.has(arn)),
  );
  if (implied.size === 0) return clusters;
  const added = [...implied].map((arn) => ({
    clusterArn: arn,
    clusterName: lastPart(arn),
    status: 'ACTIVE',
  }));
  return [...clusters, ...added];
}

/** The service that `name` (name or ARN) means in `cluster`. */
export function findService(
  account: SimulatedAccount,
  cluster: SnapshotCluster,
  name: string,
): SnapshotService | undefined {
  return account.state.ecs.services.find(
    (service) =>
      service.clusterArn === cluster.clusterArn &&
      (service.serviceArn === name || service.serviceName === name),
  );
}

/** As `findService`; throws ServiceNotFoundException. */
export function serviceNamed(
  account: SimulatedAccount,
  cluster: SnapshotCluster,
  name: string | undefined,
): SnapshotService {
  const service = findService(account, cluster, name ?? '');
  if (service === undefined) throw new AwsFault('ServiceNotFoundException', 'Service not found.');
  return service;
}

/** The task that `name` (id or ARN) means in `cluster`. */
export function findTask(
  account: SimulatedAccount,
  cluster: SnapshotCluster,
  name: string,
): SnapshotTask | undefined {
  return account.state.ecs.tasks.find(
    (task) =>
      task.clusterArn === cluster.clusterArn && (task.taskArn === name || lastPart(task.taskArn) === name),
  );
}

/** The revision that `name` (`family`, `family:revision` or ARN) means; a family alone is its newest ACTIVE revision. */
export function findTaskDefinition(
  account: SimulatedAccount,
  name: string,
): SnapshotTaskDefinition | undefined {
  const short = name.startsWith('arn:') ? lastPart(name) : name;
  const [family, revision] = short.split(':');
  const ofFamily = account.state.ecs.taskDefinitions.filter((definition) => definition.family === family);
  if (revision !== undefined) return ofFamily.find((definition) => definition.revision === Number(revision));
  const active = ofFamily.filter((definition) => (definition.status ?? 'ACTIVE') === 'ACTIVE');
  return active.sort((left, right) => (right.revision ?? 0) - (left.revision ?? 0))[0];
}

/** What follows the last slash: the id in a task ARN, the name in a cluster ARN. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The ARN that a missing thing of `kind` would have, for `failures[]`. */
export function arnOf(account: SimulatedAccount, kind: string, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:ecs:${account.region}:${account.id}:${kind}/${name}`;
}

/** `failures[]` entry for something that is not there. */
export function missing(arn: string): { arn: string; reason: string } {
  return { arn, reason: 'MISSING' };
}

/** Refuses a batch that is empty or larger than ECS takes. */
export function checkBatch(items: readonly string[] | undefined, noun: string, max: number): string[] {
  if (items === undefined || items.length === 0)
    throw new AwsFault('InvalidParameterException', `${noun} cannot be empty.`);
  if (items.length > max) {
    throw new AwsFault('InvalidParameterException', `${noun} cannot contain more than ${max} items.`);
  }
  return [...items];
}
