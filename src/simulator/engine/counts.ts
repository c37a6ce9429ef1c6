// The numbers ECS shows beside services, deployments and clusters, counted anew from the tasks.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { tasksOf, type World } from './world.ts';

const PENDING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** Counts a service's tasks and passes the difference on to its cluster. */
export function refreshCounts(world: World, service: SnapshotService): void {
  const tasks = tasksOf(world, service);
  const before = { running: service.runningCount ?? 0, pending: service.pendingCount ?? 0 };
  countService(service, tasks);
  const cluster = world.account.state.ecs.clusters.find((one) => one.clusterArn === service.clusterArn);
  if (cluster === undefined) return;
  cluster.runningTasksCount = (cluster.runningTasksCount ?? 0) + (service.runningCount ?? 0) - before.running;
  cluster.pendingTasksCount = (cluster.pendingTasksCount ?? 0) + (service.pendingCount ?? 0) - before.pending;
}

/** Counts everything anew, for a state that somebody else made. */
export function countClusters(world: World): void {
  const { clusters, services } = world.account.state.ecs;
  for (const service of services) countService(service, tasksOf(world, service));
  for (const cluster of clusters) {
    const all = world.index.inCluster(cluster.clusterArn);
    cluster.runningTasksCount = all.filter(isRunning).length;
    cluster.pendingTasksCount = all.filter(isPending).length;
  }
}

function countService(service: SnapshotService, tasks: readonly SnapshotTask[]): void {
  service.runningCount = tasks.filter(isRunning).length;
  service.pendingCount = tasks.filter(isPending).length;
  for (const deployment of service.deployments ?? []) {
    const own = tasks.filter((task) => task.startedBy === deployment.id);
    deployment.runningCount = own.filter(isRunning).length;
    deployment.pendingCount = own.filter(isPending).length;
    if (deployment.status !== 'PRIMARY')
      deployment.desiredCount = own.filter((task) => task.desiredStatus === 'RUNNING').length;
  }
}

function isRunning(task: SnapshotTask): boolean {
  return task.lastStatus === 'RUNNING';
}

function isPending(task: SnapshotTask): boolean {
  return PENDING.has(task.lastStatus ?? '') && task.desiredStatus === 'RUNNING';
}
