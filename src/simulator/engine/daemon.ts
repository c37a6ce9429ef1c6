// Daemon services: one task on every container instance that fits, replaced one instance at a time.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon

import type { SnapshotService } from '../../contract/snapshot.ts';
import { type Deployment, endDeployment } from '../deployment.ts';
import { objections } from './placement/instance-fit.ts';
import { instancesFor, wishOf } from './placement/place.ts';
import { named } from './scheduler-start.ts';
import { addEvent, addProblem } from './service-events.ts';
import { orderOf } from './task-order.ts';
import { startTask } from './task-start.ts';
import { stopTask } from './task-stop.ts';
import { isoNow, tasksOf, type World } from './world.ts';

/** Takes the next steps for a daemon service. */
export function reconcileDaemon(world: World, service: SnapshotService, primary: Deployment): void {
  const order = { ...orderOf(service, primary), launchType: 'EC2' as const };
  const wish = wishOf(world, service, order);
  const present = tasksOf(world, service).filter((task) => task.lastStatus !== 'STOPPED');
  const hosts = instancesFor(world, order);
  const started = [];
  let wanted = present.length;
  if (world.now() >= world.memoryOf(service).notBefore) {
    for (const instance of hosts) {
      const { containerInstanceArn } = instance;
      const here = present.filter((task) => task.containerInstanceArn === containerInstanceArn);
      const outdated = here.find((task) => task.startedBy !== primary.id && task.desiredStatus === 'RUNNING');
      if (outdated !== undefined && present.every((task) => task.desiredStatus === 'RUNNING'))
        stopTask(world, outdated, {
          code: 'ServiceSchedulerInitiated',
          reason: `Scaling activity initiated by (deployment ${primary.id ?? ''})`,
          failed: false,
        });
      if (here.length > 0) continue;
      const [objection] = objections(world, instance, wish);
      if (objection !== undefined) {
        const id = containerInstanceArn.split('/').at(-1) ?? '';
        addProblem(
          world,
          service,
          `was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${id}) ${objection}.`,
        );
        continue;
      }
      wanted += 1;
      started.push(startTask(world, { ...order, containerInstanceArn }));
    }
  }
  if (started.length > 0) addEvent(world, service, `has started ${started.length} tasks: ${named(started)}.`);
  service.desiredCount = wanted;
  primary.desiredCount = wanted;
  completeDaemon(world, service, primary);
}

function completeDaemon(world: World, service: SnapshotService, primary: Deployment): void {
  const present = tasksOf(world, service).filter((task) => task.lastStatus !== 'STOPPED');
  const done = present.every((task) => task.startedBy === primary.id && world.runOf(task).healthy);
  if (primary.rolloutState !== 'IN_PROGRESS' || !done || present.length === 0) return;
  endDeployment(world.account, service, {
    deployment: primary,
    state: 'COMPLETED',
    reason: `ECS deployment ${primary.id ?? ''} completed.`,
    nowIso: isoNow(world),
  });
  service.deployments = [primary];
  addEvent(world, service, `(deployment ${primary.id ?? ''}) deployment completed.`);
}
