// The numbers ECS shows beside services, deployments and clusters, counted anew from the tasks.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { tasksOf, type World } from './world.ts';

const PENDING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

export function refreshCounts(world: World, service: SnapshotService): void {
  const tasks = tasksOf(world, service);
  service.runningCount = tasks.filter(isRunning).length;
  service.pendingCount = tasks.filter(isPending).length;
  for (const deployment of service.deployments ?? []) {
    const own = tasks.filter((task) => task.startedBy === deployment.id);
    deployment.runningCount = own.filter(isRunning).length;
    deployment.pendingCount = own.filter(isPending).length;
    if (deployment.status !== 'PRIMARY')
      deployment.desiredCount = own.filter((task) => task.desiredStatus === 'RUNNING').length;
  }
  const cluster = world.account.state.ecs.clusters.find((one) => one.clusterArn === service.clusterArn);
  if (cluster === undefined) return;
  const all = world.account.state.ecs.tasks.filter((task) => task.clusterArn === cluster.clusterArn);
  cluster.runningTasksCount = all.filter(isRunning).length;
  cluster.pendingTasksCount = all.filter(isPending).length;
}

function isRunning(task: SnapshotTask): boolean {
  return task.lastStatus === 'RUNNING';
}

function isPending(task: SnapshotTask): boolean {
  return PENDING.has(task.lastStatus ?? '') && task.desiredStatus === 'RUNNING';
}
